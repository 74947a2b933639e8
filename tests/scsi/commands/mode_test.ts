import { assertEquals } from "@std/assert";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";
import { FakeMemory } from "../../support/fake_memory.ts";

const noDescriptors = 0x08;
const longLba = 0x10;

function sense6(device: FakeDevice, page: number, subpage = 0, flags = noDescriptors): Promise<FakeResult> {
  return device.send([0x1a, flags, page, subpage, 255]);
}

function sense10(device: FakeDevice, page: number, subpage = 0, flags = noDescriptors): Promise<FakeResult> {
  return device.send([0x5a, flags, page, subpage, 0, 0, 0, 1, 0]);
}

/** Page and subpage codes of the pages behind a header and its descriptors. */
function pagesIn(data: Uint8Array, at: number): number[][] {
  const found: number[][] = [];
  while (at < data.length) {
    const code = data[at] as number;
    const long = (code & 0x40) !== 0;
    found.push([code & 0x3f, long ? data[at + 1] as number : 0]);
    at += long ? 4 + ((data[at + 2] as number) << 8 | (data[at + 3] as number)) : 2 + (data[at + 1] as number);
  }
  assertEquals(at, data.length);
  return found;
}

Deno.test("MODE SENSE returns the pages that are asked for", async (t) => {
  const rows = [
    { name: "none", page: 0x00, subpage: 0, pages: [] },
    { name: "Caching", page: 0x08, subpage: 0, pages: [[8, 0]] },
    { name: "Control", page: 0x0a, subpage: 0, pages: [[0x0a, 0]] },
    { name: "Control Extension", page: 0x0a, subpage: 1, pages: [[0x0a, 1]] },
    { name: "Control with subpages", page: 0x0a, subpage: 0xff, pages: [[0x0a, 0], [0x0a, 1]] },
    { name: "Informational Exceptions", page: 0x1c, subpage: 0, pages: [[0x1c, 0]] },
    { name: "all", page: 0x3f, subpage: 0, pages: [[1, 0], [2, 0], [8, 0], [0x0a, 0], [0x1a, 0], [0x1c, 0]] },
    {
      name: "all with subpages",
      page: 0x3f,
      subpage: 0xff,
      pages: [[1, 0], [2, 0], [8, 0], [0x0a, 0], [0x0a, 1], [0x1a, 0], [0x1c, 0]],
    },
  ];
  for (const { name, page, subpage, pages } of rows) {
    for (const control of [0x00, 0x40, 0x80]) {
      await t.step(`${name}, PC ${control >> 6}`, async () => {
        const six = await sense6(new FakeDevice(), control | page, subpage);
        assertEquals([six.status, six.data[0], pagesIn(six.data, 4)], [0, six.data.length - 1, pages]);
        const ten = await sense10(new FakeDevice(), control | page, subpage);
        assertEquals([ten.status, ten.data[1], pagesIn(ten.data, 8)], [0, ten.data.length - 2, pages]);
      });
    }
  }
});

Deno.test("MODE SENSE refuses pages that are not there, and saved values", async () => {
  const rows = [
    { page: 0x03, subpage: 0, reason: "5/24/00", pointer: [0xcd, 0, 2] },
    { page: 0x00, subpage: 1, reason: "5/24/00", pointer: [0xcd, 0, 2] },
    { page: 0x0a, subpage: 2, reason: "5/24/00", pointer: [0xc0, 0, 3] },
    { page: 0x3f, subpage: 2, reason: "5/24/00", pointer: [0xc0, 0, 3] },
    { page: 0xc8, subpage: 0, reason: "5/39/00", pointer: [0, 0, 0] },
    { page: 0xff, subpage: 0, reason: "5/39/00", pointer: [0, 0, 0] },
  ];
  for (const { page, subpage, reason, pointer } of rows) {
    for (const send of [sense6, sense10]) {
      const result = await send(new FakeDevice(), page, subpage);
      assertEquals([result.reason, [...result.sense?.subarray(15) ?? []]], [reason, pointer]);
    }
  }
});

Deno.test("MODE SENSE tells the truth about the write cache", async () => {
  for (const volatileCache of [true, false]) {
    const device = new FakeDevice({ store: new ArrayStore(4096, { volatileCache }) });
    assertEquals((await sense6(device, 0x08)).data[6], volatileCache ? 4 : 0);
    assertEquals((await sense6(device, 0x48)).data[6], volatileCache ? 4 : 0);
  }
});

Deno.test("MODE SENSE tells write protection and that DPO and FUA are understood", async () => {
  assertEquals((await sense6(new FakeDevice(), 0x3f)).data[2], 0x10);
  assertEquals((await sense6(new FakeDevice({ readOnly: true }), 0x3f)).data[2], 0x90);
  assertEquals((await sense10(new FakeDevice({ readOnly: true }), 0x3f)).data[3], 0x90);
});

Deno.test("MODE SENSE describes the blocks unless DBD says no", async () => {
  const device = new FakeDevice();
  const short = [0, 0, 0, 128, 0, 0, 2, 0];
  const six = await sense6(device, 0x08, 0, 0);
  assertEquals([six.data[3], [...six.data.subarray(4, 12)], pagesIn(six.data, 12)], [8, short, [[8, 0]]]);
  const ten = await sense10(device, 0x08, 0, 0);
  assertEquals([ten.data[4], ten.data[7], [...ten.data.subarray(8, 16)]], [0, 8, short]);
  const long = await sense10(device, 0x08, 0, longLba);
  assertEquals([long.data[4], long.data[7]], [1, 16]);
  assertEquals([...long.data.subarray(8, 24)], [0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 2, 0]);
  const none = await sense10(device, 0x08, 0, longLba | noDescriptors);
  assertEquals([none.data[4], none.data[7]], [0, 0]);
});

Deno.test("MODE SENSE says FFFFFFFFh for more blocks than a short descriptor holds", async () => {
  const store = new ArrayStore(512);
  store.size = 512 * 0x1_0000_0000;
  const { data } = await sense6(new FakeDevice({ store }), 0x08, 0, 0);
  assertEquals([...data.subarray(4, 8)], [255, 255, 255, 255]);
});

Deno.test("MODE SENSE returns saved values, and says that pages can be saved, when the unit has a memory", async () => {
  const memory = new FakeMemory({ modePages: { "0a": "0a0a06100800000000000000" } });
  const device = new FakeDevice({ memory });
  for (const control of [0, 0xc0]) {
    const { data } = await sense6(device, control | 0x0a);
    assertEquals([...data.subarray(4, 9)], [0x8a, 0x0a, 0x06, 0x10, 0x08]);
  }
  assertEquals((await sense6(device, 0x80 | 0x0a)).data[6], 0x02);
});
