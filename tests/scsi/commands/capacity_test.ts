import { assertEquals } from "@std/assert";
import { capacity10, capacity16 } from "../../../lib/scsi/commands/capacity.ts";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

function readCapacity16(length: number): number[] {
  return [0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, length];
}

/** A unit that says it has so many blocks of 4096 bytes. */
function sized(blocks: number): FakeDevice {
  const store = new ArrayStore(4096);
  store.size = blocks * 4096;
  return new FakeDevice({ store, blockSize: 4096 });
}

Deno.test("READ CAPACITY names the last block, and (10) says FFFFFFFFh where it cannot", async (t) => {
  const rows = [
    { blocks: 1, last10: 0 },
    { blocks: 16, last10: 15 },
    { blocks: 0xffff_ffff, last10: 0xffff_fffe },
    { blocks: 0x1_0000_0000, last10: 0xffff_ffff },
    { blocks: 0x100_0000_0000, last10: 0xffff_ffff },
  ];
  for (const { blocks, last10 } of rows) {
    await t.step(`${blocks} blocks`, async () => {
      const device = sized(blocks);
      const ten = await device.send([0x25]);
      assertEquals(capacity10.decode(ten.data), { lastLba: last10, blockSize: 4096 });
      const sixteen = await device.send(readCapacity16(32));
      assertEquals(sixteen.data.length, 32);
      const { lastLba, blockSize } = capacity16.decode(sixteen.data);
      assertEquals([lastLba, blockSize], [blocks - 1, 4096]);
    });
  }
});

Deno.test("READ CAPACITY (16) tells the physical blocks and claims nothing that is not so", async (t) => {
  const rows = [
    { options: { blockSize: 512 }, exponent: 3, aligned: [0, 0] },
    { options: { blockSize: 4096 }, exponent: 0, aligned: [0, 0] },
    { options: { blockSize: 8192 }, exponent: 0, aligned: [0, 0] },
    { options: { blockSize: 512, physicalBlockSize: 512 }, exponent: 0, aligned: [0, 0] },
    { options: { blockSize: 512, physicalBlockSize: 4096, lowestAlignedLba: 7 }, exponent: 3, aligned: [0, 7] },
    { options: { physicalBlockSize: 2 ** 24, lowestAlignedLba: 0x3fff }, exponent: 15, aligned: [0x3f, 0xff] },
  ];
  for (const { options, exponent, aligned } of rows) {
    await t.step(JSON.stringify(options), async () => {
      for (const thin of [false, true]) {
        const { data } = await new FakeDevice({ ...options, thin }).send(readCapacity16(32));
        const [high, low] = aligned as [number, number];
        const provisioning = thin ? 0xc0 : 0;
        assertEquals([...data.subarray(12)], [0, exponent, provisioning | high, low, ...new Array<number>(16).fill(0)]);
      }
    });
  }
});

Deno.test("READ CAPACITY refuses an address without PMI", async () => {
  const device = new FakeDevice();
  assertEquals((await device.send([0x25, 0, 0, 0, 0, 1])).reason, "5/24/00");
  assertEquals((await device.send([0x25, 0, 0, 0, 0, 1, 0, 0, 1])).data[3], 127);
  assertEquals((await device.send([0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 32])).reason, "5/24/00");
});

Deno.test("READ CAPACITY needs a medium", async () => {
  const device = new FakeDevice({ removable: true });
  device.unit.loaded = false;
  assertEquals((await device.send([0x25])).reason, "2/3a/00");
  assertEquals((await device.send(readCapacity16(32))).reason, "2/3a/00");
});
