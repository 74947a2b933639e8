import { assertEquals } from "@std/assert";
import { CommandFailedError, isUnitAttention } from "../../lib/load/errors.ts";
import { sense } from "../../lib/scsi/sense.ts";
import { encodeSense } from "../../lib/scsi/sense_data.ts";
import { hex } from "../support/hex.ts";

const CHECK_CONDITION = 2;

const rows: readonly (readonly [name: string, status: number, sense: Uint8Array, words: string])[] = [
  ["a reservation", 0x18, hex(""), "reservation conflict"],
  ["an unknown status", 0x7f, hex(""), "status 7fh"],
  ["sense data", CHECK_CONDITION, encodeSense(sense.writeProtected), "data protect, WRITE PROTECTED (27h 00h)"],
  [
    "sense data with descriptors",
    CHECK_CONDITION,
    encodeSense(sense.writeProtected, {}, true),
    "data protect, WRITE PROTECTED (27h 00h)",
  ],
  ["sense data that ends early", CHECK_CONDITION, hex("7000030000000000"), "medium error, 00h 00h"],
  ["sense data of a vendor", CHECK_CONDITION, hex("720c8001"), "check condition"],
  ["an unknown key", CHECK_CONDITION, hex("720c800100000000"), "0ch, 80h 01h"],
];

for (const [name, status, data, words] of rows) {
  Deno.test(`CommandFailedError says in words what a target answers: ${name}`, () => {
    const error = new CommandFailedError("read", status, data);
    assertEquals(error.message, `Cannot read: the target answers ${words}`);
    assertEquals([error.status, error.sense], [status, data]);
  });
}

Deno.test("isUnitAttention() tells a unit attention from other ends of a command", () => {
  for (const descriptors of [false, true]) {
    assertEquals(isUnitAttention(CHECK_CONDITION, encodeSense(sense.powerOn, {}, descriptors)), true);
    assertEquals(isUnitAttention(CHECK_CONDITION, encodeSense(sense.writeProtected, {}, descriptors)), false);
  }
  assertEquals(isUnitAttention(0, encodeSense(sense.powerOn)), false);
  assertEquals(isUnitAttention(CHECK_CONDITION, hex("")), false);
});
