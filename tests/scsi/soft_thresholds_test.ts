import { assertEquals } from "@std/assert";
import type { LogicalUnitOptions } from "../../lib/scsi/logical_unit.ts";
import { defaultThresholds, thresholdExponent } from "../../lib/scsi/threshold_page.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import type { StoreSpace } from "../../lib/store/store.ts";
import { ArrayStore, FakeStoreError } from "../support/array_store.ts";
import { FakeMemory } from "../support/fake_memory.ts";
import { FakeDevice, type FakeResult } from "../support/fake_task.ts";

const MIB = 1024 * 1024;
const told = "6/38/07";

/** A store that is as full as a test says. */
class SpaciousStore extends ArrayStore {
  full: StoreSpace = { used: 10 * MIB, available: 90 * MIB };
  asked = 0;
  /** The next answers: a failure, or one that comes late. */
  answer: (() => StoreSpace | Promise<StoreSpace>) | undefined = undefined;

  space(): StoreSpace | Promise<StoreSpace> {
    this.asked++;
    return this.answer === undefined ? this.full : this.answer();
  }
}

function thinDevice(options: Partial<LogicalUnitOptions> = {}): FakeDevice<SpaciousStore> {
  return new FakeDevice({ ...options, store: new SpaciousStore(4 * MIB, { unmap: true, space: true }) });
}

/** Thresholds at so many threshold sets that are available, and used; a disabled one is `undefined`. */
function select(device: FakeDevice<SpaciousStore>, available?: number, used?: number, flags = 0x10) {
  const descriptor = (count: number | undefined, arming: number, resource: number): number[] => {
    return [(count === undefined ? 0 : 0x80) | arming, resource, 0, 0, 0, 0, 0, count ?? 0];
  };
  const page = [0x5c, 2, 0, 28, ...new Array(12).fill(0), ...descriptor(available, 0, 1), ...descriptor(used, 1, 2)];
  return device.send([0x15, flags, 0, 0, 4 + page.length], { dataOut: Uint8Array.of(0, 0, 0, 0, ...page) });
}

function write(device: FakeDevice<SpaciousStore>, bytes = MIB): Promise<FakeResult> {
  return device.send([0x2a, 0, 0, 0, 0, 0, 0, bytes >> 17, bytes >> 9], { dataOut: new Uint8Array(bytes) });
}

async function ready(device: FakeDevice<SpaciousStore>, nexus = device.nexus): Promise<string> {
  return (await device.send([0x00], {}, nexus)).reason;
}

Deno.test("a threshold is told of to all initiators, once, when a write passes it by half a set", async (t) => {
  const rows: [string, readonly (number | undefined)[], (sets: number) => StoreSpace][] = [
    ["available", [40], (sets) => ({ used: 0, available: (40 - sets) * MIB })],
    ["used", [undefined, 40], (sets) => ({ used: (40 + sets) * MIB, available: 0 })],
  ];
  for (const [name, counts, spaceAt] of rows) {
    await t.step(name, async () => {
      const device = thinDevice();
      const other = device.login("iqn.2026-01.test:b");
      device.store.full = spaceAt(-20);
      assertEquals((await select(device, counts[0], counts[1])).reason, "");
      assertEquals(await ready(device, other), "6/2a/01");
      for (const [sets, expected] of [[-1, ""], [0.25, ""], [0.5, told], [7, ""], [0, ""], [1, ""]] as const) {
        device.store.full = spaceAt(sets);
        assertEquals((await write(device)).reason, "");
        assertEquals([await ready(device), await ready(device, other)], [expected, expected], `${sets} sets`);
      }
      // Only who has left it reaches it again.
      for (const [sets, expected] of [[-0.5, ""], [0.5, told]] as const) {
        device.store.full = spaceAt(sets);
        await write(device);
        assertEquals(await ready(device), expected, `${sets} sets`);
      }
    });
  }
});

Deno.test("a threshold that is reached already is told of when it is enabled, and not when it is disabled", async () => {
  const device = thinDevice();
  await select(device, 95);
  assertEquals(await ready(device), told);
  await select(device, 95);
  assertEquals(await ready(device), "");
  await select(device);
  assertEquals([await ready(device), device.unit.thresholds.watching], ["", false]);
  await select(device, 95);
  assertEquals(await ready(device), told);
});

Deno.test("INFORMATION tells which threshold is reached, in either format, and each is told of", async () => {
  const device = thinDevice();
  const informations = async (): Promise<unknown[]> => {
    const { sense } = await device.send([0x00]);
    const asked = await device.send([0x03, 1, 0, 0, 252]);
    return [[...sense?.subarray(0, 7) ?? []], [...asked.data.subarray(0, 4), ...asked.data.subarray(8, 20)]];
  };
  await select(device, 95, 5);
  assertEquals(await informations(), [
    [0xf0, 0, 6, 0, 0, 0, 16],
    [0x72, 6, 0x38, 0x07, 0x00, 0x0a, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 24],
  ]);
  assertEquals(await ready(device), "");
  await select(device, undefined, 5);
  await select(device, 95, 5);
  assertEquals((await device.send([0x00])).sense?.subarray(3, 7), Uint8Array.of(0, 0, 0, 16));
  assertEquals(await ready(device), "");
});

