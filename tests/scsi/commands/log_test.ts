import { assertEquals } from "@std/assert";
import { sampling } from "../../../lib/scsi/counters.ts";
import { logPages } from "../../../lib/scsi/log_pages.ts";
import type { StoreSpace } from "../../../lib/store/store.ts";
import { ArrayStore, FakeStoreError } from "../../support/array_store.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";

const cumulative = 0x40;

/** A store that knows how full it is. */
class SpaciousStore extends ArrayStore {
  full: StoreSpace | undefined = undefined;

  space(): StoreSpace | undefined {
    return this.full;
  }
}

interface Options {
  readonly subpage?: number;
  readonly control?: number;
  readonly pointer?: number;
  readonly allocation?: number;
}

function sense(device: FakeDevice, page: number, options: Options = {}): Promise<FakeResult> {
  const { subpage = 0, control = cumulative, pointer = 0, allocation = 0x1000 } = options;
  return device.send([0x4d, 0, control | page, subpage, 0, pointer >> 8, pointer & 0xff, allocation >> 8, allocation]);
}

function select(
  device: FakeDevice,
  flags: number,
  page = 0,
  control = cumulative,
  list?: Uint8Array,
): Promise<FakeResult> {
  const cdb = [0x4c, flags, control | page, 0, 0, 0, 0, 0, list?.length ?? 0];
  return device.send(cdb, list === undefined ? {} : { dataOut: list });
}

/** The parameters of a page by code. */
function parametersIn(data: Uint8Array): Map<number, Uint8Array> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  assertEquals(view.getUint16(2), data.length - 4);
  const found = new Map<number, Uint8Array>();
  for (let at = 4; at < data.length;) {
    const length = data[at + 3] as number;
    found.set(view.getUint16(at), data.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

function numbersIn(bytes: Uint8Array | undefined): number[] {
  if (bytes === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, i) => Number(view.getBigUint64(i * 8)));
}

async function counted(device: FakeDevice, page: number, code: number): Promise<number[]> {
  return numbersIn(parametersIn((await sense(device, page)).data).get(code));
}

async function work(device: FakeDevice): Promise<void> {
  await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 3]);
  await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1]);
  await device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 2], { dataOut: new Uint8Array(1024) });
}

Deno.test("LOG SENSE lists the pages, and with their subpages", async () => {
  const device = new FakeDevice();
  const pages = [...new Set(logPages.filter((row) => row.supported?.(device.unit) ?? true).map(({ page }) => page))];
  assertEquals([...(await sense(device, 0)).data], [0x80, 0, 0, pages.length + 1, 0, ...pages]);
  const { data } = await sense(device, 0, { subpage: 0xff });
  assertEquals([...data.subarray(0, 10)], [0xc0, 0xff, 0, data.length - 4, 0, 0, 0, 0xff, 2, 0]);
  const one = await sense(device, 0x0d, { subpage: 0xff });
  assertEquals([...one.data], [0xcd, 0xff, 0, 4, 0x0d, 0, 0x0d, 0xff]);
});

Deno.test("LOG SENSE returns every page that it lists, whole and cut, whatever PC asks for", async (t) => {
  const device = new FakeDevice();
  for (const { name, page, subpage, supported } of logPages) {
    if (supported?.(device.unit) === false) continue;
    await t.step(name, async () => {
      for (const control of [0, 0x40, 0x80, 0xc0]) {
        const { data, status } = await sense(device, page, { subpage, control });
        assertEquals([status, (data[0] as number) & 0xbf], [0, 0x80 | page]);
        const codes = [...parametersIn(data).keys()];
        assertEquals(codes, codes.toSorted((a, b) => a - b));
        for (const allocation of [0, 1, 4, 7]) {
          const cut = await sense(device, page, { subpage, control, allocation });
          assertEquals(cut.data, data.subarray(0, allocation));
        }
      }
    });
  }
});

