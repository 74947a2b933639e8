import { assertEquals } from "@std/assert";
import { block, branchIf, type Code, i32, i8x16, local, loop, moduleOf, v128 } from "../../lib/bytes/wasm.ts";

/** Runs a body with two parameters and two vectors; gives the memory. */
function run(body: readonly Code[], first = 0, second = 0, before: Uint8Array = new Uint8Array(0)): Uint8Array {
  const module = new WebAssembly.Module(moduleOf({ run: { parameters: 2, vectors: 2, body } }, 1));
  const { exports } = new WebAssembly.Instance(module);
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  memory.set(before);
  (exports.run as (first: number, second: number) => void)(first, second);
  return memory;
}

const rows: readonly [name: string, code: Code, a: number, b: number, expected: number][] = [
  ["and", v128.and, 0b1100, 0b1010, 0b1000],
  ["xor", v128.xor, 0b1100, 0b1010, 0b0110],
];

for (const [name, code, a, b, expected] of rows) {
  Deno.test(`v128.${name} takes two values`, () => {
    const body = [
      i32.constant(300),
      ...[i32.constant(a), i8x16.splat, i32.constant(b), i8x16.splat, code],
      v128.store(4),
    ];
    assertEquals(run(body).slice(303, 321), Uint8Array.of(0, ...new Array<number>(16).fill(expected), 0));
  });
}

for (const name of ["swizzle", "relaxedSwizzle"] as const) {
  Deno.test(`i8x16.${name} picks bytes by their numbers`, () => {
    const before = Uint8Array.from({ length: 32 }, (_, i) => i < 16 ? 100 + i : 31 - i);
    const body = [i32.constant(32), i32.constant(0), v128.load(0), i32.constant(0), v128.load(16)];
    const memory = run([...body, i8x16[name], v128.store(0)], 0, 0, before);
    assertEquals(memory.slice(32, 48), before.slice(0, 16).reverse());
  });
}

Deno.test("i8x16.shiftRightUnsigned shifts each byte by itself", () => {
  const body = [
    i32.constant(0),
    ...[i32.constant(0), v128.load(0), i32.constant(4), i8x16.shiftRightUnsigned],
    v128.store(0),
  ];
  assertEquals(run(body, 0, 0, Uint8Array.of(0xff, 0x80, 0x0f)).slice(0, 4), Uint8Array.of(0x0f, 8, 0, 0));
});

for (const [from, to, times] of [[5, 5, 0], [0, 1, 1], [16, 96, 5], [-1, 8, 0]] as const) {
  Deno.test(`a loop in a block runs ${times} times from ${from} to ${to}`, () => {
    const step: Code = [...local.get(0), ...i32.constant(16), ...i32.add];
    const body = [
      block(
        ...[local.get(0), local.get(1), i32.greaterOrEqualUnsigned, branchIf(0)],
        loop(
          ...[local.get(0), i32.constant(-1), i8x16.splat, local.tee(2), v128.store(1000), local.get(2), local.set(3)],
          ...[step, local.tee(0), local.get(1), i32.lessUnsigned, branchIf(0)],
        ),
      ),
    ];
    assertEquals(run(body, from, to).filter((byte) => byte === 0xff).length, times * 16);
  });
}

Deno.test("numbers of any size are written so that WebAssembly reads them", () => {
  for (const value of [0, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 65535 - 15]) {
    // Address -n + n + 7: the constants have to come out right for the mark to stand at 7.
    const body = [i32.constant(-value), i32.constant(value), i32.add, i32.constant(1), i8x16.splat, v128.store(7)];
    const memory = run(body);
    assertEquals([memory[6], memory[7], memory[22], memory[23]], [0, 1, 1, 0], `${value}`);
  }
  const far = run([i32.constant(0), i32.constant(1), i8x16.splat, v128.store(65520)]);
  assertEquals([far[65519], far[65520], far[65535]], [0, 1, 1]);
});
