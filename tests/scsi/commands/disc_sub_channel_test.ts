import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

const ANSWERS: readonly (readonly [what: string, cdb: string, answer: string])[] = [
  ["no more than the audio status", "42 02 00 01 00 00 00 00 ff 00", "00 15 00 00"],
  ["the position as a time", "42 02 40 01 00 00 00 00 ff 00", "00 15 00 0c 01 14 01 01 00 00 02 00 00 00 00 00"],
  ["the position in blocks", "42 00 40 01 00 00 00 00 ff 00", "00 15 00 0c 01 14 01 01 00 00 00 00 00 00 00 00"],
  ["the same to Linux", "42 01 40 01 00 00 00 00 10 00", "00 15 00 0c 01 14 01 01 00 00 00 00 00 00 00 00"],
  ["that there is no catalogue number", "42 00 40 02 00 00 00 00 18 00", `00 15 00 14 02${" 00".repeat(19)}`],
  ["that there is no recording code", "42 00 40 03 00 00 01 00 18 00", `00 15 00 14 03 14 01${" 00".repeat(17)}`],
];

for (const [what, cdb, answer] of ANSWERS) {
  Deno.test(`READ SUB-CHANNEL tells ${what}`, async () => {
    const { data, status } = await cd().send(bytes(cdb));
    assertEquals([status, pairs(data)], [0, answer]);
  });
}

Deno.test("READ SUB-CHANNEL refuses formats and tracks that are not there, and needs a disc", async () => {
  const rows = [
    ["42 00 40 00 00 00 00 00 ff 00", 3],
    ["42 00 40 04 00 00 00 00 ff 00", 3],
    ["42 00 40 03 00 00 00 00 ff 00", 6],
    ["42 00 40 03 00 00 02 00 ff 00", 6],
  ] as const;
  for (const [cdb, field] of rows) {
    const { reason, sense } = await cd().send(bytes(cdb));
    assertEquals([reason, sense?.[17]], ["5/24/00", field], cdb);
  }
  const device = cd();
  await device.send([0x1b, 0, 0, 0, 2]);
  assertEquals((await device.send(bytes("42 02 40 01 00 00 00 00 ff 00"))).reason, "2/3a/02");
});

function cd(): FakeDevice {
  return new FakeDevice({ kind: "cdrom" });
}

function bytes(text: string): number[] {
  return text.split(" ").map((pair) => parseInt(pair, 16));
}

function pairs(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