Deno.test("LOG SENSE refuses what is not there", async () => {
  const rows: [number, Options, number[]][] = [
    [0x3e, {}, [0xcd, 0, 2]],
    [0x3e, { subpage: 0xff }, [0xcd, 0, 2]],
    [0x02, { subpage: 7 }, [0xc0, 0, 3]],
    [0x0d, { pointer: 9 }, [0xc0, 0, 5]],
  ];
  for (const [page, options, pointer] of rows) {
    const result = await sense(new FakeDevice(), page, options);
    assertEquals([result.reason, [...result.sense?.subarray(15) ?? []]], ["5/24/00", pointer]);
  }
});

Deno.test("LOG SENSE begins with the parameter that the pointer names", async () => {
  const codes = [...parametersIn((await sense(new FakeDevice(), 0x02, { pointer: 4 })).data).keys()];
  assertEquals(codes, [5, 6]);
});

Deno.test("LOG SENSE counts what was read, written and verified", async () => {
  const device = new FakeDevice();
  await work(device);
  await device.send([0x2f, 0, 0, 0, 0, 0, 0, 0, 4]);
  assertEquals(await counted(device, 0x03, 5), [2048]);
  assertEquals(await counted(device, 0x02, 5), [1024]);
  assertEquals(await counted(device, 0x05, 5), [2048]);
  assertEquals((await counted(device, 0x19, 1)).slice(0, 4), [2, 1, 2, 4]);
});

Deno.test("LOG SENSE counts errors of the medium", async () => {
  const device = new FakeDevice();
  device.store.failure = new FakeStoreError("medium");
  await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1]);
  await device.send([0x28, 0, 0xff, 0, 0, 0, 0, 0, 1]);
  device.store.failure = undefined;
  assertEquals(await counted(device, 0x03, 6), [1]);
});

Deno.test("LOG SENSE estimates the time that commands take from some of them", async () => {
  let now = 1000;
  const device = new FakeDevice({ clock: () => now });
  device.store.before = () => now++;
  for (let i = 0; i < sampling; i++) await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1]);
  assertEquals((await counted(device, 0x19, 1)).slice(4), [sampling, 0, sampling, sampling]);
});

Deno.test("LOG SENSE tells how long the unit had nothing to do, from the last reset on", async () => {
  let now = 1000;
  const device = new FakeDevice({ clock: () => now });
  now += 500;
  assertEquals(await counted(device, 0x19, 2), [500]);
  await select(device, 2, 0x19);
  now += 70;
  assertEquals(await counted(device, 0x19, 2), [70]);
});

Deno.test("LOG SENSE returns counters of zero by default, and thresholds that are never reached", async () => {
  const device = new FakeDevice();
  await work(device);
  const defaults = await sense(device, 0x03, { control: 0xc0 });
  assertEquals(numbersIn(parametersIn(defaults.data).get(5)), [0]);
  for (const control of [0, 0x80]) {
    const { data } = await sense(device, 0x03, { control });
    assertEquals(parametersIn(data).get(5), new Uint8Array(8).fill(0xff));
  }
});

Deno.test("LOG SENSE counts starts and loads", async () => {
  const fixed = new FakeDevice();
  for (const start of [0, 1, 1]) await fixed.send([0x1b, 0, 0, 0, start]);
  const removable = new FakeDevice({ removable: true });
  for (const load of [2, 3, 3, 2, 3]) await removable.send([0x1b, 0, 0, 0, load]);
  assertEquals([...parametersIn((await sense(fixed, 0x0e)).data).get(4) ?? []], [0, 0, 0, 1]);
  assertEquals([...parametersIn((await sense(removable, 0x0e)).data).get(6) ?? []], [0, 0, 0, 2]);
});

