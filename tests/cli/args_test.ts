import { assertEquals, assertThrows } from "@std/assert";
import { type OptionRow, parse, spellings } from "../../lib/cli/args.ts";
import { UsageError } from "../../lib/cli/errors.ts";

const options = [
  { name: "image", short: "i", value: "PATH", description: "Image", repeatable: true, group: "A" },
  { name: "size", short: "s", value: "SIZE", description: "Size", env: "TEST_SIZE", group: "A" },
  { name: "depth", value: "N", description: "Depth", default: "128", group: "A" },
  { name: "level", value: "LEVEL", description: "Level", choices: ["debug", "info"], env: "TEST_LEVEL", group: "A" },
  { name: "quiet", short: "q", description: "Quiet", env: "TEST_QUIET", group: "A" },
  { name: "force", short: "f", description: "Force", group: "A" },
] as const satisfies readonly OptionRow[];

const operands = [{ name: "PATH", description: "the image", required: true }];

function values(args: string[], env: Record<string, string> = {}): unknown {
  return parse(args, { options, env: (name) => env[name] }).values;
}

const nothing = { image: [], size: undefined, depth: "128", level: undefined, quiet: false, force: false };

const good: readonly (readonly [args: string[], expected: Record<string, unknown>, env?: Record<string, string>])[] = [
  [[], {}],
  [["--image", "a", "--image=b", "-i", "c"], { image: ["a", "b", "c"] }],
  [["--size", "10G"], { size: "10G" }],
  [["--size", "10"], { size: "10" }],
  [["-s", "007"], { size: "007" }],
  [["-qf"], { quiet: true, force: true }],
  [["--depth=1"], { depth: "1" }],
  [["--level", "debug"], { level: "debug" }],
  [[], { size: "5G" }, { TEST_SIZE: "5G" }],
  [["--size", "1G"], { size: "1G" }, { TEST_SIZE: "5G" }],
  [[], {}, { TEST_SIZE: "" }],
  [[], { quiet: true }, { TEST_QUIET: "1" }],
  [[], {}, { TEST_QUIET: "0" }],
];

for (const [args, expected, env] of good) {
  Deno.test(`parse() reads [${args.join(" ")}] with ${JSON.stringify(env ?? {})}`, () => {
    assertEquals(values(args, env), { ...nothing, ...expected });
  });
}

const bad: readonly (readonly [args: string[], message: string, env?: Record<string, string>])[] = [
  [["--imag", "a"], `Cannot read "--imag": there is no such option; did you mean --image?`],
  [["--imag=a"], `Cannot read "--imag=a": there is no such option; did you mean --image?`],
  [["--frobnicate"], `Cannot read "--frobnicate": there is no such option`],
  [["-x"], `Cannot read "-x": there is no such option`],
  [["--size"], "Cannot use --size: its value is missing, write --size SIZE"],
  [["--size="], "Cannot use --size: its value is missing, write --size SIZE"],
  [["--size", "--quiet"], "Cannot use --size: its value is missing, write --size SIZE"],
  [["--image", "a", "-i"], "Cannot use --image: its value is missing, write --image PATH"],
  [["--size", "1G", "-s", "2G"], "Cannot use --size: it is given 2 times, and takes one value"],
  [["--level", "dbug"], `Cannot use --level "dbug": it is one of debug, info; did you mean debug?`],
  [[], `Cannot use TEST_LEVEL "loud": it is one of debug, info`, { TEST_LEVEL: "loud" }],
  [["--quiet=maybe"], `Cannot read "--quiet=maybe": --quiet takes no value`],
  [["disk.img"], `Cannot read "disk.img": nothing is expected there; if it belongs to an option, write --option VALUE`],
  [["--no-quiet"], `Cannot read "--no-quiet": there is no such option; did you mean --quiet?`],
  [["--__proto__.x=1"], `Cannot read "--__proto__.x=1": there is no such option`],
];

for (const [args, message, env] of bad) {
  Deno.test(`parse() refuses [${args.join(" ")}] with ${JSON.stringify(env ?? {})}`, () => {
    const error = assertThrows(() => values(args, env), UsageError);
    assertEquals(error.message, message);
  });
}

Deno.test("parse() gives operands as they are written", () => {
  assertEquals(parse(["007", "-f"], { options, operands }).operands, ["007"]);
  assertEquals(parse(["-f", "--", "--odd"], { options, operands }).operands, ["--odd"]);
});

Deno.test("parse() says which operand is missing", () => {
  const error = assertThrows(() => parse([], { options, operands }), UsageError);
  assertEquals(error.message, "Cannot start: PATH is missing, the image");
});

Deno.test("parse() refuses an operand too many", () => {
  assertThrows(() => parse(["a", "b"], { options, operands }), UsageError, `Cannot read "b"`);
});

Deno.test("parse() gives values the types of their rows", () => {
  const parsed = parse(["-i", "a", "--size", "1"], { options }).values;
  const image: readonly string[] = parsed.image;
  const size: string | undefined = parsed.size;
  const depth: string = parsed.depth;
  const quiet: boolean = parsed.quiet;
  assertEquals([image, size, depth, quiet], [["a"], "1", "128", false]);
});

Deno.test("spellings() lists options with their dashes", () => {
  assertEquals(spellings(options).slice(0, 2), ["--image", "--size"]);
});
