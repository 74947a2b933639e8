import { assertEquals } from "@std/assert";
import { CommandWindow, serialDifference } from "../../lib/iscsi/command_window.ts";

const differences: readonly [a: number, b: number, difference: number][] = [
  [1, 1, 0],
  [2, 1, 1],
  [1, 2, -1],
  [0, 0xffffffff, 1],
  [0xffffffff, 0, -1],
  [0x7fffffff, 0, 0x7fffffff],
];

for (const [a, b, difference] of differences) {
  Deno.test(`serialDifference() gives ${difference} when ${a} is compared with ${b}`, () => {
    assertEquals(serialDifference(a, b), difference);
  });
}

for (const first of [1, 0xfffffffe]) {
  Deno.test(`place() tells next, early, late and beyond when the window starts at ${first}`, () => {
    const window = new CommandWindow<string>(first, 4);
    const at = (offset: number) => window.place(first + offset >>> 0);
    assertEquals([at(-1), at(0), at(1), at(3), at(4)], [-1, 0, 1, 3, -1]);
    window.hold(first + 2 >>> 0, "early");
    assertEquals([at(2), at(1)], [-1, 1]);
  });

  Deno.test(`maxCmdSn gives a place back when a request is answered, and the window starts at ${first}`, () => {
    const window = new CommandWindow<string>(first, 2);
    const beyond = () => serialDifference(window.maxCmdSn, first);
    assertEquals(beyond(), 1);
    window.advance();
    window.advance();
    assertEquals([beyond(), window.place(window.expCmdSn)], [1, -1]);
    window.answered();
    assertEquals([beyond(), window.place(window.expCmdSn)], [2, 0]);
    window.answered();
    assertEquals(beyond(), 3);
  });

  Deno.test(`takeHeld() gives what is next, in order, when the window starts at ${first}`, () => {
    const window = new CommandWindow<string>(first, 8);
    window.hold(first + 2 >>> 0, "third");
    window.hold(first + 1 >>> 0, "second");
    assertEquals(window.takeHeld(), undefined);
    window.advance();
    assertEquals(window.takeHeld(), "second");
    window.advance();
    assertEquals(window.takeHeld(), "third");
    window.advance();
    assertEquals([window.takeHeld(), window.held, window.expCmdSn], [undefined, 0, first + 3 >>> 0]);
  });
}

Deno.test("maxCmdSn never goes back", () => {
  const window = new CommandWindow<string>(1, 4);
  assertEquals(window.maxCmdSn, 4);
  for (let i = 0; i < 4; i++) window.advance();
  assertEquals(window.maxCmdSn, 4);
});

Deno.test("skip() passes over the next request at once", () => {
  const window = new CommandWindow<string>(1, 4);
  window.hold(2, "second");
  window.skip(1);
  assertEquals([window.takeHeld(), window.expCmdSn], ["second", 2]);
});

Deno.test("skip() passes over a later request when its turn comes, and ignores it when it comes before", () => {
  const window = new CommandWindow<string>(1, 4);
  window.skip(2);
  window.hold(3, "third");
  assertEquals([window.place(2), window.takeHeld(), window.expCmdSn], [-1, undefined, 1]);
  window.advance();
  assertEquals([window.takeHeld(), window.expCmdSn], ["third", 3]);
});

Deno.test("skip() gives out a request that waits already", () => {
  const window = new CommandWindow<string>(1, 4);
  window.hold(2, "second");
  assertEquals(window.skip(2), "second");
  window.advance();
  assertEquals([window.takeHeld(), window.expCmdSn], [undefined, 3]);
});

Deno.test("a skipped request takes no place in the window", () => {
  const window = new CommandWindow<string>(1, 2);
  window.skip(1);
  window.takeHeld();
  assertEquals([window.expCmdSn, window.maxCmdSn], [2, 3]);
});

Deno.test("clear() gives what waits, without what is to be skipped", () => {
  const window = new CommandWindow<string>(1, 8);
  window.hold(3, "third");
  window.skip(2);
  assertEquals([window.withdraw(() => true), window.withdraw(() => true)], [["third"], []]);
});
