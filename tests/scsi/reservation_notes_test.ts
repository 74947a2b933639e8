import { assertEquals, assertThrows } from "@std/assert";
import type { PersistentState } from "../../lib/scsi/registrations.ts";
import { fromNote, toNote } from "../../lib/scsi/reservation_notes.ts";
import type { MemoryValue } from "../../lib/scsi/unit_memory.ts";
import { keyText } from "../support/reserving.ts";

const one = { initiatorPort: "iqn.2026-01.test:a,i,0x000001370000", targetPort: 1 };
const two = { initiatorPort: "iqn.2026-01.test:b,i,0x000001370000", targetPort: 2 };
const registrations = [{ ...one, key: keyText(1) }, { ...two, key: keyText(2) }];

Deno.test("fromNote() reads what toNote() writes, as JSON keeps it", () => {
  const states: PersistentState[] = [
    { generation: 0, aptpl: true, registrations: [] },
    { generation: 0, aptpl: true, registrations },
    { generation: 0, aptpl: true, registrations, reservation: { type: 5, holder: two } },
    { generation: 0, aptpl: true, registrations, reservation: { type: 8 } },
  ];
  for (const state of states) assertEquals(fromNote(JSON.parse(JSON.stringify(toNote(state)))), state);
});

Deno.test("toNote() keeps no generation, and nothing without APTPL", () => {
  assertEquals(toNote({ generation: 7, aptpl: false, registrations }), undefined);
  const state = { generation: 7, aptpl: true, registrations };
  assertEquals(fromNote(toNote(state) ?? null).generation, 0);
});

Deno.test("fromNote() refuses what makes no sense: guessing could cost data", () => {
  const key = keyText(1);
  const rows: { name: string; note: MemoryValue }[] = [
    { name: "nothing", note: null },
    { name: "a list", note: [] },
    { name: "no registrations", note: { reservation: null } },
    { name: "no reservation", note: { registrations: [] } },
    { name: "a short key", note: { registrations: [{ ...one, key: "12" }], reservation: null } },
    { name: "no key", note: { registrations: [{ ...one, key: "0000000000000000" }], reservation: null } },
    { name: "no port", note: { registrations: [{ key, targetPort: 1 }], reservation: null } },
    { name: "a port without number", note: { registrations: [{ ...one, targetPort: "1", key }], reservation: null } },
    { name: "an unknown type", note: { registrations: [{ ...one, key }], reservation: { type: 2, holder: one } } },
    { name: "a stranger as holder", note: { registrations: [{ ...one, key }], reservation: { type: 1, holder: two } } },
    { name: "no holder", note: { registrations: [{ ...one, key }], reservation: { type: 1, holder: null } } },
  ];
  for (const { name, note } of rows) assertThrows(() => fromNote(note), TypeError, "Cannot restore", name);
});
