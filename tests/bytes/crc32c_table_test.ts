import { assertEquals } from "@std/assert";
import { crc32cRegister } from "../../lib/bytes/crc32c_table.ts";
import { noise, registerByBits } from "../support/checksum.ts";

Deno.test("crc32cRegister() equals the bit by bit definition from any register on", () => {
  const bytes = noise(300);
  for (const register of [0, 1, -1, 0x12345678, 0x80000000 | 0]) {
    for (const [start, end] of [[0, 0], [0, 1], [3, 10], [0, 8], [1, 9], [5, 300], [0, 299]] as const) {
      const expected = registerByBits(register, bytes.subarray(start, end));
      assertEquals(crc32cRegister(register, bytes, start, end), expected, `${register} ${start} ${end}`);
    }
  }
});
