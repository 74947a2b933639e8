import { assertEquals } from "@std/assert";
import { accessBits, denial, reservationType, reservationTypes, typeMask } from "../../lib/scsi/conflicts.ts";

Deno.test("reservationTypes are the six of the standard, and typeMask has a bit for each", () => {
  assertEquals(reservationTypes.map(({ code }) => code), [1, 3, 5, 6, 7, 8]);
  assertEquals(typeMask, 0xea01);
});

Deno.test("reservationType() finds a type, and none for codes that are reserved or obsolete", () => {
  assertEquals(reservationType(5)?.name, "Write Exclusive - Registrants Only");
  for (const code of [0, 2, 4, 9, 15]) assertEquals(reservationType(code), undefined);
});

Deno.test("every type denies writes, and those of exclusive access reads too", () => {
  for (const { name, denies } of reservationTypes) {
    assertEquals((denies & accessBits.write) !== 0, true, name);
    assertEquals((denies & accessBits.read) !== 0, name.startsWith("Exclusive"), name);
    assertEquals(denies & (accessBits.free | accessBits.shared | accessBits.own), 0, name);
  }
});

Deno.test("a RESERVE of another denies everything but what is free", () => {
  for (const access of ["read", "write", "shared"] as const) {
    assertEquals(denial.everything & accessBits[access] ? 1 : 0, 1);
  }
  assertEquals(denial.everything & accessBits.free, 0);
});
