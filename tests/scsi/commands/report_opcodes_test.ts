import { assertEquals } from "@std/assert";
import { commandsOf } from "../../../lib/scsi/commands.ts";
import { PortGroups } from "../../../lib/scsi/port_groups.ts";
import { FakeMemory } from "../../support/fake_memory.ts";
import { FakeDevice } from "../../support/fake_task.ts";

/** A unit that serves as much as one can. */
const rich = { thin: true, memory: new FakeMemory(), portGroups: new PortGroups({ explicit: true }) };
const commands = commandsOf(new FakeDevice(rich).unit);

function report(options: number, opcode = 0, serviceAction = 0, length = 0xffff): number[] {
  return [0xa3, 0x0c, options, opcode, serviceAction >> 8, serviceAction, 0, 0, length >> 8, length, 0, 0];
}

Deno.test("REPORT SUPPORTED OPERATION CODES lists every row", async () => {
  for (const timeouts of [false, true]) {
    const { data } = await new FakeDevice(rich).send(report(timeouts ? 0x80 : 0));
    const size = timeouts ? 20 : 8;
    assertEquals(data.length, 4 + commands.length * size);
    assertEquals((data[2] as number) << 8 | (data[3] as number), data.length - 4);
    commands.forEach((row, i) => {
      const entry = data.subarray(4 + i * size, 4 + (i + 1) * size);
      const flags = (timeouts ? 2 : 0) | (row.serviceAction === undefined ? 0 : 1);
      assertEquals([...entry.subarray(0, 8)], [row.opcode, 0, 0, row.serviceAction ?? 0, 0, flags, 0, row.length]);
      if (timeouts) assertEquals([...entry.subarray(8)], [0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    });
  }
});

Deno.test("REPORT SUPPORTED OPERATION CODES gives the usage data of one command", async () => {
  for (const row of commands) {
    const plain = row.serviceAction === undefined;
    for (const option of [plain ? 1 : 2, 3]) {
      const { data } = await new FakeDevice(rich).send(report(option, row.opcode, row.serviceAction ?? 0));
      assertEquals([...data.subarray(0, 4)], [0, 3, 0, row.length], row.name);
      assertEquals(data.subarray(4), row.usageData, row.name);
    }
    const { data } = await new FakeDevice(rich).send(report(0x83, row.opcode, row.serviceAction ?? 0));
    assertEquals([data[1], data.length, data[4 + row.length + 1]], [0x83, 4 + row.length + 12, 10]);
    const wrong = await new FakeDevice(rich).send(report(plain ? 2 : 1, row.opcode, row.serviceAction ?? 0));
    assertEquals([wrong.reason, wrong.sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xca, 0, 2)], row.name);
  }
});

Deno.test("REPORT SUPPORTED OPERATION CODES leaves out what a unit does not serve", async () => {
  const { data } = await new FakeDevice().send(report(2, 0xa4, 0x06));
  assertEquals([...data], [0, 1, 0, 0]);
});

Deno.test("REPORT SUPPORTED OPERATION CODES knows what is not supported", async () => {
  for (
    const cdb of [report(1, 0xff), report(2, 0xff, 1), report(3, 0xff), report(3, 0x12, 5), report(2, 0x9e, 0xffff)]
  ) {
    const { data, status } = await new FakeDevice().send(cdb);
    assertEquals([status, ...data], [0, 0, 1, 0, 0]);
  }
  for (const option of [4, 7]) assertEquals((await new FakeDevice().send(report(option))).reason, "5/24/00");
});
