import { assertEquals } from "@std/assert";
import { designatorHeader } from "../../lib/scsi/designators.ts";
import { blockLimitsPage, vpdPages } from "../../lib/scsi/vpd.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeDevice, fakeIdentity } from "../support/fake_task.ts";

async function page(device: FakeDevice, number: number): Promise<Uint8Array> {
  const { data, status } = await device.send([0x12, 1, number, 4, 0]);
  assertEquals(status, 0);
  return data;
}

Deno.test("every VPD page has its number and its length, and is listed, ascending from 00h", async () => {
  const device = new FakeDevice();
  const listed = [...(await page(device, 0x00)).subarray(4)];
  assertEquals(listed, [0x00, 0x80, 0x83, 0x86, 0x87, 0x88, 0x8f, 0x92, 0xb0, 0xb1, 0xb2]);
  assertEquals(listed, vpdPages.map((row) => row.page));
  for (const number of listed) {
    const data = await page(device, number);
    assertEquals([data[0], data[1], (data[2] as number) << 8 | (data[3] as number)], [0, number, data.length - 4]);
  }
});

Deno.test("VPD page 80h is the serial number", async () => {
  assertEquals(new TextDecoder().decode((await page(new FakeDevice(), 0x80)).subarray(4)), "0123456789");
});

interface Named {
  readonly association: number;
  readonly type: number;
  readonly codeSet: number;
  readonly protocol: number | undefined;
  readonly value: Uint8Array;
}

function designatorsOf(data: Uint8Array): Named[] {
  const list: Named[] = [];
  for (let at = 4; at < data.length;) {
    const { association, type, codeSet, protocol, protocolValid, length } = designatorHeader.decode(data, at);
    const value = data.slice(at + 4, at + 4 + length);
    assertEquals(value.length, length);
    list.push({ association, type, codeSet, protocol: protocolValid ? protocol : undefined, value });
    at += 4 + length;
  }
  return list;
}

function text(value: Uint8Array): string {
  assertEquals(value.length % 4, 0);
  assertEquals(value.at(-1), 0);
  return new TextDecoder().decode(value).replace(/\0+$/, "");
}

Deno.test("VPD page 83h names the unit, the port and the device", async () => {
  const list = designatorsOf(await page(new FakeDevice(), 0x83));
  const shape = list.map(({ association, type, codeSet, protocol }) => [association, type, codeSet, protocol]);
  assertEquals(shape, [
    [0, 3, 1, undefined],
    [0, 1, 2, undefined],
    [0, 8, 3, undefined],
    [1, 4, 1, 5],
    [1, 5, 1, 5],
    [1, 8, 3, 5],
    [2, 8, 3, 5],
  ]);
  const [naa, t10, unitName, relativePort, portGroup, portName, deviceName] = list.map(({ value }) => value) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  assertEquals(naa, fakeIdentity.naa);
  assertEquals(new TextDecoder().decode(t10), "LUNBOX  04050607-0123456789");
  assertEquals(text(unitName), "naa.3001020304050607");
  assertEquals([relativePort, portGroup], [Uint8Array.of(0, 0, 0, 1), Uint8Array.of(0, 0, 0, 1)]);
  assertEquals(text(portName), "iqn.2026-01.test:target,t,0x0001");
  assertEquals(text(deviceName), "iqn.2026-01.test:target");
});

Deno.test("VPD page 83h keeps to lengths of one byte with the longest serial number", async () => {
  const device = new FakeDevice({
    identity: { ...fakeIdentity, serial: "x".repeat(252), scsiName: "iqn.2026-01.test:u" },
  });
  const list = designatorsOf(await page(device, 0x83));
  assertEquals(list[1]?.value.length, 252);
  assertEquals(text(list[2]?.value ?? new Uint8Array()), "iqn.2026-01.test:u");
});

Deno.test("VPD page 86h tells of a volatile cache only where there is one", async () => {
  for (const volatileCache of [true, false]) {
    const data = await page(new FakeDevice({ store: new ArrayStore(4096, { volatileCache }) }), 0x86);
    assertEquals([data.length, data[5], data[6], data[7]], [64, 7, volatileCache ? 1 : 0, 1]);
  }
});

Deno.test("VPD page 87h says that mode pages are shared, 92h that discovery is complete", async () => {
  assertEquals([...(await page(new FakeDevice(), 0x87))], [0, 0x87, 0, 4, 0x3f, 0xff, 0, 0]);
  assertEquals([...(await page(new FakeDevice(), 0x92))], [0, 0x92, 0, 6, 0, 0, 0, 0, 0, 1]);
});

