import { assertEquals, assertThrows } from "@std/assert";
import { commandsOf } from "../../../lib/scsi/commands.ts";
import { NullStore } from "../../../lib/store/null_store.ts";
import { ArrayStore } from "../../support/array_store.ts";
import { FakeDevice } from "../../support/fake_task.ts";

const eject = [0x1b, 0, 0, 0, 2];
const load = [0x1b, 0, 0, 0, 3];
const configuration = (type: number, from = 0): number[] => [0x46, type, from >> 8, from, 0, 0, 0, 0xff, 0xff, 0];
const events = (classes = 0x10): number[] => [0x4a, 1, 0, 0, classes, 0, 0, 0, 0xff, 0];

function cd(): FakeDevice {
  return new FakeDevice({ kind: "cdrom", store: new ArrayStore(0x1_0000) });
}

function dvd(): FakeDevice<NullStore> {
  return new FakeDevice({ kind: "cdrom", store: new NullStore(2 ** 30, 2048) });
}

Deno.test("a CD-ROM says so in INQUIRY data and on each VPD page, and has none of a disk's", async () => {
  const device = cd();
  const { data } = await device.send([0x12, 0, 0, 0, 96]);
  assertEquals([data[0], data[1]], [0x05, 0x80]);
  const pages = (await device.send([0x12, 1, 0, 0, 255])).data;
  assertEquals([...pages.subarray(4)], [0x00, 0x80, 0x83, 0x86, 0x87, 0x88, 0x92]);
  for (const page of pages.subarray(4)) {
    assertEquals([...(await device.send([0x12, 1, page, 0, 255])).data.subarray(0, 2)], [0x05, page]);
  }
});

Deno.test("a CD-ROM refuses the commands of a disk, and a disk those of a CD-ROM", async () => {
  const ofDisc = new Set(commandsOf(cd().unit).map(({ name }) => name));
  const ofDisk = new Set(commandsOf(new FakeDevice().unit).map(({ name }) => name));
  assertEquals(["READ (10)", "READ (12)", "READ CAPACITY (10)", "INQUIRY"].filter((name) => !ofDisc.has(name)), []);
  assertEquals(
    ["READ (6)", "READ (16)", "WRITE (10)", "UNMAP", "SANITIZE (OVERWRITE)"].filter((name) => ofDisc.has(name)),
    [],
  );
  assertEquals(["GET CONFIGURATION", "READ TOC/PMA/ATIP", "READ CD"].filter((name) => ofDisk.has(name)), []);
  for (const cdb of [[0x2a], [0x41], [0x9e, 0x10], [0x08, 0, 0, 0, 1], [0x88]]) {
    assertEquals((await cd().send(cdb)).reason, "5/20/00");
  }
  for (const cdb of [[0x43], [0x46], [0x4a, 1], [0xbe]]) {
    assertEquals((await new FakeDevice().send(cdb)).reason, "5/20/00");
  }
});

Deno.test("a CD-ROM has blocks of 2048 bytes, and no others", async () => {
  const device = cd();
  assertEquals(pairs((await device.send([0x25])).data), "00 00 00 1f 00 00 08 00");
  assertThrows(
    () => new FakeDevice({ kind: "cdrom", blockSize: 512 }),
    RangeError,
    "Cannot use blocks of 512 bytes: a CD-ROM has 2048",
  );
});

Deno.test("GET CONFIGURATION lists the features, of which the medium makes some current", async () => {
  const common = ["00 01 0b 08 00 00 00 01 01 00 00 00", "00 02 07 04 00 00 00 00", "00 03 07 04 39 00 00 00"];
  const always = "01 08 03 0c 30 31 32 33 34 35 36 37 38 39 20 20";
  const rows = [
    {
      device: cd(),
      head: "00 00 00 64 00 00 00 08",
      features: [
        "00 00 03 08 00 10 00 00 00 08 01 00",
        ...common,
        "00 10 01 08 00 00 08 00 00 01 00 00",
        "00 1d 01 00",
        "00 1e 09 04 02 00 00 00",
        "00 1f 04 04 00 00 00 00",
        "01 07 11 04 0a 00 00 00",
        always,
      ],
    },
    {
      device: dvd(),
      head: "00 00 00 64 00 00 00 10",
      features: [
        "00 00 03 08 00 10 01 00 00 08 00 00",
        ...common,
        "00 10 01 08 00 00 08 00 00 10 00 00",
        "00 1d 00 00",
        "00 1e 08 04 02 00 00 00",
        "00 1f 05 04 00 00 00 00",
        "01 07 11 04 0a 00 00 00",
        always,
      ],
    },
  ];
  for (const { device, head, features } of rows) {
    assertEquals(pairs((await device.send(configuration(0))).data), [head, ...features].join(" "));
  }
});

