import { assertEquals } from "@std/assert";
import { readU16, readU32 } from "../../../lib/bytes/layout.ts";
import { commandsOf } from "../../../lib/scsi/commands.ts";
import { copyLimits } from "../../../lib/scsi/copy/segments.ts";
import { FakeStoreError } from "../../support/array_store.ts";
import { copy, CopyDevice, inCdb, longCopy, made, segment, toAsked } from "../../support/copying.ts";

const status = { short: 0x00, parameters: 0x03, failure: 0x04, long: 0x05, tokens: 0x07 } as const;

Deno.test("RECEIVE COPY OPERATING PARAMETERS tells what lists may hold", async () => {
  const { data } = await new CopyDevice().ask(inCdb(status.parameters));
  assertEquals([readU32(data, 0), data[4]], [data.length - 4, 1]);
  assertEquals([readU16(data, 8), readU16(data, 10)], [copyLimits.descriptors, copyLimits.segments]);
  assertEquals([readU32(data, 12), readU32(data, 16)], [copyLimits.descriptorBytes, copyLimits.segmentBytes]);
  assertEquals([...data.subarray(43)], [2, 0x02, 0xe4]);
});

Deno.test("RECEIVE COPY STATUS (LID1) tells segments and bytes of a copy that is done, or has failed", async () => {
  const device = new CopyDevice();
  await copy(device, segment(), segment({ destinationLba: 8 }));
  const good = (await device.ask(inCdb(status.short, 7), 1)).data;
  assertEquals([...good], [0, 0, 0, 8, 0x01, 0, 2, 0, 0, 0, 0x20, 0]);
  await copy(device, segment(), segment({ source: 9 }));
  const bad = (await device.ask(inCdb(status.short, 7), 1)).data;
  assertEquals([...bad], [0, 0, 0, 8, 0x02, 0, 1, 0, 0, 0, 0x10, 0]);
});

Deno.test("RECEIVE COPY STATUS counts kibibytes where bytes do not fit, but in eight bytes they do", async () => {
  const device = new CopyDevice();
  await copy(device, segment());
  const operation = device.other.copies.find(device.nexus, 7);
  operation?.moved(0x1_0000_0000);
  const { data } = await device.ask(inCdb(status.short, 7), 1);
  assertEquals([data[7], readU32(data, 8)], [0x01, 0x40_0004]);
});

Deno.test("RECEIVE COPY FAILURE DETAILS (LID1) carries status and sense data once", async () => {
  const device = new CopyDevice();
  const result = await copy(device, segment(), segment({ source: 9 }));
  const { data } = await device.ask(inCdb(status.failure, 7), 1);
  assertEquals([readU32(data, 0), data[56], readU16(data, 58)], [data.length - 4, 0x02, 18]);
  assertEquals(data.subarray(60), result.sense);
  assertEquals((await device.ask(inCdb(status.failure, 7), 1)).reason, "5/24/00");
  await copy(device, segment());
  assertEquals((await device.ask(inCdb(status.failure, 7), 1)).data, new Uint8Array(4));
});

Deno.test("RECEIVE COPY STATUS (LID4) tells how a copy ended, with its sense data", async () => {
  const device = new CopyDevice();
  await longCopy(device, {}, toAsked());
  const good = (await device.ask(inCdb(status.long, 7), 1)).data;
  assertEquals([readU32(good, 0), good[4], good[5]], [good.length - 4, 0x01, 0x01]);
  assertEquals([good[12], good[13], good[14], good[15], readU32(good, 20), readU16(good, 24)], [0, 64, 0, 0, 4096, 1]);
  device.store.failure = new FakeStoreError("medium");
  const { sense } = await longCopy(device, {}, toAsked());
  const bad = (await device.ask(inCdb(status.long, 7), 1)).data;
  assertEquals([bad[5], bad[12], bad[14], readU16(bad, 24)], [0x02, 0x02, 18, 0]);
  assertEquals(bad.subarray(32, 50), sense);
});

Deno.test("sense data of a copy has the format that the unit uses", async () => {
  const device = new CopyDevice();
  Object.defineProperty(device.other.modePages, "descriptorSense", { value: true });
  const { sense } = await longCopy(device, {}, toAsked(), toAsked({ source: 3 }));
  // Command-specific information with the segment, then the segment pointer.
  assertEquals([...sense ?? []].slice(0, 8), [0x72, 0x0a, 0x0d, 0x02, 0, 0, 0, 20]);
  assertEquals([...sense ?? []].slice(8, 20), [0x01, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals([...sense ?? []].slice(20), [0x02, 0x06, 0, 0, 0x80, 0, 48 + 32 + 28, 0]);
  const { data } = await device.ask(inCdb(status.long, 7), 1);
  assertEquals(data.subarray(32, 60), sense);
});

Deno.test("results are told to the nexus that asked for the copy, and kept only when it wants them", async () => {
  const device = new CopyDevice();
  const stranger = device.login("iqn.2026-01.test:b");
  await longCopy(device, {}, toAsked());
  for (const action of [status.short, status.failure, status.long, status.tokens]) {
    assertEquals((await device.ask(inCdb(action, 7), 1, stranger)).reason, "5/24/00", `service action ${action}`);
    assertEquals((await device.ask(inCdb(action, 8), 1)).reason, "5/24/00", `service action ${action}`);
    assertEquals((await device.ask(inCdb(action, 7), 0)).reason, "5/24/00", `service action ${action}`);
  }
  await longCopy(device, { listId: 6, listIdUsage: 3 }, toAsked());
  assertEquals((await device.ask(inCdb(status.long, 6), 1)).reason, "5/24/00");
  await longCopy(device, { listId: 6, listIdUsage: 2 }, toAsked());
  assertEquals((await device.ask(inCdb(status.long, 6), 1)).status, 0);
});

Deno.test("answers about copies are cut to the allocation length", async () => {
  const device = new CopyDevice();
  await made(device, [[0, 1]]);
  for (const length of [0, 4, 100, 613, 614, 1000]) {
    const { data } = await device.ask(inCdb(status.tokens, 9, length));
    assertEquals(data.length, Math.min(length, 614));
  }
});

Deno.test("all commands of third-party copy are served, under their numbers", () => {
  const rows = commandsOf(new CopyDevice().unit).filter(({ opcode }) => opcode === 0x83 || opcode === 0x84);
  assertEquals(rows.filter(({ opcode }) => opcode === 0x83).map((row) => row.serviceAction), [0, 1, 0x10, 0x11, 0x1c]);
  assertEquals(rows.filter(({ opcode }) => opcode === 0x84).map((row) => row.serviceAction), [0, 3, 4, 5, 7, 8]);
});
