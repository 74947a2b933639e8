import { assert, assertEquals, assertThrows } from "@std/assert";
import { accountsFor, discoveryAccounts, parseChapFile } from "../../lib/cli/chap_file.ts";
import { UsageError } from "../../lib/cli/errors.ts";

const FILE = `\uFEFF# our users
alice   "a secret with \\"quotes\\" # and \\\\"   # who is this?
bob\thex:000102030405060708090a0b initiator=iqn.1993-08.* initiator=eui.*\r
carol secret#12345678 target=iqn.2026-01.example:c* mutual-user=lunbox mutual-secret="our own secret"

dora "discovery only" discovery
`;

Deno.test("parseChapFile() reads users, secrets and options", () => {
  assertEquals(parseChapFile(FILE, "users"), [
    { user: "alice", secret: `a secret with "quotes" # and \\`, discovery: false },
    {
      user: "bob",
      secret: Uint8Array.from({ length: 12 }, (_, i) => i),
      discovery: false,
      initiators: ["iqn.1993-08.*", "eui.*"],
    },
    {
      user: "carol",
      secret: "secret#12345678",
      discovery: false,
      targets: ["iqn.2026-01.example:c*"],
      mutual: { user: "lunbox", secret: "our own secret" },
    },
    { user: "dora", secret: "discovery only", discovery: true },
  ]);
});

Deno.test("accountsFor() gives a target its accounts, and discoveryAccounts() the others", () => {
  const lines = parseChapFile(FILE, "users");
  assertEquals(accountsFor(lines, "iqn.2026-01.example:disk").map(({ user }) => user), ["alice", "bob"]);
  assertEquals(accountsFor(lines, "iqn.2026-01.example:cd"), [
    { user: "alice", secret: `a secret with "quotes" # and \\` },
    { user: "bob", secret: Uint8Array.from({ length: 12 }, (_, i) => i), initiators: ["iqn.1993-08.*", "eui.*"] },
    { user: "carol", secret: "secret#12345678", mutual: { user: "lunbox", secret: "our own secret" } },
  ]);
  assertEquals(discoveryAccounts(lines), [{ user: "dora", secret: "discovery only" }]);
});

const bad: readonly (readonly [text: string, message: string])[] = [
  ["", "Cannot use users: it has no CHAP users"],
  ["# nobody\n\n", "Cannot use users: it has no CHAP users"],
  ["\nalice", "Cannot read users line 2: there is no secret after the user"],
  ["alice my hidden words", "Cannot read users line 1: after the secret there is a word that is no option"],
  [`alice "hidden`, "Cannot read users line 1: a quote does not end"],
  ["alice hex:hidden", "after hex: there are not only pairs of hexadecimal digits"],
  ["alice hex:123", "after hex: there are not only pairs"],
  ["alice hidden initiator=", "an option has no value"],
  ["alice hidden hidden=hidden", "a word that is no option"],
  ["alice hidden mutual-user=x", "mutual-user and mutual-secret belong together"],
  ["alice hidden discovery target=*", "discovery has no target; write two lines"],
];

for (const [text, message] of bad) {
  Deno.test(`parseChapFile() refuses ${JSON.stringify(text)} and shows nothing of it`, () => {
    const error = assertThrows(() => parseChapFile(text, "users"), UsageError, message);
    assert(!error.message.includes("hidden") && !error.message.includes("alice"));
  });
}
