import { assertEquals } from "@std/assert";
import { getLbaStatus16Cdb, getLbaStatus32Cdb } from "../../../lib/scsi/block_cdbs.ts";
import { lbaStatusDescriptor } from "../../../lib/scsi/commands/lba_status.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import type { Extent } from "../../../lib/store/store.ts";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

interface Asked {
  readonly allocationLength?: number;
  readonly type?: number;
  readonly scan?: number;
}

function getStatus(lba: number, { allocationLength = 0xffff, type = 0 }: Asked = {}): number[] {
  const fields = { opcode: 0x9e, serviceAction: 0x12, lba, allocationLength, reportType: type };
  return [...getLbaStatus16Cdb.encode(fields)];
}

function getStatus32(lba: number, { allocationLength = 0xffff, type = 0, scan = 0 }: Asked = {}): number[] {
  const fields = { lba, allocationLength, reportType: type, scanLength: scan };
  return [...getLbaStatus32Cdb.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: 0x12, ...fields })];
}

const words = ["mapped", "free", "anchored", "surely mapped"];

/** The descriptors of an answer as text. */
function statuses(data: Uint8Array): string {
  const found: string[] = [];
  for (let at = 8; at < data.length; at += lbaStatusDescriptor.size) {
    const { lba, blocks, status } = lbaStatusDescriptor.decode(data, at);
    found.push(`${words[status]} ${lba}+${blocks}`);
  }
  return found.join(", ");
}

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
  const two = await target.send(getStatus(0, { allocationLength: 50 }));
  assertEquals([statuses(two.data.subarray(0, 40)), two.data[3], two.transferLength], ["mapped 0+8, free 8+8", 36, 40]);
  const one = await target.send(getStatus(0, { allocationLength: 4 }));
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

/** 2048 blocks: 0 to 15 free, 16 to 31 mapped, 32 to 127 free, 128 to 135 mapped, the others free. */
function spotted(): FakeDevice<MemoryStore> {
  const store = new MemoryStore(1 << 20, { pageSize: 4096 });
  store.write(new Uint8Array(8192).fill(1), 8192);
  store.write(new Uint8Array(4096).fill(1), 65536);
  return new FakeDevice({ store });
}

/** Byte 7 of an answer: RTP is always set, above it is COMPLETION CONDITION. */
const atAllocationLength = 0b0011;
const atScanLength = 0b0101;
const atCapacity = 0b0111;

Deno.test("GET LBA STATUS tells only of the blocks that the report type wants, and why there are no more", async (t) => {
  const rows = [
    { type: 0x01, text: "free 0+16, surely mapped 16+16, free 32+96, surely mapped 128+8, free 136+1912" },
    { type: 0x02, text: "surely mapped 16+16, surely mapped 128+8" },
    { type: 0x02, lba: 20, text: "surely mapped 20+12, surely mapped 128+8" },
    { type: 0x03, text: "free 0+16, free 32+96, free 136+1912" },
    { type: 0x02, lba: 136, text: "" },
    { type: 0x04, text: "" },
    { type: 0x10, text: "" },
    { type: 0x03, allocationLength: 40, text: "free 0+16, free 32+96", end: atAllocationLength },
    { type: 0x00, allocationLength: 24, text: "mapped 20+12", lba: 20, end: atAllocationLength },
  ];
  for (const { type, lba = 0, text, end = atCapacity, ...options } of rows) {
    await t.step(`${type} from ${lba}`, async () => {
      for (const cdb of [getStatus(lba, { type, ...options }), getStatus32(lba, { type, ...options })]) {
        const { data, status } = await spotted().send(cdb);
        assertEquals([status, statuses(data), data[3], data[7]], [0, text, data.length - 4, end]);
      }
    });
  }
});

Deno.test("GET LBA STATUS (32) looks no further than the scan length", async (t) => {
  const rows = [
    { scan: 1, text: "free 0+1", end: atScanLength },
    { scan: 20, text: "free 0+16, mapped 16+4", end: atScanLength },
    { scan: 4, lba: 30, text: "mapped 30+2, free 32+2", end: atScanLength },
    { scan: 16, type: 2, text: "", end: atScanLength },
    { scan: 16, type: 4, text: "", end: atScanLength },
    { scan: 1912, lba: 136, text: "free 136+1912", end: atCapacity },
    { scan: 0xffff_ffff, lba: 136, text: "free 136+1912", end: atCapacity },
    { scan: 200, allocationLength: 24, text: "free 0+16", end: atAllocationLength },
  ];
  for (const { lba = 0, text, end, ...options } of rows) {
    await t.step(JSON.stringify(options), async () => {
      const { data, status } = await spotted().send(getStatus32(lba, options));
      assertEquals([status, statuses(data), data[7]], [0, text, end]);
    });
  }
});

Deno.test("GET LBA STATUS of a thick unit has no free blocks to tell of", async () => {
  const target = new FakeDevice({ store: new MemoryStore(1 << 20), thin: false });
  assertEquals(statuses((await target.send(getStatus32(5, { type: 1 }))).data), "surely mapped 5+2043");
  assertEquals(statuses((await target.send(getStatus32(5, { type: 3 }))).data), "");
});

Deno.test("GET LBA STATUS refuses report types and elements that there are none of", async () => {
  const target = spotted();
  for (const [cdb, byte] of [[getStatus(0, { type: 5 }), 14], [getStatus32(0, { type: 0x11 }), 10]] as const) {
    const { reason, sense } = await target.send(cdb);
    assertEquals([reason, sense?.[17]], ["5/24/00", byte]);
  }
  const element = getStatus32(0);
  element[27] = 1;
  assertEquals((await target.send(element)).reason, "5/24/00");
  assertEquals((await target.send(getStatus32(2048))).reason, "5/21/00");
});
