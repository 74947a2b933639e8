import { assertEquals } from "@std/assert";
import { decodeLun, encodeLun, MAX_LUN, NO_LUN } from "../../../lib/iscsi/pdu/lun.ts";

const rows: readonly [lun: number, bytes: number[]][] = [
  [0, [0x00, 0x00, 0, 0, 0, 0, 0, 0]],
  [1, [0x00, 0x01, 0, 0, 0, 0, 0, 0]],
  [255, [0x00, 0xff, 0, 0, 0, 0, 0, 0]],
  [256, [0x41, 0x00, 0, 0, 0, 0, 0, 0]],
  [16383, [0x7f, 0xff, 0, 0, 0, 0, 0, 0]],
];

for (const [lun, bytes] of rows) {
  Deno.test(`encodeLun() and decodeLun() agree with SAM-5 §4.7 when the number is ${lun}`, () => {
    assertEquals(encodeLun(lun), Uint8Array.from(bytes));
    assertEquals(decodeLun(Uint8Array.from(bytes)), lun);
  });
}

Deno.test("decodeLun() reads every number when encodeLun() wrote it over old bytes", () => {
  const bytes = new Uint8Array(12);
  for (let lun = 0; lun <= MAX_LUN; lun++) {
    bytes.fill(0xff);
    encodeLun(lun, bytes, 2);
    assertEquals(decodeLun(bytes, 2), lun);
  }
  assertEquals([bytes[1], bytes[10]], [0xff, 0xff]);
});

const others: readonly [name: string, bytes: number[], lun: number][] = [
  ["flat space names a number below 256", [0x40, 0x05, 0, 0, 0, 0, 0, 0], 5],
  ["the bus is not 0", [0x01, 0x05, 0, 0, 0, 0, 0, 0], NO_LUN],
  ["there is a second level", [0x00, 0x05, 0x00, 0x01, 0, 0, 0, 0], NO_LUN],
  ["the last byte is used", [0x00, 0x05, 0, 0, 0, 0, 0, 1], NO_LUN],
  ["the method is logical unit addressing", [0x80, 0x05, 0, 0, 0, 0, 0, 0], NO_LUN],
  ["it is the REPORT LUNS well known logical unit", [0xc1, 0x01, 0, 0, 0, 0, 0, 0], 0xc101],
  ["a well known logical unit has a second level", [0xc1, 0x01, 0, 1, 0, 0, 0, 0], NO_LUN],
  ["it is extended flat space", [0xd2, 0x00, 0x00, 0x05, 0, 0, 0, 0], NO_LUN],
  ["it says no logical unit specified", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], NO_LUN],
];

for (const [name, bytes, lun] of others) {
  Deno.test(`decodeLun() gives ${lun} when ${name}`, () => {
    assertEquals(decodeLun(Uint8Array.from(bytes)), lun);
  });
}
