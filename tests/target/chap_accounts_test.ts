import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ChapAccount, ChapAccounts } from "../../lib/target/chap_accounts.ts";

const GOOD = "a good secret";
const OTHER = "another secret";
const HOST = "iqn.1993-08.org.debian:01:4711";

Deno.test("ChapAccounts gives an initiator the accounts that it may use", () => {
  const accounts = new ChapAccounts([
    { user: "all", secret: GOOD },
    { user: "debian", secret: OTHER, initiators: ["iqn.1993-08.org.debian:*"] },
    { user: "windows", secret: "a third secret", initiators: ["iqn.1991-05.com.microsoft:*"] },
  ]);
  assertEquals([...accounts.for(HOST).keys()], ["all", "debian"]);
  assertEquals([...accounts.for("eui.0123456789abcdef").keys()], ["all"]);
});

Deno.test("ChapAccounts gives nothing to an initiator for whom there is no account", () => {
  assertEquals(new ChapAccounts([{ user: "a", secret: GOOD, initiators: ["eui.*"] }]).for(HOST).size, 0);
});

Deno.test("ChapAccounts takes the first account of a user that fits", () => {
  const accounts = new ChapAccounts([
    { user: "a", secret: GOOD, initiators: ["iqn.1993-08.*"] },
    { user: "a", secret: OTHER },
  ]);
  assertEquals(accounts.for(HOST).get("a")?.secret, new TextEncoder().encode(GOOD));
  assertEquals(accounts.for("eui.0123456789abcdef").get("a")?.secret, new TextEncoder().encode(OTHER));
});

Deno.test("ChapAccounts keeps a copy of secrets that are bytes", () => {
  const secret = new Uint8Array(16).fill(0xff);
  const accounts = new ChapAccounts([{ user: "a", secret }]);
  secret.fill(0);
  assertEquals(accounts.for(HOST).get("a")?.secret, new Uint8Array(16).fill(0xff));
});

const bad: readonly (readonly [accounts: readonly ChapAccount[], message: string])[] = [
  [[], "Cannot use CHAP: there is no account"],
  [[{ user: "", secret: GOOD }], `Cannot use "" as a CHAP name: `],
  [[{ user: "ä".repeat(128), secret: GOOD }], "as a CHAP name: it is 1 to 255 bytes"],
  [[{ user: "a\nb", secret: GOOD }], "as a CHAP name"],
  [
    [{ user: "a", secret: "elevenbytes" }],
    `Cannot use the CHAP secret of "a": it has 11 bytes, and has to have 12 to 255`,
  ],
  [[{ user: "a", secret: "s".repeat(256) }], "it has 256 bytes"],
  [
    [{ user: "a", secret: GOOD, mutual: { user: "t", secret: "short" } }],
    `Cannot use the CHAP secret of "t": it has 5`,
  ],
  [
    [{ user: "a", secret: GOOD, mutual: { user: "t", secret: GOOD } }],
    'is that of initiator "a", and has to be another',
  ],
  [
    [{ user: "a", secret: GOOD, mutual: { user: "t", secret: OTHER } }, { user: "b", secret: OTHER }],
    `Cannot use the mutual CHAP secret of "a": it is that of initiator "b"`,
  ],
  [[{ user: "a", secret: GOOD }, { user: "a", secret: OTHER }], `Cannot use CHAP account "a": it is there twice`],
];

for (const [accounts, message] of bad) {
  Deno.test(`ChapAccounts refuses what ends with ${message}`, () => {
    const error = assertThrows(() => new ChapAccounts(accounts), TypeError, message);
    assert(!error.message.includes(GOOD) && !error.message.includes(OTHER) && !error.message.includes("elevenbytes"));
  });
}

Deno.test("ChapAccounts takes short secrets when it is told to, but no empty ones", () => {
  assertEquals(new ChapAccounts([{ user: "a", secret: "x" }], { shortSecrets: true }).for(HOST).size, 1);
  assertThrows(() => new ChapAccounts([{ user: "a", secret: "" }], { shortSecrets: true }), TypeError, "0 bytes");
});

Deno.test("sharedSecrets() names users whose secret is not theirs alone", () => {
  const accounts = new ChapAccounts([
    { user: "a", secret: GOOD },
    { user: "b", secret: OTHER },
    { user: "c", secret: GOOD },
    { user: "b", secret: OTHER, initiators: ["eui.*"] },
  ]);
  assertEquals(accounts.sharedSecrets(), ["a", "c"]);
});
