import { assert, assertEquals } from "@std/assert";
import { unmapCdb } from "../../../lib/scsi/block_cdbs.ts";
import { unmapDescriptor, unmapHeader } from "../../../lib/scsi/commands/provisioning.ts";
import { FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

function unmap(parameterListLength: number): number[] {
  return [...unmapCdb.encode({ opcode: 0x42, parameterListLength })];
}

/** An UNMAP parameter list. */
function list(...ranges: readonly (readonly [lba: number, blocks: number])[]): Uint8Array {
  const { size } = unmapDescriptor;
  const data = new Uint8Array(unmapHeader.size + ranges.length * size);
  unmapHeader.encode({ dataLength: data.length - 2, descriptorLength: ranges.length * size }, data);
  ranges.forEach(([lba, blocks], i) => unmapDescriptor.encode({ lba, blocks }, data, unmapHeader.size + i * size));
  return data;
}

Deno.test("UNMAP gives ranges back, in whatever order, and passes empty ones by", async () => {
  const target = new FakeDevice({ thin: true });
  const data = list([9, 2], [0, 0], [4, 1]);
  const { status, outcome } = await target.send(unmap(data.length), { dataOut: data });
  assertEquals([status, outcome, target.store.calls], [0, "gather", ["unmap 4608 1024", "unmap 2048 512"]]);
});

Deno.test("UNMAP looks at all ranges before it obeys the first", async () => {
  const target = new FakeDevice({ thin: true });
  for (const wrong of [[127, 2], [128, 1], [2 ** 53, 1]] as const) {
    const data = list([0, 1], wrong);
    assertEquals((await target.send(unmap(data.length), { dataOut: data })).reason, "5/21/00");
  }
  assertEquals(target.store.calls, []);
});

Deno.test("UNMAP takes lists that are short or cut as the standard says", async (t) => {
  const two = list([0, 1], [8, 1]);
  const promising = list([0, 1]);
  unmapHeader.descriptorLength.set(promising, 64);
  const rows = [
    { name: "none", length: 0, data: new Uint8Array(), reason: "", calls: [] },
    { name: "a part of the header", length: 7, data: two, reason: "5/1a/00", calls: [] },
    { name: "the header alone", length: 8, data: two, reason: "", calls: [] },
    { name: "an incomplete second range", length: 39, data: two, reason: "", calls: ["unmap 0 512"] },
    { name: "more promised than there is", length: 24, data: promising, reason: "", calls: ["unmap 0 512"] },
    { name: "less data than the CDB names", length: 40, data: two.slice(0, 24), reason: "5/0e/03", calls: [] },
  ];
  for (const { name, length, data, reason, calls } of rows) {
    await t.step(name, async () => {
      const target = new FakeDevice({ thin: true });
      assertEquals((await target.send(unmap(length), { dataOut: data })).reason, reason);
      assertEquals(target.store.calls, calls);
    });
  }
});

Deno.test("UNMAP is not there where blocks cannot be given back, and refused on a protected medium", async () => {
  const dataOut = list([0, 1]);
  assertEquals((await new FakeDevice().send(unmap(24), { dataOut })).reason, "5/20/00");
  assertEquals((await new FakeDevice({ thin: true, readOnly: true }).send(unmap(24), { dataOut })).reason, "7/27/00");
});

Deno.test("UNMAP tells what the store says", async () => {
  const target = new FakeDevice({ thin: true });
  target.store.failure = new FakeStoreError("medium");
  assertEquals((await target.send(unmap(24), { dataOut: list([3, 1]) })).reason, "3/0c/00");
});

Deno.test("READ CAPACITY (16) tells thin provisioning, whose blocks read as zeros", async () => {
  for (const thin of [false, true]) {
    const { data } = await new FakeDevice({ thin }).send([0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0]);
    assert(data.length === 32);
    assertEquals((data[14] as number) & 0xc0, thin ? 0xc0 : 0);
  }
});
