import { assert, assertEquals } from "@std/assert";
import type { Field } from "../../../lib/bytes/layout.ts";
import { opcode } from "../../../lib/iscsi/constants.ts";
import * as pdu from "../../../lib/iscsi/pdu/mod.ts";
import { ahsLengthOf, dataLengthOf, paddingOf } from "../../../lib/iscsi/pdu/bhs.ts";
import { pdus as rows } from "../../fixtures/pdus.ts";

for (const [name, { layout, values, bytes }] of Object.entries(rows)) {
  Deno.test(`${name} fits the drawing of ${layout.spec} when encoded and decoded`, () => {
    assertEquals(layout.size, 48);
    assertEquals(layout.encode(values), bytes);
    assertEquals(layout.decode(bytes) as Record<string, unknown>, values);
  });

  Deno.test(`${name} keeps every other bit when one field is set`, () => {
    for (const [field, each] of Object.entries(layout.fields)) keepsOthers(each, field);
  });

  Deno.test(`${name} gives back any values when they are encoded`, () => {
    for (let round = 0; round < 50; round++) {
      const noise = crypto.getRandomValues(new Uint8Array(64));
      const decoded = layout.decode(noise, 7);
      assertEquals(layout.decode(layout.encode(decoded)), decoded);
    }
  });

  Deno.test(`${name} has fields that share no bit when they are laid side by side`, () => {
    const taken = new Uint8Array(48);
    for (const [field, { offset, length, mask }] of Object.entries(layout.fields)) {
      for (let i = 0; i < length; i++) {
        const bits = mask ?? 0xff;
        assertEquals((taken[offset + i] as number) & bits, 0, `${field}, byte ${offset + i}`);
        taken[offset + i] = (taken[offset + i] as number) | bits;
      }
    }
  });
}

Deno.test("every PDU of the module has a row when rows are counted", () => {
  assertEquals(Object.keys(rows).sort(), Object.keys(pdu).sort());
  const opcodes = Object.values(rows).map(({ values }) => values.opcode as number);
  assertEquals(new Set(opcodes), new Set(Object.values(opcode)));
});

const lengths: readonly [length: number, padding: number][] = [[0, 0], [1, 3], [2, 2], [3, 1], [4, 0], [8191, 1]];

for (const [length, padding] of lengths) {
  Deno.test(`paddingOf() gives ${padding} when a segment has ${length} bytes`, () => {
    assertEquals(paddingOf(length), padding);
  });
}

Deno.test("ahsLengthOf() and dataLengthOf() read the lengths when a header lies within bytes", () => {
  const bytes = pdu.bhs.encode({ totalAhsLength: 255, dataSegmentLength: 0xffffff }, new Uint8Array(60), 5);
  assertEquals(ahsLengthOf(bytes, 5), 1020);
  assertEquals(dataLengthOf(bytes, 5), 0xffffff);
});

function keepsOthers(field: Field<unknown>, name: string): void {
  const before = new Uint8Array(48).fill(0xa5);
  const after = before.slice();
  field.set(after, field.get(new Uint8Array(48)));
  const mask = field.mask ?? 0xff;
  for (let i = 0; i < 48; i++) {
    const inside = i >= field.offset && i < field.offset + field.length;
    const kept = inside ? ~mask & 0xff : 0xff;
    assertEquals((after[i] as number) & kept, 0xa5 & kept, `${name}, byte ${i}`);
    if (inside) assert(((after[i] as number) & mask) === 0, `${name} is not cleared`);
  }
}
