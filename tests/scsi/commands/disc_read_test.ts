import { assertEquals } from "@std/assert";
import { completeSector, sectorSize } from "../../../lib/scsi/disc_sector.ts";
import { NullStore } from "../../../lib/store/null_store.ts";
import { ArrayStore, type ArrayStoreOptions, FakeStoreError } from "../../support/array_store.ts";
import { pattern } from "../../support/cdbs.ts";
import { FakeDevice } from "../../support/fake_task.ts";

const blocks = 32;

/** 32 blocks, each with another pattern. */
function cd(options: ArrayStoreOptions = {}): FakeDevice {
  const store = new ArrayStore(blocks * 2048, options);
  for (let block = 0; block < blocks; block++) store.data.set(pattern(2048, block), block * 2048);
  return new FakeDevice({ kind: "cdrom", store });
}

function dvd(): FakeDevice<NullStore> {
  return new FakeDevice({ kind: "cdrom", store: new NullStore(2 ** 30, 2048) });
}

/** READ CD of any sectors. */
function readCd(lba: number, count: number, parts: number): number[] {
  return [0xbe, 0, 0, 0, lba >> 8, lba & 0xff, 0, 0, count, parts, 0, 0];
}

/** READ CD MSF of any sectors. */
function readCdMsf(start: number, end: number, parts: number): number[] {
  return [
    0xb9,
    0,
    0,
    start >> 16,
    start >> 8 & 0xff,
    start & 0xff,
    end >> 16,
    end >> 8 & 0xff,
    end & 0xff,
    parts,
    0,
    0,
  ];
}

function sectorAt(lba: number): Uint8Array {
  const sector = new Uint8Array(sectorSize);
  sector.set(pattern(2048, lba), 16);
  completeSector(sector, lba);
  return sector;
}

/** What the selection of the main channel gives of a Mode 1 sector: from where, to where, and bytes of error flags. */
const SELECTIONS = [
  [0x00, 0, 0, 0],
  [0x08, 2064, 2352, 0],
  [0x10, 16, 2064, 0],
  [0x18, 16, 2352, 0],
  [0x20, 12, 16, 0],
  [0x30, 12, 2064, 0],
  [0x38, 12, 2352, 0],
  [0x40, 0, 0, 0],
  [0x50, 16, 2064, 0],
  [0x58, 16, 2352, 0],
  [0x60, 12, 16, 0],
  [0x70, 12, 2064, 0],
  [0x78, 12, 2352, 0],
  [0x80, 0, 12, 0],
  [0xa0, 0, 16, 0],
  [0xb0, 0, 2064, 0],
  [0xb8, 0, 2352, 0],
  [0xe0, 0, 16, 0],
  [0xf0, 0, 2064, 0],
  [0xf8, 0, 2352, 0],
  [0x02, 0, 0, 294],
  [0x12, 16, 2064, 294],
  [0x14, 16, 2064, 296],
  [0xfa, 0, 2352, 294],
  [0xfc, 0, 2352, 296],
] as const;

/** The sectors from `first` to before `end`, with what is selected of each. */
function expected(first: number, end: number, [, from, to, flags]: typeof SELECTIONS[number]): Uint8Array {
  const each = to - from + flags;
  const all = new Uint8Array((end - first) * each);
  for (let lba = first; lba < end; lba++) all.set(sectorAt(lba).subarray(from, to), (lba - first) * each);
  return all;
}

Deno.test("READ CD and READ CD MSF give the parts of each sector that are selected", async (t) => {
  for (const selection of SELECTIONS) {
    const [parts] = selection;
    await t.step(parts.toString(16), async () => {
      for (const cdb of [readCd(3, 5, parts), readCdMsf(0x00_0203, 0x00_0208, parts)]) {
        const { data, status, transferLength } = await cd().send(cdb);
        const all = expected(3, 8, selection);
        assertEquals([status, transferLength], [0, all.length]);
        assertEquals(data, all);
      }
    });
  }
});

Deno.test("READ CD gives the same whatever the pieces, the store's blocks and its haste", async (t) => {
  const all = expected(7, 10, [0xf8, 0, 2352, 0]);
  for (const windowSize of [1, 700, 2352, 5000, 100_000]) {
    for (const store of [{}, { late: true }, { blockSize: 2048, late: true }]) {
      for (const crowded of [false, true]) {
        await t.step(`${windowSize} ${JSON.stringify(store)} ${crowded}`, async () => {
          const { data, status } = await cd(store).send(readCd(7, 3, 0xf8), { windowSize, crowded });
          assertEquals(status, 0);
          assertEquals(data, all);
        });
      }
    }
  }
});

