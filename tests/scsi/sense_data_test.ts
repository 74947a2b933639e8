import { assertEquals } from "@std/assert";
import { sense } from "../../lib/scsi/sense.ts";
import { encodeSense, fixedSense, ScsiError, type SenseDetails } from "../../lib/scsi/sense_data.ts";
import { reasonOf } from "../support/fake_task.ts";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

const rows: readonly { name: string; details: SenseDetails; fixed: string; descriptors: string }[] = [
  {
    name: "a bare code",
    details: {},
    fixed: "70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 00 00 00",
    descriptors: "72 05 24 00 00 00 00 00",
  },
  {
    name: "a field pointer with a bit",
    details: { pointer: { byte: 2, bit: 5 } },
    fixed: "70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 cd 00 02",
    descriptors: "72 05 24 00 00 00 00 08 02 06 00 00 cd 00 02 00",
  },
  {
    name: "a field pointer into the data, without a bit",
    details: { pointer: { byte: 0x102, inData: true } },
    fixed: "70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 80 01 02",
    descriptors: "72 05 24 00 00 00 00 08 02 06 00 00 80 01 02 00",
  },
  {
    name: "information",
    details: { information: 0x01020304 },
    fixed: "f0 00 05 01 02 03 04 0a 00 00 00 00 24 00 00 00 00 00",
    descriptors: "72 05 24 00 00 00 00 0c 00 0a 80 00 00 00 00 00 01 02 03 04",
  },
  {
    name: "information that does not fit",
    details: { information: 0x1_0000_0000 },
    fixed: "70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 00 00 00",
    descriptors: "72 05 24 00 00 00 00 0c 00 0a 80 00 00 00 00 01 00 00 00 00",
  },
  {
    name: "progress and information of a deferred error",
    details: { progress: 0x8000, information: 1, deferred: true },
    fixed: "f1 00 05 00 00 00 01 0a 00 00 00 00 24 00 00 80 80 00",
    descriptors: "73 05 24 00 00 00 00 14 00 0a 80 00 00 00 00 00 00 00 00 01 02 06 00 00 80 80 00 00",
  },
];

for (const { name, details, fixed, descriptors } of rows) {
  Deno.test(`encodeSense() writes ${name} in both formats`, () => {
    assertEquals(hex(encodeSense(sense.invalidFieldInCdb, details)), fixed);
    assertEquals(hex(encodeSense(sense.invalidFieldInCdb, details, true)), descriptors);
  });
}

Deno.test("encodeSense() writes every code of the table", () => {
  for (const code of Object.values(sense)) {
    const data = encodeSense(code);
    assertEquals([fixedSense.senseKey.get(data), fixedSense.asc.get(data), fixedSense.ascq.get(data)], [
      code.key,
      code.asc,
      code.ascq,
    ]);
    assertEquals(reasonOf(encodeSense(code, {}, true)), reasonOf(data));
  }
});

Deno.test("ScsiError says its code's name", () => {
  const error = new ScsiError(sense.writeProtected);
  assertEquals(error.message, "Cannot run the command: WRITE PROTECTED");
  assertEquals(error.name, "ScsiError");
});
