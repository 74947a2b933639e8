import { assertEquals } from "@std/assert";
import { transportSense } from "../../lib/iscsi/transport_sense.ts";

const rows: readonly [name: keyof typeof transportSense, code: number, qualifier: number][] = [
  ["unexpectedUnsolicitedData", 0x0c, 0x0c],
  ["incorrectAmountOfData", 0x0c, 0x0d],
  ["protocolServiceCrcError", 0x47, 0x05],
  ["snackRejected", 0x11, 0x13],
];

for (const [name, code, qualifier] of rows) {
  Deno.test(`${name} is ABORTED COMMAND in fixed format as RFC 7143 §11.4.7.2 has it`, () => {
    const sense = transportSense[name];
    assertEquals([sense[0], sense[2], sense[7], sense.length], [0x70, 0x0b, sense.length - 8, 18]);
    assertEquals([sense[12], sense[13]], [code, qualifier]);
  });
}

Deno.test("every sense of the table has its row", () => {
  assertEquals(Object.keys(transportSense), rows.map(([name]) => name));
});