Deno.test("READ CD gives as much as the initiator takes, and tells how much there is", async () => {
  const { data, status, transferLength } = await cd().send(readCd(0, 2, 0xf8), { dataIn: 3000 });
  assertEquals([status, transferLength], [0, 4704]);
  assertEquals(data, expected(0, 2, [0xf8, 0, 2352, 0]).subarray(0, 3000));
});

Deno.test("READ CD tells which block it could not read", async () => {
  const device = cd();
  const read = device.store.read.bind(device.store);
  device.store.read = (into, at) => {
    if (at === 6 * 2048) throw new FakeStoreError("medium");
    return read(into, at);
  };
  for (const windowSize of [100, 1_000_000]) {
    const { reason, sense } = await device.send(readCd(4, 4, 0xf8), { windowSize });
    assertEquals([reason, sense?.[0], [...sense?.subarray(3, 7) ?? []]], ["3/11/00", 0xf0, [0, 0, 0, 6]]);
  }
});

Deno.test("READ CD takes Mode 1 for what the track has, or any kind of sector", async () => {
  for (const type of [0x00, 0x02, 0x08]) {
    const { data, status } = await cd().send([0xbe, type, 0, 0, 0, 3, 0, 0, 1, 0x10, 0, 0]);
    assertEquals([status, data], [0, pattern(2048, 3)]);
  }
});

Deno.test("READ CD of a DVD has user data alone", async () => {
  assertEquals((await dvd().send(readCd(3, 2, 0x10))).data, new Uint8Array(4096));
  assertEquals((await dvd().send(readCd(3, 2, 0x00))).status, 0);
  for (const parts of [0xf8, 0x18, 0x20, 0x12]) {
    assertEquals((await dvd().send(readCd(3, 2, parts))).reason, "5/64/00");
  }
});

const REFUSED: readonly (readonly [what: string, cdb: readonly number[], reason: string])[] = [
  ["audio", [0xbe, 0x04, 0, 0, 0, 0, 0, 0, 1, 0xf8, 0, 0], "5/64/00"],
  ["Mode 2", [0xbe, 0x0c, 0, 0, 0, 0, 0, 0, 1, 0x10, 0, 0], "5/64/00"],
  ["the sync field and user data", readCd(0, 1, 0x90), "5/24/00"],
  ["the header and the EDC", readCd(0, 1, 0x28), "5/24/00"],
  ["the sync field and the EDC", readCd(0, 1, 0x88), "5/24/00"],
  ["all but the user data", readCd(0, 1, 0xe8), "5/24/00"],
  ["a reserved kind of error flags", readCd(0, 1, 0x16), "5/24/00"],
  ["subchannels", [0xbe, 0, 0, 0, 0, 0, 0, 0, 1, 0x10, 1, 0], "5/24/00"],
  ["sectors beyond the end", readCd(31, 2, 0x10), "5/21/00"],
  ["whole sectors beyond the end", readCd(31, 2, 0xf8), "5/21/00"],
  ["times beyond the end", readCdMsf(0x00_0200, 0x00_0221, 0xf8), "5/21/00"],
  ["times in front of the first block", readCdMsf(0x00_014a, 0x00_0201, 0xf8), "5/21/00"],
  ["an end in front of the start", readCdMsf(0x00_0205, 0x00_0204, 0xf8), "5/24/00"],
  ["60 seconds", readCdMsf(0x00_3c00, 0x01_0001, 0xf8), "5/24/00"],
  ["75 frames", readCdMsf(0x00_0200, 0x00_024b, 0xf8), "5/24/00"],
];

for (const [what, cdb, reason] of REFUSED) {
  Deno.test(`READ CD refuses ${what}`, async () => {
    const { reason: said, data } = await cd().send(cdb);
    assertEquals([said, data.length], [reason, 0]);
  });
}

Deno.test("READ CD MSF reads nothing from a time to the same time", async () => {
  const { status, data } = await cd().send(readCdMsf(0x00_0203, 0x00_0203, 0xf8));
  assertEquals([status, data.length], [0, 0]);
});

Deno.test("READ CD needs a disc", async () => {
  const device = cd();
  await device.send([0x1b, 0, 0, 0, 2]);
  for (const cdb of [readCd(0, 1, 0xf8), readCdMsf(0x00_0200, 0x00_0201, 0x10)]) {
    assertEquals((await device.send(cdb)).reason, "2/3a/02");
  }
});
