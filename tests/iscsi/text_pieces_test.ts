import { assert, assertEquals, assertThrows } from "@std/assert";
import { NegotiationError } from "../../lib/iscsi/negotiation.ts";
import { MAX_TEXT, TextAssembly, TextPieces } from "../../lib/iscsi/text_pieces.ts";

Deno.test("TextAssembly joins pieces, keeps copies, and begins anew", () => {
  const assembly = new TextAssembly();
  const lent = new Uint8Array([1, 2]);
  assembly.add(lent);
  lent.fill(9);
  assembly.add(new Uint8Array(0));
  assembly.add(new Uint8Array([3]));
  assertEquals(assembly.take(), new Uint8Array([1, 2, 3]));
  assertEquals(assembly.take(), new Uint8Array(0));
});

Deno.test("TextAssembly refuses one byte more than the limit", () => {
  const assembly = new TextAssembly();
  assembly.add(new Uint8Array(MAX_TEXT));
  assertThrows(() => assembly.add(new Uint8Array(1)), NegotiationError, "longer than 65536 bytes");
});

Deno.test("TextPieces cut an answer to the limit and say when more follows", () => {
  const pieces = new TextPieces();
  assertEquals(pieces.next(4), { text: new Uint8Array(0), continued: false });
  pieces.begin(new Uint8Array([1, 2, 3, 4, 5]));
  assertEquals(pieces.next(4), { text: new Uint8Array([1, 2, 3, 4]), continued: true });
  assert(pieces.pending);
  assertEquals(pieces.next(4), { text: new Uint8Array([5]), continued: false });
  assert(!pieces.pending);
});

Deno.test("TextPieces send an answer that just fits in one piece", () => {
  const pieces = new TextPieces();
  pieces.begin(new Uint8Array(8));
  assertEquals(pieces.next(8).continued, false);
});
