import { assertEquals } from "@std/assert";
import { firstDifference, isZero } from "../../lib/scsi/compare.ts";

Deno.test("firstDifference() counts from the start of the medium's bytes", () => {
  const data = Uint8Array.of(9, 1, 2, 3);
  assertEquals(firstDifference(Uint8Array.of(1, 2, 3), data, 1), -1);
  assertEquals(firstDifference(Uint8Array.of(1, 2, 4), data, 1), 2);
  assertEquals(firstDifference(new Uint8Array(), data, 4), -1);
});

Deno.test("isZero() looks at every byte", () => {
  assertEquals([isZero(new Uint8Array(3)), isZero(Uint8Array.of(0, 0, 1)), isZero(new Uint8Array())], [
    true,
    false,
    true,
  ]);
});
