import { assertEquals, assertThrows } from "@std/assert";
import { type Args, parseArgs, type ParseOptions } from "@std/cli/parse-args";

interface Row {
  name: string;
  args: string[];
  options?: ParseOptions;
  expected: Record<string, unknown>;
}

const ROWS: Row[] = [
  { name: "takes the next argument as value of a long option", args: ["--a", "b"], expected: { a: "b", _: [] } },
  { name: "takes a value behind =", args: ["--a=b=c"], expected: { a: "b=c", _: [] } },
  { name: "takes a lone option as true", args: ["--a"], expected: { a: true, _: [] } },
  { name: "keeps line feeds in values", args: ["--a=x\ny", "-b", "x\ny"], expected: { a: "x\ny", b: "x\ny", _: [] } },
  {
    name: "makes numbers of values like numbers",
    args: ["-x", "12", "-y=5.5", "--z", "1e7", "--h", "0xff", "-n7", "10f", "42"],
    expected: { x: 12, y: 5.5, z: 1e7, h: 255, n: 7, _: ["10f", 42] },
  },
  {
    name: "keeps string options as written",
    args: ["-x", "0012", "--y=34", "5"],
    options: { string: ["x", "y", "_"] },
    expected: { x: "0012", y: "34", _: ["5"] },
  },
  {
    name: "gives a string option without value the empty text",
    args: ["--s"],
    options: { string: "s" },
    expected: { s: "", _: [] },
  },
  { name: "splits short options", args: ["-cats", "meow"], expected: { c: true, a: true, t: true, s: "meow", _: [] } },
  { name: "takes a path right behind a short option", args: ["-xI/foo"], expected: { x: true, I: "/foo", _: [] } },
  {
    name: "takes digits as options when the first is a digit",
    args: ["-123", "4"],
    expected: { 1: true, 2: true, 3: 4, _: [] },
  },
  { name: "takes a hyphen as value", args: ["-n", "-", "-f-", "-"], expected: { n: "-", f: "-", _: ["-"] } },
  {
    name: "takes no value for booleans but true and false",
    args: ["-t", "moo", "--v", "false", "-w", "true", "--u=false"],
    options: { boolean: ["t", "v", "w", "u", "z"] },
    expected: { t: true, v: false, w: true, u: false, z: false, _: ["moo"] },
  },
  {
    name: "takes all long options without = as flags when boolean is true",
    args: ["--honk", "cow", "-p", "55", "--tacos=good"],
    options: { boolean: true },
    expected: { honk: true, p: 55, tacos: "good", _: ["cow"] },
  },
  {
    name: "sets aliases along, in both directions",
    args: ["-h", "--out", "x", "1"],
    options: { boolean: "help", alias: { h: "help", o: ["out", "output"] } },
    expected: { h: true, help: true, o: "x", out: "x", output: "x", _: [1] },
  },
  { name: "lets the last of several win", args: ["--v", "a", "--v", "b"], expected: { v: "b", _: [] } },
  {
    name: "collects values",
    args: ["--i", "a", "-I", "b", "--f", "--f", "--u", "1"],
    options: { string: ["i", "j"], boolean: ["f", "g"], collect: ["i", "j", "f", "g", "u"], alias: { i: "I" } },
    expected: { i: ["a", "b"], I: ["a", "b"], j: [], f: [true, true], g: [], u: [1], _: [] },
  },
  {
    name: "negates negatable options only",
    args: ["--no-a", "--no-b", "--c", "x", "--no-c"],
    options: { boolean: ["a"], negatable: ["a", "c"], string: ["c"], collect: ["c"] },
    expected: { a: false, "no-b": true, c: false, _: [] },
  },
  {
    name: "adds defaults to aliases and nested records",
    args: ["--a.x", "1"],
    options: { default: { "a.x": 7, "a.y": 8, port: 3260 }, alias: { port: "p" } },
    expected: { a: { x: 1, y: 8 }, port: 3260, p: 3260, _: [] },
  },
  { name: "nests names with dots", args: ["--a.b", "3", "--a.c.d"], expected: { a: { b: 3, c: { d: true } }, _: [] } },
  {
    name: "keeps a default of null",
    args: [],
    options: { boolean: "m", default: { m: null } },
    expected: { m: null, _: [] },
  },
  {
    name: "adds what follows -- to the operands",
    args: ["--a", "--", "--b", "5"],
    expected: { a: true, _: ["--b", "5"] },
  },
  {
    name: "returns what follows -- apart when asked to",
    args: ["x", "--", "--b"],
    options: { "--": true },
    expected: { _: ["x"], "--": ["--b"] },
  },
  {
    name: "stops at the first operand when asked to",
    args: ["--a", "b", "c", "--d"],
    options: { stopEarly: true },
    expected: { a: "b", _: ["c", "--d"] },
  },
  {
    name: "knows names that all objects have",
    args: ["--toString", "--valueOf", "x"],
    expected: { toString: true, valueOf: "x", _: [] },
  },
];

