import { assertEquals, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { type Run, run, type Runs } from "../../lib/cli/run.ts";
import { version } from "../../lib/cli/version.ts";
import { FakeHost } from "../support/fake_host.ts";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the command was given; absent when it did not run. */
  readonly args?: readonly string[];
}

async function outcome(args: string[], behave: Run = () => Promise.resolve(0)): Promise<Outcome> {
  const host = new FakeHost(args);
  let seen: readonly string[] | undefined;
  const runs: Runs = {
    serve: () =>
      Promise.resolve((host, args) => {
        seen = args;
        return behave(host, args);
      }),
  };
  const code = await run(host, runs);
  return { code, stdout: host.stdout.text, stderr: host.stderr.text, ...(seen === undefined ? {} : { args: seen }) };
}

Deno.test("run() explains the program when it is given nothing", async () => {
  const { code, stdout, stderr } = await outcome([]);
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "lunbox serve --image disk.img --size 1G");
});

for (const args of [["help"], ["--help"], ["-h"]]) {
  Deno.test(`run() explains the program at ${args}`, async () => {
    assertStringIncludes((await outcome(args)).stdout, "Usage: lunbox COMMAND");
  });
}

for (const args of [["help", "serve"], ["serve", "--help"], ["serve", "--frobnicate", "-h"], ["--help", "serve"]]) {
  Deno.test(`run() explains serve at [${args.join(" ")}] and does not run it`, async () => {
    const { code, stdout, args: given } = await outcome(args);
    assertStringIncludes(stdout, "Usage: lunbox serve");
    assertEquals([code, given], [0, undefined]);
  });
}

for (const args of [["--version"], ["-V"]]) {
  Deno.test(`run() tells its version at ${args}`, async () => {
    assertEquals(await outcome(args), { code: 0, stdout: `lunbox ${version}\n`, stderr: "" });
  });
}

Deno.test("run() hands a command the arguments behind its name, and gives its exit code", async () => {
  const { code, args } = await outcome(["serve", "--image", "a"], () => Promise.resolve(42));
  assertEquals([code, args], [42, ["--image", "a"]]);
});

Deno.test("run() takes --help behind -- for an operand", async () => {
  assertEquals((await outcome(["serve", "--", "--help"])).args, ["--", "--help"]);
});

const mistakes: readonly (readonly [args: string[], message: string])[] = [
  [["srve"], `error: Cannot run "srve": there is no such command; did you mean serve?`],
  [["help", "srve"], `error: Cannot run "srve": there is no such command; did you mean serve?`],
  [["--verison"], `error: Cannot read "--verison": there is no such option; did you mean --version?`],
  [["--image", "a"], `error: Cannot read "--image": there is no such option; the command comes first`],
];

for (const [args, message] of mistakes) {
  Deno.test(`run() ends with 2 at [${args.join(" ")}]`, async () => {
    const { code, stdout, stderr } = await outcome(args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, message);
    assertStringIncludes(stderr, "lunbox help explains the options");
  });
}

Deno.test("run() ends with 2 and names the command's help when a command refuses its arguments", async () => {
  const { code, stderr } = await outcome(["serve"], () => Promise.reject(new UsageError("Cannot serve: no image")));
  assertEquals([code, stderr], [2, "error: Cannot serve: no image\nlunbox help serve explains the options\n"]);
});

Deno.test("run() offers what to type instead of a command line that makes no sense", async () => {
  const ways = [["lunbox serve --image a", "serves a"], ["lunbox demo", "tries it"]] as const;
  const { stderr } = await outcome(["serve"], () => Promise.reject(new UsageError("Cannot serve: no image", ways)));
  assertEquals(stderr.split("\n").slice(1, 3), [
    "  lunbox serve --image a  # serves a",
    "  lunbox demo             # tries it",
  ]);
});

Deno.test("run() ends with 1 and the message alone when a command fails in a known way", async () => {
  const { code, stderr } = await outcome(["serve"], () => Promise.reject(new Error("Cannot open disk.img: busy")));
  assertEquals([code, stderr], [1, "error: Cannot open disk.img: busy\n"]);
});

Deno.test("run() shows where a defect comes from", async () => {
  const { code, stderr } = await outcome(["serve"], () => Promise.reject(new TypeError("x is not a function")));
  assertEquals(code, 1);
  assertStringIncludes(stderr, "run_test.ts");
});

Deno.test("run() lets no control characters of a message reach the terminal", async () => {
  const { stderr } = await outcome(["serve"], () => Promise.reject(new Error("Cannot open \x1b[2J: missing")));
  assertEquals(stderr.includes("\x1b"), false);
});
