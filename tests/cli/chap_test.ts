import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parse } from "../../lib/cli/args.ts";
import { accessOptions } from "../../lib/cli/access_options.ts";
import { type ChapPlan, gatherChap, type SecretSources, wantsChap } from "../../lib/cli/chap.ts";
import { UsageError } from "../../lib/cli/errors.ts";

const TARGET = "iqn.2026-01.example:disk";

/** What is gathered from these words, variables and files; questions are answered with the last word in capitals. */
function gather(
  args: readonly string[],
  { env = {}, file, answers = {} }: {
    env?: Record<string, string>;
    file?: string;
    answers?: Record<string, string>;
  } = {},
): Promise<ChapPlan | undefined> {
  const sources: SecretSources = {
    env: (name) => env[name],
    readSecretFile: () => Promise.resolve({ text: file ?? "" }),
    askSecret: (question) => answers[question],
  };
  return gatherChap(parse(args, { options: accessOptions }).values, [TARGET], sources);
}

Deno.test("gatherChap() gathers nothing when nothing is said", async () => {
  assertEquals(await gather([]), undefined);
  assertEquals([
    wantsChap({ chap: undefined, "chap-file": undefined }),
    wantsChap({ chap: "a", "chap-file": undefined }),
  ], [
    false,
    true,
  ]);
});

for (const words of [["--chap-algorithms", "SHA256"], ["--chap-delay", "1"], ["--chap-short-secrets"]]) {
  Deno.test(`gatherChap() refuses ${words[0]} where nobody is asked for a secret`, async () => {
    const message = `Cannot use ${words[0]}: it belongs to --chap USER or --chap-file FILE`;
    await assertRejects(() => gather(words), UsageError, message);
  });
}

Deno.test("gatherChap() takes the secret of --chap from the environment, or asks", async () => {
  const expected = {
    accounts: new Map([[TARGET, [{ user: "alice", secret: "a good secret" }]]]),
    algorithms: ["SHA3-256", "SHA256", "SHA1", "MD5"],
    shortSecrets: false,
    longestDelay: 5000,
    warnings: [],
  };
  assertEquals(await gather(["--chap", "alice"], { env: { LUNBOX_CHAP_SECRET: "a good secret" } }), expected);
  assertEquals(await gather(["--chap", "alice"], { answers: { "CHAP secret of alice:": "a good secret" } }), expected);
});

Deno.test("gatherChap() takes the longest delay in seconds", async () => {
  const env = { LUNBOX_CHAP_SECRET: "a good secret" };
  for (const [text, expected] of [["0", 0], ["0.25", 250], ["60", 60_000]] as const) {
    const plan = await gather(["--chap", "alice", "--chap-delay", text], { env });
    assertEquals(plan?.longestDelay, expected);
  }
  for (const text of ["61", "1s", "-1", "1e1", "0.0001"]) {
    await assertRejects(() => gather(["--chap", "alice", `--chap-delay=${text}`], { env }), UsageError, "from 0 to 60");
  }
});

Deno.test("gatherChap() gathers mutual CHAP and CHAP for discovery", async () => {
  const plan = await gather(["--chap", "alice", "--chap-mutual", "lunbox", "--chap-discovery"], {
    env: { LUNBOX_CHAP_SECRET: "a good secret", LUNBOX_CHAP_MUTUAL_SECRET: "our own secret" },
  });
  const account = { user: "alice", secret: "a good secret", mutual: { user: "lunbox", secret: "our own secret" } };
  assertEquals([plan?.accounts.get(TARGET), plan?.discovery], [[account], [account]]);
});

Deno.test("gatherChap() adds the user of --chap to those of the file", async () => {
  const plan = await gather(["--chap", "alice", "--chap-file", "users"], {
    env: { LUNBOX_CHAP_SECRET: "a good secret" },
    file: `bob "another secret"\ndora "a third secret" discovery`,
  });
  assertEquals(plan?.accounts.get(TARGET)?.map(({ user }) => user), ["bob", "alice"]);
  assertEquals(plan?.discovery?.map(({ user }) => user), ["dora"]);
});

Deno.test("gatherChap() warns of secrets that are not one user's alone", async () => {
  const plan = await gather(["--chap-file", "users"], { file: `a "the same secret"\nb "the same secret"` });
  assertEquals(plan?.warnings, ["CHAP users a, b share a secret: each can pass for the other"]);
});

Deno.test("gatherChap() takes short secrets and other algorithms when it is told to", async () => {
  const args = ["--chap-file", "users", "--chap-short-secrets", "--chap-algorithms", "md5,sha1"];
  const plan = await gather(args, { file: "a short" });
  assertEquals([plan?.shortSecrets, plan?.algorithms], [true, ["MD5", "SHA1"]]);
});

const bad: readonly (readonly [args: readonly string[], file: string, message: string])[] = [
  [["--chap", "alice"], "", `Cannot learn the CHAP secret of "alice": set LUNBOX_CHAP_SECRET`],
  [["--chap-mutual", "x"], "", "Cannot use --chap-mutual: it belongs to --chap USER"],
  [["--chap-discovery", "--chap-file", "users"], "a b", "Cannot use --chap-discovery: it belongs to --chap USER"],
  [["--chap-file", "users"], "a short", `Cannot use the CHAP secret of "a": it has 5 bytes`],
  [
    ["--chap-file", "users"],
    `a "a good secret" target=iqn.other:*`,
    `Cannot use users: no line of it is for target ${TARGET}`,
  ],
  [["--chap-file", "users"], `a "a good secret" discovery`, "no line of it is for target"],
  [["--chap-file", "users", "--chap-algorithms", "md4"], `a "a good secret"`, `Cannot use CHAP algorithm "md4"`],
];

for (const [args, file, message] of bad) {
  Deno.test(`gatherChap() refuses ${args.join(" ")} with ${JSON.stringify(file)}`, async () => {
    const error = await assertRejects(() => gather(args, { file }), UsageError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("gatherChap() gives each target its own users, and refuses when one would have none", async () => {
  const gathered = (file: string): Promise<ChapPlan | undefined> => {
    const { values } = parse(["--chap-file", "users"], { options: accessOptions });
    const readSecretFile = () => Promise.resolve({ text: file });
    return gatherChap(values, ["iqn.a", "iqn.b"], { env: () => undefined, readSecretFile, askSecret: () => undefined });
  };
  const plan = await gathered(`x "a good secret"\ny "another secret" target=iqn.b`);
  assertEquals([...plan?.accounts ?? []].map(([name, users]) => [name, users.map(({ user }) => user)]), [
    ["iqn.a", ["x"]],
    ["iqn.b", ["x", "y"]],
  ]);
  await assertRejects(
    () => gathered(`y "another secret" target=iqn.b`),
    UsageError,
    "no line of it is for target iqn.a",
  );
});