for (const { name, args, options, expected } of ROWS) {
  Deno.test(`parseArgs() ${name}`, () => {
    assertEquals<unknown>(options === undefined ? parseArgs(args) : parseArgs(args, options), expected);
  });
}

Deno.test("parseArgs() drops unknown arguments when the callback says so", () => {
  const seen: unknown[] = [];
  const args = parseArgs(["--known", "a", "--tacos=good", "-p", "55", "cow"], {
    string: ["known"],
    unknown: (...call) => {
      seen.push(call);
      return false;
    },
  });
  assertEquals<unknown>(args, { known: "a", _: [] });
  assertEquals(seen, [["--tacos=good", "tacos", "good"], ["-p", "p", "55"], ["cow"]]);
});

Deno.test("parseArgs() keeps unknown arguments when the callback returns nothing", () => {
  assertEquals(parseArgs(["-x", "y"], { unknown: () => {} }), { x: "y", _: [] });
});

Deno.test("parseArgs() rejects an undefined alias", () => {
  const alias: Record<string, string> = JSON.parse("{}");
  Object.assign(alias, { a: undefined });
  assertThrows(() => parseArgs([], { alias }), TypeError, "Alias value must be defined");
});

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles only when both types are the same. */
function assertType<T extends true>(_same?: T): void {}

Deno.test("parseArgs() types its result by the names of its options", () => {
  const args = parseArgs([], {
    boolean: ["verbose", "net.v6"],
    string: ["image", "iqn", "size", "net.host"],
    collect: ["image", "rest"],
    negatable: ["size"],
    default: { iqn: "iqn.x", port: 3260 },
    alias: { verbose: "v", image: ["i", "img"] },
  });
  assertType<Same<typeof args.verbose, boolean>>();
  assertType<Same<typeof args.v, boolean>>();
  assertType<Same<typeof args.image, string[]>>();
  assertType<Same<typeof args.i, string[]>>();
  assertType<Same<typeof args.img, string[]>>();
  assertType<Same<typeof args.rest, unknown[]>>();
  assertType<Same<typeof args.iqn, string>>();
  assertType<Same<typeof args.size, string | false | undefined>>();
  assertType<Same<typeof args.port, unknown>>();
  assertType<Same<typeof args.other, unknown>>();
  assertType<Same<typeof args.net.v6, boolean>>();
  assertType<Same<typeof args.net.host, string | undefined>>();
  assertType<Same<typeof args._, Array<string | number>>>();
  assertEquals(args.iqn, "iqn.x");
});

Deno.test("parseArgs() types what follows -- when it is asked for", () => {
  const args = parseArgs(["--", "x"], { string: ["a"], "--": true });
  assertType<Same<(typeof args)["--"], string[]>>();
  assertEquals(args["--"], ["x"]);
});

Deno.test("parseArgs() takes the type of its result as type argument", () => {
  const args: Args<{ foo?: number }, true> = parseArgs<{ foo?: number }, true>(["--foo", "1"], { "--": true });
  assertEquals(args, { foo: 1, _: [], "--": [] });
});
