import { assert, assertEquals, assertRejects } from "@std/assert";
import { FileJournal, lastDocument } from "../../lib/store/file_journal.ts";
import { Scratch } from "../support/scratch.ts";

const encoder = new TextEncoder();

const rows: readonly (readonly [text: string, value: unknown, end?: number])[] = [
  ["", undefined],
  ["{", undefined],
  [`{"a":1}`, { a: 1 }],
  ["[]", []],
  [`{\n  "a": 1\n}\n`, { a: 1 }],
  [`{"a":1}\n{"a":2}\n`, { a: 2 }],
  [`{"a":1}\n{"a":2`, { a: 1 }, 8],
  [`{"a":1}\n\0\0\0`, undefined],
  [`{"a":1}\n{"a":"\0\0`, { a: 1 }, 8],
  [`{"a":1}\n{"a":2}\n{"a":`, { a: 2 }, 16],
  [`{"b":"torn{"x":1}\n{"a":2}\n`, { a: 2 }],
  [`{"ü":1}\n{"a"`, { "ü": 1 }, 9],
  [`{\n"a":\n{\n}\n}\n`, { a: {} }],
];

for (const [text, value, end = encoder.encode(text).length] of rows) {
  Deno.test(`lastDocument() of ${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => {
    const found = lastDocument(encoder.encode(text));
    assertEquals(found?.value, value);
    if (found !== undefined) assertEquals(found.end, end);
  });
}

Deno.test("FileJournal.write() keeps the old document whole, wherever the write is cut off", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("journal");
  const journal = new FileJournal(path);
  assertEquals(await journal.read(), undefined);
  await journal.write({ number: 1 });
  const before = await Deno.readFile(path);
  await journal.write({ number: 2 });
  const after = await Deno.readFile(path);
  assertEquals(after.subarray(0, before.length), before);
  // The line feed at the end is no part of the document.
  for (let length = before.length; length < after.length - 1; length++) {
    assertEquals(lastDocument(after.subarray(0, length))?.value, { number: 1 });
  }
  assertEquals((await journal.read())?.value, { number: 2 });
});

Deno.test("FileJournal.write() writes over what an interrupted write left", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("journal");
  for (const torn of [`{"number":1}\n{"numb`, `{"number":1}\n{"a":"${"x".repeat(100)}`, `{"number":1}`]) {
    await Deno.writeTextFile(path, torn);
    await new FileJournal(path).write({ number: 2 });
    assertEquals(await Deno.readTextFile(path), `{"number":1}\n{\n  "number": 2\n}\n`);
  }
});

Deno.test("FileJournal.write() keeps the file small, and is whole at each step of that", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("journal");
  const journal = new FileJournal(path);
  assertEquals([await journal.write({ number: -1 }), await journal.keepOpen()], [undefined, true]);
  let largest = 0;
  let tidied = 0;
  for (let number = 0, last = 0; number < 200; number++) {
    await journal.write({ number, filling: "ü".repeat(500) });
    const { size } = await Deno.stat(path);
    largest = Math.max(largest, size);
    if (size < last) {
      tidied++;
      assertEquals((await journal.read())?.alone, true);
    }
    last = size;
  }
  journal.close();
  assert(tidied > 0 && largest < 1 << 17, `${tidied} ${largest}`);
  assertEquals((await journal.read())?.value, { number: 199, filling: "ü".repeat(500) });
});

Deno.test("FileJournal.read() refuses a file without a whole document", async () => {
  await using scratch = await Scratch.make();
  await Deno.writeTextFile(scratch.path("journal"), "{");
  await assertRejects(() => new FileJournal(scratch.path("journal")).read(), SyntaxError, "it is no JSON");
});