Deno.test("VPD page 88h names the port that the initiator came through", async () => {
  const data = await page(new FakeDevice(), 0x88);
  assertEquals([...data.subarray(4, 14)], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  assertEquals(data[15], data.length - 16);
  assertEquals([...data.subarray(16, 19)], [0x53, 0x98, 0]);
  assertEquals(text(data.slice(20)), "iqn.2026-01.test:target,t,0x0001");
});

Deno.test("VPD page B0h claims the limits that commands are held to", async (t) => {
  const atomicLength = 0x1_0000;
  const rows = [
    { blockSize: 512, thin: true, compare: 255, granularity: 128, transfer: 2 ** 21, atomic: 128 },
    { blockSize: 4096, thin: true, compare: 128, granularity: 16, transfer: 2 ** 18, atomic: 16 },
    { blockSize: 512, thin: false, compare: 255, granularity: 0, transfer: 2 ** 21, atomic: 128 },
  ];
  for (const { blockSize, thin, ...limits } of rows) {
    await t.step(`blocks of ${blockSize}, ${thin ? "thin" : "thick"}`, async () => {
      const store = new ArrayStore(0x1_0000, { unmapGranularity: 0x1_0000, atomicLength });
      const data = await page(new FakeDevice({ blockSize, thin, store }), 0xb0);
      const said = blockLimitsPage.decode(data);
      assertEquals(data.length, 64);
      assertEquals(said, {
        writeSameNonZero: false,
        maximumCompareAndWriteLength: limits.compare,
        optimalTransferLengthGranularity: 4096 / blockSize,
        maximumTransferLength: limits.transfer,
        optimalTransferLength: 0,
        maximumPrefetchLength: 0,
        maximumUnmapLbaCount: thin ? 0xffff_ffff : 0,
        maximumUnmapDescriptorCount: thin ? 4095 : 0,
        optimalUnmapGranularity: limits.granularity,
        unmapAlignmentValid: thin,
        unmapAlignment: 0,
        maximumWriteSameLength: 0xffff_ffff,
        maximumAtomicTransferLength: limits.atomic,
        atomicAlignment: 0,
        atomicTransferLengthGranularity: 0,
        maximumAtomicTransferLengthWithBoundary: 0,
        maximumAtomicBoundarySize: 0,
      });
    });
  }
});

Deno.test("VPD page B0h has the physical block for OPTIMAL TRANSFER LENGTH GRANULARITY, wherever it begins", async () => {
  const rows = [
    { physicalBlockSize: 512, blocks: 1 },
    { physicalBlockSize: 65536, blocks: 128 },
    { physicalBlockSize: 4096, lowestAlignedLba: 7, blocks: 8 },
    { physicalBlockSize: 2 ** 24, blocks: 2 ** 15 },
  ];
  for (const { blocks, ...options } of rows) {
    const store = new ArrayStore(0x1_0000, { unmapGranularity: 4096 });
    const data = await page(new FakeDevice({ ...options, thin: true, store }), 0xb0);
    assertEquals(blockLimitsPage.optimalTransferLengthGranularity.get(data), blocks);
    // What can be given back depends on the store, not on what is said of physical blocks.
    assertEquals([...data.subarray(28, 36)], [0, 0, 0, 8, 0x80, 0, 0, 0]);
  }
});

Deno.test("VPD page B0h tells where blocks begin that are given back together", async () => {
  const rows = [
    { unmapAlignment: 512, blockSize: 512, bytes: [0x80, 0, 0, 1] },
    { unmapAlignment: 0x1_0000 - 512, blockSize: 512, bytes: [0x80, 0, 0, 127] },
    { unmapAlignment: 8192, blockSize: 4096, bytes: [0x80, 0, 0, 2] },
    { unmapAlignment: 512, blockSize: 4096, bytes: [0, 0, 0, 0] },
  ];
  for (const { unmapAlignment, blockSize, bytes } of rows) {
    const store = new ArrayStore(0x1_0000, { unmapGranularity: 0x1_0000, unmapAlignment });
    const device = new FakeDevice({ blockSize, store, thin: true });
    assertEquals([...(await page(device, 0xb0)).subarray(32, 36)], bytes);
    const thick = new FakeDevice({ blockSize, store, thin: false });
    assertEquals([...(await page(thick, 0xb0)).subarray(28, 36)], new Array(8).fill(0));
  }
});

Deno.test("VPD page B1h tells a medium that turns from one that does not", async () => {
  assertEquals((await page(new FakeDevice(), 0xb1)).subarray(0, 6), Uint8Array.of(0, 0xb1, 0, 0x3c, 0, 1));
  const turning = new FakeDevice({ store: new ArrayStore(4096, { rotational: true }) });
  assertEquals((await page(turning, 0xb1)).subarray(4, 6), Uint8Array.of(0x1c, 0x20));
});

Deno.test("VPD page B2h claims thin provisioning where blocks can be given back", async () => {
  assertEquals(await page(new FakeDevice(), 0xb2), Uint8Array.of(0, 0xb2, 0, 4, 0, 0, 0, 0));
  assertEquals(await page(new FakeDevice({ thin: true }), 0xb2), Uint8Array.of(0, 0xb2, 0, 4, 0, 0xe4, 2, 0));
  const giving = new FakeDevice({ store: new ArrayStore(4096, { unmap: true }) });
  assertEquals((await page(giving, 0xb2))[6], 2);
  const measured = new FakeDevice({ thin: true, store: new ArrayStore(4096, { space: true }) });
  assertEquals(await page(measured, 0xb2), Uint8Array.of(0, 0xb2, 0, 4, 11, 0xe4, 2, 0));
});