Deno.test("the store is not asked while no threshold is enabled, and after each half set of writes when one is", async () => {
  const device = thinDevice();
  for (let i = 0; i < 4; i++) await write(device);
  assertEquals([device.store.asked, device.unit.thresholds.watching], [0, false]);
  await select(device, 1);
  assertEquals(device.store.asked, 1);
  for (let i = 0; i < 8; i++) await write(device, MIB / 8);
  assertEquals(device.store.asked, 3);
  // UNMAP may have done anything.
  await device.send([0x42, 0, 0, 0, 0, 0, 0, 0, 8], { dataOut: new Uint8Array(8) });
  assertEquals(device.store.asked, 4);
  await device.send([0x28, 0, 0, 0, 0, 0, 0, 8, 0]);
  assertEquals(device.store.asked, 4);
});

Deno.test("LBPERE turns thresholds off and on", async () => {
  const device = thinDevice();
  const recovery = (reports: boolean) => {
    const page = [0x01, 0x0a, 0, 0, 0, 0, 0, reports ? 0x80 : 0, 0, 0, 0, 0];
    return device.send([0x15, 0x10, 0, 0, 16], { dataOut: Uint8Array.of(0, 0, 0, 0, ...page) });
  };
  assertEquals((await recovery(false)).reason, "");
  await select(device, 95);
  assertEquals(await ready(device), "");
  assertEquals((await recovery(true)).reason, "");
  assertEquals(await ready(device), told);
});

Deno.test("a store that answers late is asked once at a time, and again for what was written meanwhile", async () => {
  const device = thinDevice();
  await select(device, 40);
  const late = Promise.withResolvers<StoreSpace>();
  device.store.answer = () => late.promise;
  await write(device);
  await write(device);
  assertEquals(device.store.asked, 2);
  device.store.answer = undefined;
  device.store.full = { used: 0, available: 0 };
  late.resolve({ used: 10 * MIB, available: 90 * MIB });
  await late.promise;
  await Promise.resolve();
  assertEquals([device.store.asked, await ready(device)], [3, told]);
});

Deno.test("a store that cannot say how full it is fails no command", async (t) => {
  const rows: [string, unknown, number][] = [
    ["a failure of a store", new FakeStoreError("io"), 0],
    ["a fault", new TypeError("wrong"), 1],
  ];
  for (const [name, error, expected] of rows) {
    for (const late of [false, true]) {
      await t.step(`${name}, ${late ? "late" : "at once"}`, async () => {
        const faults: unknown[] = [];
        const device = thinDevice({ onFault: (fault) => faults.push(fault) });
        await select(device, 40);
        device.store.answer = () => {
          if (late) return Promise.reject(error);
          throw error;
        };
        assertEquals((await write(device)).reason, "");
        assertEquals(await ready(device), "");
        assertEquals(faults.length, expected);
        device.store.answer = undefined;
        device.store.full = { used: 0, available: 0 };
        await write(device);
        assertEquals(await ready(device), told);
      });
    }
  }
});

Deno.test("saved thresholds come back after a restart, and are looked at with the first write", async () => {
  const memory = new FakeMemory();
  assertEquals((await select(thinDevice({ memory }), 40, undefined, 0x11)).reason, "");
  const device = thinDevice({ memory });
  device.store.full = { used: 0, available: 0 };
  assertEquals([await ready(device), device.store.asked], ["", 0]);
  await write(device, 512);
  assertEquals(await ready(device), told);
});

Deno.test("thresholds are a mode page of thin units whose stores know their space", async (t) => {
  const rows: [string, FakeDevice | FakeDevice<SpaciousStore>, string][] = [
    ["thin", thinDevice(), ""],
    ["thick", thinDevice({ thin: false }), "5/24/00"],
    ["thin, of an unknown store", new FakeDevice({ thin: true }), "5/24/00"],
  ];
  for (const [name, device, reason] of rows) {
    await t.step(name, async () => {
      const sensed = await device.send([0x1a, 8, 0x1c, 2, 255]);
      assertEquals(sensed.reason, reason);
      if (reason === "") assertEquals(sensed.data.subarray(4), defaultThresholds());
      const recovery = (await device.send([0x1a, 8, 1, 0, 255])).data;
      assertEquals(recovery[4 + 7], reason === "" ? 0x80 : 0);
    });
  }
  assertEquals([...defaultThresholds().subarray(16)], [0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0]);
});

Deno.test("MODE SELECT changes nothing of a threshold but whether and where", async (t) => {
  for (
    const [name, byte, value, field] of [["type", 20, 0x08, 20], ["arming", 20, 1, 20], [
      "resource",
      21,
      2,
      21,
    ]] as const
  ) {
    await t.step(name, async () => {
      const device = thinDevice();
      const list = Uint8Array.of(0, 0, 0, 0, ...defaultThresholds());
      list[byte] = value;
      const { reason, sense } = await device.send([0x15, 0x10, 0, 0, list.length], { dataOut: list });
      assertEquals([reason, sense?.[17]], ["5/26/00", field]);
    });
  }
});

Deno.test("thresholdExponent() makes sets of 1 MiB, and of more where there would be too many", async (t) => {
  const rows: [number, number, number][] = [[512, 4 * MIB, 11], [4096, 4 * MIB, 8], [65536, 4 * MIB, 4], [
    512,
    2 ** 52 - 512,
    11,
  ], [512, 2 ** 52, 12]];
  for (const [blockSize, size, expected] of rows) {
    await t.step(`${size} bytes in blocks of ${blockSize}`, () => {
      const { unit } = new FakeDevice({ store: new MemoryStore(size), blockSize });
      assertEquals(thresholdExponent(unit), expected);
    });
  }
  assertEquals(thresholdExponent(new FakeDevice({ thin: true }).unit), 0);
});
