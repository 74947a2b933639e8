import { assertEquals } from "@std/assert";
import { writeU32 } from "../../../lib/bytes/layout.ts";
import { FakeDevice, type FakeResult } from "../../support/fake_task.ts";

/** A disc of 32 blocks. */
function cd(): FakeDevice {
  return new FakeDevice({ kind: "cdrom" });
}

const PERFORMANCES: readonly (readonly [what: string, cdb: string, answer: string])[] = [
  [
    "the speed of all blocks",
    "ac 10 00 00 00 00 00 00 00 08 00 00",
    "00 00 00 14 00 00 00 00 00 00 00 00 00 00 23 c0 00 00 00 1f 00 00 23 c0",
  ],
  [
    "the speed from a block on",
    "ac 11 00 00 00 1f 00 00 00 01 00 00",
    "00 00 00 14 00 00 00 00 00 00 00 00 00 00 23 c0 00 00 00 1f 00 00 23 c0",
  ],
  ["how much it would tell", "ac 10 00 00 00 00 00 00 00 00 00 00", "00 00 00 14 00 00 00 00"],
  ["that there are no exceptions", "ac 12 00 00 00 00 00 00 00 08 00 00", "00 00 00 04 01 00 00 00"],
  ["that every block can be used", "ac 01 00 00 00 00 00 00 00 08 01 00", "00 00 00 04 00 00 00 00"],
  [
    "that there is no speed to write",
    "ac 00 00 00 00 00 00 00 00 08 03 00",
    "00 00 00 14 00 00 00 00 00 00 00 00 00 00 00 1f 00 00 23 c0 00 00 00 00",
  ],
];

for (const [what, cdb, answer] of PERFORMANCES) {
  Deno.test(`GET PERFORMANCE tells ${what}`, async () => {
    const { data, status } = await cd().send(bytes(cdb));
    assertEquals([status, pairs(data)], [0, answer]);
  });
}

const REFUSED: readonly (readonly [what: string, cdb: string, reason: string])[] = [
  ["GET PERFORMANCE refuses a tolerance that is not defined", "ac 00 00 00 00 00 00 00 00 08 00 00", "5/24/00"],
  ["GET PERFORMANCE refuses speeds of writing", "ac 14 00 00 00 00 00 00 00 08 00 00", "5/24/00"],
  ["GET PERFORMANCE refuses reserved exceptions", "ac 13 00 00 00 00 00 00 00 08 00 00", "5/24/00"],
  ["GET PERFORMANCE refuses blocks behind the end", "ac 11 00 00 00 20 00 00 00 08 00 00", "5/21/00"],
  ["GET PERFORMANCE refuses other types", "ac 10 00 00 00 00 00 00 00 08 02 00", "5/24/00"],
  ["GET PERFORMANCE refuses a kind of write speed", "ac 10 00 00 00 00 00 00 00 08 03 00", "5/24/00"],
  ["SET CD SPEED takes any speed", "bb 00 ff ff ff ff 00 00 00 00 00 00", ""],
  ["SET CD SPEED takes constant angular velocity", "bb 01 00 b0 00 00 00 00 00 00 00 00", ""],
  ["SET CD SPEED refuses other ways to rotate", "bb 02 ff ff ff ff 00 00 00 00 00 00", "5/24/00"],
  ["SET READ AHEAD takes blocks of the disc", "a7 00 00 00 00 1f 00 00 00 00 00 00", ""],
  ["SET READ AHEAD refuses a trigger behind the end", "a7 00 00 00 00 20 00 00 00 00 00 00", "5/21/00"],
  ["SET READ AHEAD refuses blocks behind the end", "a7 00 00 00 00 00 00 00 00 20 00 00", "5/21/00"],
  ["SET STREAMING takes an empty list", "b6 00 00 00 00 00 00 00 00 00 00 00", ""],
  ["SET STREAMING refuses a list that is too short", "b6 00 00 00 00 00 00 00 00 00 1b 00", "5/1a/00"],
  ["SET STREAMING refuses a cache of zones", "b6 00 00 00 00 00 00 00 05 00 1c 00", "5/24/00"],
];

for (const [what, cdb, reason] of REFUSED) {
  Deno.test(what, async () => assertEquals((await cd().send(bytes(cdb))).reason, reason));
}

interface Wish {
  readonly flags?: number;
  readonly start?: number;
  readonly end?: number;
  readonly size?: number;
  readonly time?: number;
}

async function stream({ flags = 0, start = 0, end = 31, size = 9152, time = 1000 }: Wish): Promise<FakeResult> {
  const dataOut = new Uint8Array(28);
  dataOut[0] = flags;
  [start, end, size, time].forEach((value, index) => writeU32(dataOut, 4 + 4 * index, value));
  return await cd().send([0xb6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0], { dataOut });
}

const WISHES: readonly (readonly [what: string, wish: Wish, reason: string, pointer?: number])[] = [
  ["takes a wish", {}, ""],
  ["takes a wish that is not exact and too fast", { size: 0xffff_ffff, time: 1 }, ""],
  ["takes the exact speed of the drive", { flags: 2 }, ""],
  ["refuses what is exact and too fast", { flags: 2, size: 9153 }, "5/26/00", 0],
  ["refuses what is exact and takes no time", { flags: 2, size: 1, time: 0 }, "5/26/00", 0],
  ["refuses an unknown rotation", { flags: 0x10 }, "5/26/00", 0],
  ["refuses a start behind the end", { start: 2, end: 1 }, "5/26/00", 4],
  ["takes an end that is far behind the disc", { end: 0xffff_ffff }, ""],
  ["refuses a start that is not on the disc", { start: 32, end: 0x7fff_ffff }, "5/26/00", 4],
  ["goes back to the defaults, whatever else is said", { flags: 0x16, start: 99, end: 9 }, ""],
];

for (const [what, wish, reason, pointer] of WISHES) {
  Deno.test(`SET STREAMING ${what}`, async () => {
    const result = await stream(wish);
    assertEquals(result.reason, reason);
    if (pointer !== undefined) assertEquals(result.sense?.[17], pointer);
  });
}

Deno.test("what concerns the speed on a disc needs one", async () => {
  const device = cd();
  await device.send([0x1b, 0, 0, 0, 2]);
  for (const cdb of [[0xa7], [0xac, 0x10], [0xb6]]) assertEquals((await device.send(cdb)).reason, "2/3a/02");
  assertEquals((await device.send([0xbb, 0, 0xff, 0xff])).reason, "");
});

function bytes(text: string): number[] {
  return text.split(" ").map((pair) => parseInt(pair, 16));
}

function pairs(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
