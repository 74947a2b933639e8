import { assertEquals } from "@std/assert";
import { Ring } from "../../lib/bytes/ring.ts";
import { Prng } from "../support/prng.ts";

Deno.test("shift() gives nothing when nothing was pushed", () => {
  assertEquals(new Ring<number>().shift(), undefined);
});

Deno.test("shift() gives the oldest first when the ring has grown around its end", () => {
  const ring = new Ring<number>();
  for (let i = 0; i < 10; i++) ring.push(i);
  for (let i = 0; i < 10; i++) assertEquals(ring.shift(), i);
  for (let i = 0; i < 40; i++) ring.push(i);
  assertEquals(ring.length, 40);
  for (let i = 0; i < 40; i++) assertEquals(ring.shift(), i);
  assertEquals([ring.length, ring.shift()], [0, undefined]);
});

Deno.test("a ring does what an array does when pushed to and shifted from at random", () => {
  const prng = new Prng(1);
  const ring = new Ring<number>();
  const array: number[] = [];
  for (let i = 0; i < 20_000; i++) {
    if (prng.below(100) < (i % 4000 < 2000 ? 60 : 40)) {
      ring.push(i);
      array.push(i);
    } else assertEquals(ring.shift(), array.shift());
    assertEquals(ring.length, array.length);
  }
});
