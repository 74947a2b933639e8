import { assertEquals } from "@std/assert";
import { fromMsf, toMsf } from "../../../lib/scsi/disc.ts";
import { NullStore } from "../../../lib/store/null_store.ts";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

/** 32 blocks, each filled with its number. */
async function cd(): Promise<FakeDevice> {
  const store = new ArrayStore(0x1_0000);
  for (let block = 0; block < 32; block++) await store.write(new Uint8Array(2048).fill(block), block * 2048);
  return new FakeDevice({ kind: "cdrom", store });
}

function dvd(): FakeDevice<NullStore> {
  return new FakeDevice({ kind: "cdrom", store: new NullStore(2 ** 30, 2048) });
}

const TIMES = [
  [0, 0x00_0200],
  [74, 0x00_024a],
  [75, 0x00_0300],
  [4349, 0x00_3b4a],
  [4350, 0x01_0000],
  [359_999, 0x50_014a],
  [1_151_849, 0xff_3b4a],
  [1_151_850, 0xff_3b4a],
] as const;

Deno.test("toMsf() counts from two seconds before the first block, and stops at the last minute", () => {
  for (const [lba, msf] of TIMES) assertEquals(toMsf(lba).toString(16), msf.toString(16), String(lba));
});

Deno.test("fromMsf() undoes toMsf(), and knows no times that are none", () => {
  for (const [lba, msf] of TIMES.slice(0, -2)) assertEquals(fromMsf(msf), lba, String(lba));
  assertEquals([fromMsf(0x00_0000), fromMsf(0x00_014a)], [-150, -1]);
  assertEquals([fromMsf(0x00_3c00), fromMsf(0x00_004b)], [NaN, NaN]);
});

const TOCS: readonly (readonly [what: string, cdb: string, answer: string])[] = [
  ["the tracks by LBA", "43 00 00 00 00 00 00 00 ff 00", "00 12 01 01 00 14 01 00 00 00 00 00 00 14 aa 00 00 00 00 20"],
  [
    "the tracks by time",
    "43 02 00 00 00 00 01 00 ff 00",
    "00 12 01 01 00 14 01 00 00 00 02 00 00 14 aa 00 00 00 02 20",
  ],
  ["the lead-out alone", "43 00 00 00 00 00 aa 00 ff 00", "00 0a 01 01 00 14 aa 00 00 00 00 20"],
  ["the sessions", "43 00 01 00 00 00 00 00 ff 00", "00 0a 01 01 00 14 01 00 00 00 00 00"],
  ["the sessions, when ATAPI asks", "43 00 00 00 00 00 00 00 0c 40", "00 0a 01 01 00 14 01 00 00 00 00 00"],
  ["the format that is newer", "43 00 01 00 00 00 00 00 0c 80", "00 0a 01 01 00 14 01 00 00 00 00 00"],
  [
    "the raw table",
    "43 02 02 00 00 00 01 00 ff 00",
    "00 2e 01 01 01 14 00 a0 00 00 00 00 01 00 00 01 14 00 a1 00 00 00 00 01 00 00 " +
    "01 14 00 a2 00 00 00 00 00 02 20 01 14 00 01 00 00 00 00 00 02 00",
  ],
];

for (const [what, cdb, answer] of TOCS) {
  Deno.test(`READ TOC/PMA/ATIP tells ${what}`, async () => {
    const { data } = await (await cd()).send(cdb.split(" ").map((byte) => parseInt(byte, 16)));
    assertEquals(pairs(data), answer);
  });
}

Deno.test("READ TOC/PMA/ATIP refuses tracks, sessions and formats that are not there", async () => {
  for (const cdb of [[0x43, 0, 0, 0, 0, 0, 2], [0x43, 0, 2, 0, 0, 0, 2], [0x43, 0, 3], [0x43, 0, 4], [0x43, 0, 5]]) {
    assertEquals((await (await cd()).send(cdb)).reason, "5/24/00");
  }
});

Deno.test("what is told of the disc needs one", async () => {
  const device = await cd();
  await device.send([0x1b, 0, 0, 0, 2]);
  for (const opcode of [0x43, 0x51, 0x52, 0xad, 0xbe]) assertEquals((await device.send([opcode])).reason, "2/3a/02");
});

Deno.test("READ DISC INFORMATION tells of a complete disc with one session and one track", async () => {
  const device = await cd();
  const { data } = await device.send([0x51, 0, 0, 0, 0, 0, 0, 0, 255, 0]);
  assertEquals(
    pairs(data),
    "00 20 0e 01 01 01 01 20 00 00 00 00 00 00 00 00 ff ff ff ff ff ff ff ff" + " 00".repeat(10),
  );
  assertEquals((await device.send([0x51, 1])).reason, "5/24/00");
});

Deno.test("READ TRACK INFORMATION finds the track by an address in it, its number or its session", async () => {
  const device = await cd();
  const track = "00 22 01 01 00 04 01 00" + " 00".repeat(16) + " 00 00 00 20" + " 00".repeat(8);
  for (const [type, address] of [[0, 31], [1, 1], [2, 1]] as const) {
    assertEquals(pairs((await device.send([0x52, type, 0, 0, 0, address, 0, 0, 255, 0])).data), track);
  }
  const wrong = [[0, 32, "5/21/00"], [1, 2, "5/24/00"], [2, 0, "5/24/00"], [3, 1, "5/24/00"]] as const;
  for (const [type, address, reason] of wrong) {
    assertEquals((await device.send([0x52, type, 0, 0, 0, address, 0, 0, 255, 0])).reason, reason);
  }
});

Deno.test("READ DISC STRUCTURE tells of a DVD", async () => {
  const read = (format: number): number[] => [0xad, 0, 0, 0, 0, 0, 0, format, 0xff, 0xff, 0, 0];
  const physical = await dvd().send(read(0));
  assertEquals(physical.data.length, 2052);
  assertEquals(pairs(physical.data.subarray(0, 20)), "08 02 00 00 01 0f 01 00 00 03 00 00 00 0a ff ff 00 00 00 00");
  assertEquals(pairs((await dvd().send(read(1))).data), "00 06 00 00 00 00 00 00");
  assertEquals((await dvd().send(read(4))).data.length, 2052);
  assertEquals(pairs((await dvd().send(read(0xff))).data), "00 0e 00 00 00 40 08 04 01 40 00 08 04 40 08 04");
  assertEquals((await dvd().send(read(2))).reason, "5/24/00");
  assertEquals((await dvd().send([0xad, 1])).reason, "5/24/00");
  assertEquals((await dvd().send([0xad, 0, 0, 0, 0, 0, 1])).reason, "5/24/00");
  assertEquals((await (await cd()).send(read(0))).reason, "5/30/02");
});

function pairs(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
