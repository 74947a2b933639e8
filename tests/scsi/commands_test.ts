import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { type Command, variableLengthCdb } from "../../lib/scsi/command.ts";
import { commands, commandsOf, find, knowsOpcode } from "../../lib/scsi/commands.ts";
import { PortGroups } from "../../lib/scsi/port_groups.ts";
import { FakeMemory } from "../support/fake_memory.ts";
import { kindBits } from "../../lib/scsi/unit_kind.ts";
import { NullStore } from "../../lib/store/null_store.ts";
import { FakeDevice } from "../support/fake_task.ts";

/** The CDB of a row with zeros wherever it is not told apart from others. */
function bare(row: Command): number[] {
  const wide = row.opcode === variableLengthCdb;
  const told = wide ? [0, 7, 8, 9] : row.hasServiceAction ? [0, 1] : [0];
  const cdb = [...row.usageData].map((value, i) => told.includes(i) ? value : 0);
  if (row.hasServiceAction && !wide) cdb[1] = (cdb[1] as number) & 0x1f;
  return cdb;
}

/** A unit of the kind that has a row: a disk that serves as much as one can, or a DVD. */
function deviceFor(row: Command): Pick<FakeDevice, "send"> {
  if (row.only === "cdrom") return new FakeDevice({ kind: "cdrom", store: new NullStore(2 ** 30, 2048) });
  return new FakeDevice({ thin: true, memory: new FakeMemory(), portGroups: new PortGroups({ explicit: true }) });
}

Deno.test("every row refuses each reserved bit and points at it", async (t) => {
  for (const row of commands) {
    await t.step(row.name, async () => {
      const device = deviceFor(row);
      for (const [byte, reserved] of row.reserved.entries()) {
        for (let bit = 0; bit < 8; bit++) {
          if ((reserved & 1 << bit) === 0) continue;
          const cdb = bare(row);
          cdb[byte] = (cdb[byte] as number) | 1 << bit;
          const { reason, sense, status, outcome } = await device.send(cdb);
          assertEquals([reason, status, outcome], ["5/24/00", 2, "done"], `byte ${byte} bit ${bit}`);
          assertEquals(sense?.subarray(15), Uint8Array.of(0xc8 | bit, 0, byte), `byte ${byte} bit ${bit}`);
        }
      }
    });
  }
});

Deno.test("every row refuses the CDB's control byte", () => {
  for (const row of commands) {
    // In the format of ATAPI drives of old, two of its bits are what READ TOC/PMA/ATIP tells.
    const evaluated = row.name === "READ TOC/PMA/ATIP" ? 0xc0 : 0;
    assertEquals(row.reserved[row.opcode === variableLengthCdb ? 1 : row.length - 1], 0xff & ~evaluated, row.name);
  }
});