Deno.test("GET CONFIGURATION tells only of current features, or of one", async () => {
  const device = cd();
  assertEquals(
    pairs((await device.send(configuration(1, 0x1d))).data),
    "00 00 00 28 00 00 00 08 00 1d 01 00 00 1e 09 04 02 00 00 00 " +
      "01 07 11 04 0a 00 00 00 01 08 03 0c 30 31 32 33 34 35 36 37 38 39 20 20",
  );
  assertEquals(pairs((await device.send(configuration(2, 3))).data), "00 00 00 0c 00 00 00 08 00 03 07 04 39 00 00 00");
  assertEquals(pairs((await device.send(configuration(2, 4))).data), "00 00 00 04 00 00 00 08");
  assertEquals((await device.send(configuration(3))).reason, "5/24/00");
  await device.send(eject);
  assertEquals(
    pairs((await device.send(configuration(1, 0x10))).data.subarray(0, 10)),
    "00 00 00 14 00 00 00 00 01 08",
  );
});

Deno.test("GET EVENT STATUS NOTIFICATION tells each initiator once what happened to the medium", async () => {
  const device = cd();
  const other = device.login("iqn.2026-01.test:b");
  assertEquals(pairs((await device.send(events())).data), "00 06 04 10 00 02 00 00");
  await device.send(eject);
  assertEquals(pairs((await device.send(events())).data), "00 06 04 10 03 01 00 00");
  assertEquals(pairs((await device.send(events())).data), "00 06 04 10 00 01 00 00");
  await device.send(load);
  for (const nexus of [device.nexus, other]) {
    assertEquals(pairs((await device.send(events(), {}, nexus)).data), "00 06 04 10 02 02 00 00");
    assertEquals(pairs((await device.send(events(), {}, nexus)).data), "00 06 04 10 00 02 00 00");
  }
  assertEquals((await device.send([0x00], {}, other)).reason, "6/28/00");
});

Deno.test("GET EVENT STATUS NOTIFICATION keeps an event that did not fit, and knows no other classes", async () => {
  const device = cd();
  await device.send(eject);
  assertEquals(pairs((await device.send([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 4, 0])).data), "00 06 04 10");
  assertEquals(pairs((await device.send(events(0x12))).data), "00 06 04 10 03 01 00 00");
  assertEquals(pairs((await device.send(events(0x02))).data), "00 02 80 10");
  assertEquals((await device.send([0x4a, 0, 0, 0, 0x10, 0, 0, 0, 8, 0])).reason, "5/24/00");
});

Deno.test("MECHANISM STATUS tells whether the tray is out", async () => {
  const device = cd();
  const status = [0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0];
  assertEquals(pairs((await device.send(status)).data), "00 00 00 00 00 00 00 00");
  await device.send(eject);
  assertEquals(pairs((await device.send(status)).data), "00 10 00 00 00 00 00 00");
  assertEquals((await device.send([0x00])).reason, "2/3a/02");
});

Deno.test("MODE SENSE of a CD-ROM has the capabilities page, no caching page and no device-specific parameter", async () => {
  const device = cd();
  const { data } = await device.send([0x5a, 8, 0x2a, 0, 0, 0, 0, 0, 255, 0]);
  const page = "2a 1e 08 00 00 70 29 00 23 c0 00 00 01 00 23 c0" + " 00".repeat(16);
  assertEquals(pairs(data), `00 26 00 00 00 00 00 00 ${page}`);
  assertEquals((await device.send([0x5a, 8, 0x08, 0, 0, 0, 0, 0, 255, 0])).reason, "5/24/00");
  assertEquals((await new FakeDevice().send([0x5a, 8, 0x2a, 0, 0, 0, 0, 0, 255, 0])).reason, "5/24/00");
});

