import { assertEquals, assertRejects } from "@std/assert";
import { parse } from "../../lib/cli/args.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { gatherInitiatorChap, type InitiatorChapPlan } from "../../lib/cli/initiator_chap.ts";
import { initiatorChapOptions } from "../../lib/cli/initiator_chap_options.ts";

const alice = { user: "alice", secret: "a good secret" };
const disk = { user: "disk box", secret: "the other secret" };

/** What is gathered from these words and variables, and from a file with this text. */
function gather(
  args: readonly string[],
  { env = {}, file = "", target }: { env?: Record<string, string>; file?: string; target?: string } = {},
): Promise<InitiatorChapPlan | undefined> {
  const sources = {
    env: (name: string) => env[name],
    readSecretFile: () => Promise.resolve({ text: file }),
    askSecret: (question: string) => question === "CHAP secret of bob:" ? "bob's own secret" : undefined,
  };
  return gatherInitiatorChap(parse(args, { options: initiatorChapOptions }).values, sources, target);
}

Deno.test("gatherInitiatorChap() gathers nothing when nothing is said", async () => {
  assertEquals(await gather([]), undefined);
});

Deno.test("gatherInitiatorChap() takes secrets from the environment, or asks", async () => {
  const env = { LUNBOX_CHAP_SECRET: "a good secret", LUNBOX_CHAP_MUTUAL_SECRET: "the other secret" };
  assertEquals(await gather(["--chap", "alice"], { env }), { chap: alice, warnings: [] });
  assertEquals(await gather(["--chap", "bob"]), { chap: { user: "bob", secret: "bob's own secret" }, warnings: [] });
  assertEquals(await gather(["--chap", "alice", "--chap-mutual", "disk box"], { env }), {
    chap: { ...alice, mutual: disk },
    warnings: [],
  });
});

const shared = `alice "a good secret" mutual-user="disk box" mutual-secret="the other secret"\nbob "bob's own secret"`;
const parted = `alice "a good secret" target=iqn.a:*\nbob "bob's own secret" discovery`;
const both = { ...alice, mutual: disk };
const bob = { user: "bob", secret: "bob's own secret" };

const files: readonly [what: string, args: string[], file: string, target: string | undefined, chap: unknown][] = [
  ["the only user", [], `alice "a good secret"`, undefined, alice],
  ["the user that is named", ["--chap", "alice"], shared, undefined, both],
  ["the user that is named, for a target", ["--chap", "bob"], shared, "iqn.a:b", bob],
  ["the user for discovery", [], parted, undefined, bob],
  ["the user for the target", [], parted, "iqn.a:b", alice],
];

for (const [what, args, file, target, chap] of files) {
  Deno.test(`gatherInitiatorChap() takes ${what} from a file`, async () => {
    const plan = await gather([...args, "--chap-file", "users"], { file, ...(target === undefined ? {} : { target }) });
    assertEquals(plan, { chap, warnings: [] } as InitiatorChapPlan);
  });
}

Deno.test("gatherInitiatorChap() takes the algorithms to offer, in their order", async () => {
  const plan = await gather(["--chap", "bob", "--chap-algorithms", "md5,SHA256"]);
  assertEquals(plan?.chap, { user: "bob", secret: "bob's own secret", algorithms: ["MD5", "SHA256"] });
});

const problems: readonly [args: string[], file: string, target: string | undefined, message: string][] = [
  [["--chap", "carol"], "", undefined, 'secret of "carol"'],
  [["--chap-algorithms", "MD5"], "", undefined, "belongs to --chap"],
  [["--chap", "bob", "--chap-algorithms", "ROT13"], "", undefined, '"ROT13"'],
  [["--chap-mutual", "disk"], "", undefined, "belongs to --chap"],
  [["--chap", "alice", "--chap-mutual", "disk", "--chap-file", "f"], shared, undefined, "words of its own"],
  [["--chap-file", "f"], shared, undefined, "2 users for discovery"],
  [["--chap-file", "f"], parted, "iqn.b:c", "no user for target iqn.b:c"],
  [["--chap-file", "f", "--chap", "carol"], shared, undefined, 'no user "carol"'],
  [["--chap-file", "f", "--chap", "alice"], `alice "secret one"\nalice "secret two"`, undefined, "2 times"],
];

for (const [args, file, target, message] of problems) {
  Deno.test(`gatherInitiatorChap() refuses [${args.join(" ")}] because of ${message}`, async () => {
    const error = await assertRejects(
      () => gather(args, { file, ...(target === undefined ? {} : { target }) }),
      UsageError,
      message,
    );
    assertEquals(/good secret|secret one/.test(error.message), false);
  });
}