Deno.test("every row with an allocation length cuts its answer to it", async (t) => {
  // The place of the allocation length: first byte, bytes.
  const places: Record<string, readonly [number, number]> = {
    "INQUIRY": [3, 2],
    "REQUEST SENSE": [4, 1],
    "REPORT LUNS": [6, 4],
    "RECEIVE DIAGNOSTIC RESULTS": [3, 2],
    "READ BUFFER (10)": [6, 3],
    "READ BUFFER (16)": [10, 4],
    "LOG SENSE": [7, 2],
    "REPORT IDENTIFYING INFORMATION": [6, 4],
    "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS": [6, 4],
    "REPORT TIMESTAMP": [6, 4],
    "REPORT TARGET PORT GROUPS": [6, 4],
    "MODE SENSE (6)": [4, 1],
    "MODE SENSE (10)": [7, 2],
    "READ CAPACITY (16)": [10, 4],
    "REPORT SUPPORTED OPERATION CODES": [6, 4],
    "PERSISTENT RESERVE IN - READ KEYS": [7, 2],
    "PERSISTENT RESERVE IN - READ RESERVATION": [7, 2],
    "PERSISTENT RESERVE IN - REPORT CAPABILITIES": [7, 2],
    "PERSISTENT RESERVE IN - READ FULL STATUS": [7, 2],
    "GET LBA STATUS (16)": [10, 4],
    "GET LBA STATUS (32)": [28, 4],
    "READ TOC/PMA/ATIP": [7, 2],
    "GET CONFIGURATION": [7, 2],
    "GET EVENT STATUS NOTIFICATION": [7, 2],
    "MECHANISM STATUS": [8, 2],
    "READ DISC INFORMATION": [7, 2],
    "READ TRACK INFORMATION": [7, 2],
    "READ DISC STRUCTURE": [8, 2],
    "READ SUB-CHANNEL": [7, 2],
    "READ FORMAT CAPACITIES": [7, 2],
    "RECEIVE COPY OPERATING PARAMETERS": [10, 4],
    "REPORT ALL ROD TOKENS": [10, 4],
    "READ DEFECT DATA (10)": [7, 2],
    "READ DEFECT DATA (12)": [6, 4],
  };
  // They tell of a copy that has been asked for: tested in tests/scsi/commands/copy_results_test.ts.
  const ofCopies = [
    "RECEIVE COPY STATUS (LID1)",
    "RECEIVE COPY FAILURE DETAILS (LID1)",
    "RECEIVE COPY STATUS (LID4)",
    "RECEIVE ROD TOKEN INFORMATION",
  ];
  const moving = [
    "READ (6)",
    "READ (10)",
    "READ (12)",
    "READ (16)",
    "READ (32)",
    "READ CAPACITY (10)",
    "READ CD",
    "READ CD MSF",
    "GET PERFORMANCE",
  ];
  for (const row of commands.filter(({ data }) => data === "in")) {
    if (moving.includes(row.name) || ofCopies.includes(row.name)) continue;
    await t.step(row.name, async () => {
      const place = places[row.name];
      assert(place !== undefined, "a new Data-In command needs a line in this table");
      const device = deviceFor(row);
      const cdb = bare(row);
      if (row.name.startsWith("MODE SENSE")) cdb[2] = 0x3f;
      if (row.name === "GET EVENT STATUS NOTIFICATION") [cdb[1], cdb[4]] = [1, 0x10];
      if (row.name.startsWith("READ BUFFER")) cdb[1] = 0x03;
      const at = (length: number): number[] => {
        const copy = [...cdb];
        copy[place[0] + place[1] - 1] = length;
        return copy;
      };
      const full = await device.send(at(255));
      for (const length of [0, 1, 2, 3, full.data.length - 1, full.data.length]) {
        const { data, transferLength, status } = await device.send(at(length));
        assertEquals(status, 0);
        assertEquals(transferLength, length);
        assertEquals(data, full.data.subarray(0, length));
      }
    });
  }
});

Deno.test("rows are in order and, for one kind of units, unlike each other", () => {
  const keysOf = (rows: readonly Command[]): number[] =>
    rows.map(({ opcode, serviceAction }) => opcode * 0x1_0000 + (serviceAction ?? 0));
  const keys = keysOf(commands);
  assertEquals(keys, keys.toSorted((a, b) => a - b));
  for (const bit of Object.values(kindBits)) {
    const ofKind = keysOf(commands.filter(({ kinds }) => (kinds & bit) !== 0));
    assertEquals(ofKind, [...new Set(ofKind)]);
  }
});

Deno.test("find() finds every row by its operation code and service action", () => {
  for (const row of commands) {
    for (const bit of Object.values(kindBits)) {
      const found = find(row.opcode, row.serviceAction ?? 0x15, bit);
      if ((row.kinds & bit) !== 0) assertEquals(found, row);
      else assertNotStrictEquals(found, row);
    }
  }
  assertEquals(find(0xff, 0, kindBits.disk), undefined);
  assertEquals(find(0x9e, 0x1f, kindBits.disk), undefined);
  assertEquals(find(0x7f, 0x1f, kindBits.disk), undefined);
  assertEquals(find(0x7f, 0x09, kindBits.cdrom), undefined);
  assertEquals(find(0x42, 0, kindBits.disk)?.name, "UNMAP");
  assertEquals(find(0x42, 0, kindBits.cdrom)?.name, "READ SUB-CHANNEL");
});

Deno.test("knowsOpcode() knows what commandsOf() holds", () => {
  const { unit } = new FakeDevice();
  for (const { opcode } of commandsOf(unit)) assert(knowsOpcode(opcode, unit));
  assert(!knowsOpcode(0xff, unit));
});