/** What drivers and tools send to a drive, with the status that they get: those of CDs, DVDs and drives without a disc. */
const DRIVERS: readonly (readonly [who: string, cdb: string, cd: string, dvd: string, empty: string])[] = [
  ["Linux: is there a disc", "00 00 00 00 00 00", "", "", "2/3a/02"],
  ["Linux: capabilities", "5a 00 2a 00 00 00 00 00 80 00", "", "", ""],
  ["Linux: what has happened", "4a 01 00 00 10 00 00 00 08 00", "", "", ""],
  ["Linux: can it write MRW", "46 00 00 28 00 00 00 00 10 00", "", "", ""],
  ["Linux: is it writable", "46 00 00 20 00 00 00 00 18 00", "", "", ""],
  ["Linux: how many tracks", "43 00 00 00 00 00 00 00 0c 00", "", "", "2/3a/02"],
  ["Linux: a track as time", "43 02 00 00 00 00 01 00 0c 00", "", "", "2/3a/02"],
  ["Linux: the last session", "43 00 00 00 00 00 00 00 0c 40", "", "", "2/3a/02"],
  ["Linux: a sector", "be 00 00 00 00 10 00 00 01 10 00 00", "", "", "2/3a/02"],
  ["Linux: CDROMREADMODE1", "be 08 00 00 00 10 00 00 01 10 00 00", "", "", "2/3a/02"],
  ["Linux: CDROMREADRAW", "be 00 00 00 00 10 00 00 01 f8 00 00", "", "5/64/00", "2/3a/02"],
  ["Linux: CDROMREADAUDIO", "be 04 00 00 00 10 00 00 01 f8 00 00", "5/64/00", "5/64/00", "2/3a/02"],
  ["Linux: CDROM_GET_MCN", "42 00 40 02 00 00 00 00 18 00", "", "", "2/3a/02"],
  ["Linux: CDROMSUBCHNL in blocks", "42 01 40 01 00 00 00 00 10 00", "", "", "2/3a/02"],
  ["Linux: CDROM_SELECT_SPEED", "bb 00 ff ff ff ff 00 00 00 00 00 00", "", "", ""],
  ["Linux: DVD_READ_STRUCT", "ad 00 00 00 00 00 00 00 00 15 00 00", "5/30/02", "", "2/3a/02"],
  ["Linux: the first bytes of disc information", "51 00 00 00 00 00 00 00 02 00", "", "", "2/3a/02"],
  ["Linux: the first bytes of track information", "52 01 00 00 00 01 00 00 08 00", "", "", "2/3a/02"],
  ["Windows: all features", "46 00 00 00 00 00 00 ff fc 00", "", "", ""],
  ["Windows: current features", "46 01 00 00 00 00 00 02 00 00", "", "", ""],
  ["Windows: the mode page of capabilities", "5a 08 2a 00 00 00 00 00 20 00", "", "", ""],
  ["Windows: which events there are", "4a 01 00 00 7f 00 00 00 08 00", "", "", ""],
  ["Windows: the table of contents", "43 02 00 00 00 00 01 03 24 00", "", "", "2/3a/02"],
  ["Windows: the whole table of contents", "43 02 02 00 00 00 01 08 00 00", "", "", "2/3a/02"],
  ["Windows: disc information", "51 00 00 00 00 00 00 00 22 00", "", "", "2/3a/02"],
  ["Windows CE: sessions, asked for twice", "43 00 01 00 00 00 00 00 0c 40", "", "", "2/3a/02"],
  ["libburn: all events", "4a 01 00 00 7e 00 00 00 08 00", "", "", ""],
  ["libburn, Windows: write speeds", "ac 00 00 00 00 00 00 00 00 64 03 00", "", "", "2/3a/02"],
  ["libburn: formats", "23 00 00 00 00 00 00 00 0c 00", "", "", ""],
  ["UEFI: INQUIRY", "12 00 00 00 60 00", "", "", ""],
  ["UEFI, GRUB: READ CAPACITY", "25 00 00 00 00 00 00 00 00 00", "", "", "2/3a/02"],
  ["UEFI, GRUB: READ (10)", "28 00 00 00 00 10 00 00 01 00", "", "", "2/3a/02"],
  ["tools: READ (12)", "a8 00 00 00 00 10 00 00 00 01 00 00", "", "", "2/3a/02"],
];

Deno.test("drivers and tools get what they ask a drive for, or hear why not", async (t) => {
  for (const [who, cdb, withCd, withDvd, without] of DRIVERS) {
    await t.step(who, async () => {
      const bytes = cdb.split(" ").map((pair) => parseInt(pair, 16));
      const empty = cd();
      await empty.send(eject);
      const expected = [[cd(), withCd], [dvd(), withDvd], [empty, without]] as const;
      for (const [device, reason] of expected) assertEquals((await device.send(bytes)).reason, reason);
    });
  }
});

function pairs(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
