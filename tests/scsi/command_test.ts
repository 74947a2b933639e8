import { assertEquals, assertThrows } from "@std/assert";
import { answer, command, type CommandColumns, serviceActionOf } from "../../lib/scsi/command.ts";
import { FakeDevice, FakeTask } from "../support/fake_task.ts";

const columns: CommandColumns = {
  name: "TEST",
  spec: "SPC-5 §6.7",
  usage: "12 01 ff 00 0f 00",
  data: "none",
  access: "free",
  run() {},
};

Deno.test("command() takes the operation code, the length and the reserved bits from the usage data", () => {
  const row = command(columns);
  assertEquals([row.opcode, row.serviceAction, row.length], [0x12, undefined, 6]);
  assertEquals(row.reserved, Uint8Array.of(0, 0xfe, 0, 0xff, 0xf0, 0xff));
});

Deno.test("command() takes a service action of five bits from the second byte", () => {
  const row = command({ ...columns, usage: "9e 10 ff 00", hasServiceAction: true });
  assertEquals([row.serviceAction, row.reserved], [0x10, Uint8Array.of(0, 0xe0, 0, 0xff)]);
  assertEquals(serviceActionOf(Uint8Array.of(0x9e, 0xf0)), 0x10);
});

Deno.test("command() takes a service action of two bytes from variable length CDBs", () => {
  const row = command({ ...columns, usage: "7f 00 00 00 00 00 1f 18 00 0b e0 00", hasServiceAction: true });
  assertEquals(row.serviceAction, 0x0b);
  assertEquals([...row.reserved.subarray(6)], [0xe0, 0, 0, 0, 0x1f, 0xff]);
  assertEquals(serviceActionOf(Uint8Array.of(0x7f, 0, 0, 0, 0, 0, 0, 0x18, 1, 0x0b)), 0x010b);
});

Deno.test("command() refuses usage data that is no hex", () => {
  for (const usage of ["", "1", "12 0g", "12, 13", "123"]) {
    assertThrows(() => command({ ...columns, usage }), TypeError, "Cannot read the usage of TEST");
  }
});

Deno.test("answer() sends what the allocation length leaves of it", () => {
  for (const [length, sent] of [[0, 0], [2, 2], [3, 3], [9, 3]] as const) {
    const task = new FakeTask(new FakeDevice().nexus, 0, [0x12]);
    answer(task, Uint8Array.of(1, 2, 3), length);
    assertEquals([task.transferLength, [...task.sent]], [sent, [1, 2, 3].slice(0, sent)]);
  }
});