Deno.test("LOG SENSE tells how old the unit is", async () => {
  let now = 0;
  const device = new FakeDevice({ clock: () => now });
  now = 125 * 60_000;
  assertEquals([...parametersIn((await sense(device, 0x15)).data).get(0)?.subarray(0, 4) ?? []], [0, 0, 0, 125]);
});

Deno.test("LOG SENSE tells what self-tests have found, the latest first", async () => {
  let now = 0;
  const device = new FakeDevice({ clock: () => now, store: new ArrayStore(0x10_0000) });
  assertEquals(parametersIn((await sense(device, 0x10)).data).get(20), new Uint8Array(16));
  now = 3 * 3_600_000;
  device.store.failure = new FakeStoreError("medium");
  await device.send([0x1d, 0xa0, 0, 0, 0]);
  device.store.failure = undefined;
  await device.send([0x1d, 0xc0, 0, 0, 0]);
  const results = parametersIn((await sense(device, 0x10)).data);
  assertEquals([...results.get(1) ?? []], [0xc0, 0, 0, 3, ...new Array(8).fill(0xff), 0, 0, 0, 0]);
  assertEquals([...results.get(2) ?? []], [0xa7, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0x11, 0, 0]);
});

Deno.test("LOG SENSE tells how much space a thin unit takes and has, as far as its store knows", async () => {
  const store = new SpaciousStore(0x1_0000, { space: true });
  const resources = async (): Promise<number[][]> => {
    const { data } = await sense(new FakeDevice({ store, thin: true }), 0x0c);
    return [...parametersIn(data)].map(([code, value]) => [code, ...value]);
  };
  assertEquals(await resources(), []);
  store.full = { used: 2.6 * 2 ** 20, available: 2 ** 53 };
  assertEquals(await resources(), [[1, 255, 255, 255, 255, 2, 0, 0, 0], [2, 0, 0, 0, 3, 1, 0, 0, 0]]);
  assertEquals((await sense(new FakeDevice({ store, thin: false }), 0x0c)).reason, "5/24/00");
  assertEquals((await sense(new FakeDevice({ thin: true }), 0x0c)).reason, "5/24/00");
});

Deno.test("LOG SELECT with PCR lets pages count anew and tells the others", async () => {
  const device = new FakeDevice();
  const other = device.login("iqn.2026-01.test:b");
  await work(device);
  assertEquals((await select(device, 2, 0x03)).reason, "");
  assertEquals((await device.send([0x00], {}, other)).reason, "6/2a/02");
  assertEquals(await counted(device, 0x03, 5), [0]);
  assertEquals(await counted(device, 0x02, 5), [1024]);
  await work(device);
  assertEquals(await counted(device, 0x03, 5), [2048]);
  assertEquals((await counted(device, 0x19, 1)).slice(0, 2), [4, 2]);
  await select(device, 2);
  assertEquals([await counted(device, 0x03, 5), await counted(device, 0x02, 5)], [[0], [0]]);
});

Deno.test("LOG SELECT without PCR resets counters only when it asks for their defaults", async () => {
  const device = new FakeDevice();
  await work(device);
  for (const control of [0x00, 0x40, 0x80]) await select(device, 0, 0x03, control);
  assertEquals(await counted(device, 0x03, 5), [2048]);
  await select(device, 0, 0x03, 0xc0);
  assertEquals(await counted(device, 0x03, 5), [0]);
});

Deno.test("LOG SELECT refuses what it cannot do", async () => {
  const device = new FakeDevice();
  const list = Uint8Array.from([0x02, 0, 0, 0]);
  assertEquals((await select(device, 1)).reason, "5/24/00");
  assertEquals((await select(device, 2, 0x3e)).reason, "5/24/00");
  assertEquals((await select(device, 2, 0, cumulative, list)).reason, "5/24/00");
  assertEquals((await select(device, 0, 0, cumulative, list)).reason, "5/26/00");
  assertEquals((await select(device, 0, 0, cumulative, list.subarray(0, 3))).reason, "5/1a/00");
});
