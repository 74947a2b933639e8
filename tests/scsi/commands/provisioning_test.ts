import { assert, assertEquals } from "@std/assert";
import { getLbaStatusCdb, unmapCdb } from "../../../lib/scsi/block_cdbs.ts";
import { lbaStatusDescriptor, unmapDescriptor, unmapHeader } from "../../../lib/scsi/commands/provisioning.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import type { Extent } from "../../../lib/store/store.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
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

function getStatus(lba: number, allocationLength = 0xffff): number[] {
  return [...getLbaStatusCdb.encode({ opcode: 0x9e, serviceAction: 0x12, lba, allocationLength })];
}

/** The descriptors of an answer as text. */
function statuses(data: Uint8Array): string {
  const found: string[] = [];
  for (let at = 8; at < data.length; at += lbaStatusDescriptor.size) {
    const { lba, blocks, status } = lbaStatusDescriptor.decode(data, at);
    found.push(`${status === 0 ? "mapped" : "free"} ${lba}+${blocks}`);
  }
  return found.join(", ");
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

Deno.test("GET LBA STATUS tells mapped from deallocated blocks, from any block on", async () => {
  const store = new MemoryStore(1 << 20, { pageSize: 4096 });
  const target = new FakeDevice({ store });
  store.write(new Uint8Array(8192).fill(1), 8192);
  store.write(new Uint8Array(4096).fill(1), 65536);
  const rows = [
    { lba: 0, text: "free 0+16, mapped 16+16, free 32+96, mapped 128+8, free 136+1912" },
    { lba: 20, text: "mapped 20+12, free 32+96, mapped 128+8, free 136+1912" },
    { lba: 2047, text: "free 2047+1" },
  ];
  for (const { lba, text } of rows) {
    const { data, status } = await target.send(getStatus(lba));
    assertEquals([status, statuses(data), data[3]], [0, text, data.length - 4]);
  }
});

Deno.test("GET LBA STATUS gives as many whole ranges as fit, and at least one", async () => {
  const store = new MemoryStore(1 << 20, { pageSize: 4096 });
  const target = new FakeDevice({ store });
  for (let at = 0; at < 1 << 20; at += 8192) store.write(new Uint8Array(4096).fill(1), at);
  const two = await target.send(getStatus(0, 50));
  assertEquals([statuses(two.data.subarray(0, 40)), two.data[3], two.transferLength], ["mapped 0+8, free 8+8", 36, 40]);
  const one = await target.send(getStatus(0, 4));
  assertEquals([one.data.length, one.data[3]], [4, 20]);
});

Deno.test("GET LBA STATUS finds the end of a range that is longer than what is looked at together", async () => {
  const store = new MemoryStore(2 ** 40, { pageSize: 4096 });
  const target = new FakeDevice({ store });
  store.write(new Uint8Array(4096).fill(1), 2 ** 39);
  const { data } = await target.send(getStatus(0));
  assertEquals(statuses(data), `free 0+${2 ** 30}, mapped ${2 ** 30}+8, free ${2 ** 30 + 8}+${2 ** 30 - 8}`);
});

/** A store that tells extents as a file system may: in small pieces, and not in blocks. */
class OddStore extends ArrayStore {
  override extents(_at: number, _length: number): readonly Extent[] {
    return [
      { at: 0, length: 600, allocated: false },
      { at: 600, length: 400, allocated: false },
      { at: 1000, length: 48, allocated: true },
      { at: 1048, length: 4096 - 1048, allocated: false },
    ];
  }
}

Deno.test("GET LBA STATUS counts a block as mapped that is so only in part", async () => {
  const target = new FakeDevice({ store: new OddStore(4096), thin: true });
  assertEquals(statuses((await target.send(getStatus(0))).data), "free 0+1, mapped 1+2, free 3+5");
});

Deno.test("GET LBA STATUS of a medium that is always there says that it is mapped", async () => {
  const target = new FakeDevice({ store: new MemoryStore(1 << 20), thin: false });
  assertEquals(statuses((await target.send(getStatus(5))).data), "mapped 5+2043");
  assertEquals((await target.send(getStatus(2048))).reason, "5/21/00");
});

Deno.test("READ CAPACITY (16) tells thin provisioning, whose blocks read as zeros", async () => {
  for (const thin of [false, true]) {
    const { data } = await new FakeDevice({ thin }).send([0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0]);
    assert(data.length === 32);
    assertEquals((data[14] as number) & 0xc0, thin ? 0xc0 : 0);
  }
});
