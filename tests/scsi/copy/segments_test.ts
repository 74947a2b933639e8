import { assertEquals, assertThrows } from "@std/assert";
import { copyLimits, parseCopy } from "../../../lib/scsi/copy/segments.ts";
import { ScsiError } from "../../../lib/scsi/sense_data.ts";
import { CopyDevice, descriptorOf, filled, longList, segment, shortList } from "../../support/copying.ts";

type Values = Parameters<typeof descriptorOf>[1];

const device = new CopyDevice();
const { unit, other, nexus } = device;
const two = [descriptorOf(unit), descriptorOf(other)];

function outcome(list: Uint8Array, long = false): string {
  try {
    for (const planned of parseCopy(list, unit, nexus, long).segments) planned.resolve();
    return "good";
  } catch (error) {
    if (!(error instanceof ScsiError)) throw error;
    const { code: { key, asc, ascq }, details: { pointer } } = error;
    const place = pointer === undefined
      ? ""
      : ` at ${pointer.byte}${pointer.bit === undefined ? "" : `.${pointer.bit}`}`;
    return `${[key, asc, ascq].map((part) => part.toString(16)).join("/")}${place}`;
  }
}

Deno.test("parseCopy() reads segments with the units of their descriptors", () => {
  const list = shortList({ descriptors: two, segments: [segment({ blocks: 3, sourceLba: 5, destinationLba: 7 })] });
  const { segments, listId, immediate } = parseCopy(list, unit, nexus, false);
  list.fill(0xdd);
  assertEquals([listId, immediate, segments[0]?.at], [7, false, 80]);
  const { source, destination, from, to, length } = segments[0]?.resolve() ?? {};
  assertEquals([source === unit, destination === other, from, to, length], [true, true, 2560, 3584, 1536]);
});

Deno.test("parseCopy() takes or refuses a list as a whole", async (t) => {
  const one = [segment({ blocks: 1 })];
  const good = shortList({ descriptors: two, segments: one });
  const header = (fields: Record<string, number | boolean>): Uint8Array =>
    shortList({ descriptors: two, segments: one, header: fields });
  const longHeader = (fields: Record<string, number | boolean>): Uint8Array =>
    longList({ descriptors: two, segments: one, header: fields });
  const named = (fields: Values): Uint8Array =>
    shortList({ descriptors: [descriptorOf(unit, fields), descriptorOf(other)], segments: one });
  const moved = (fields: Parameters<typeof segment>[0]): Uint8Array =>
    shortList({ descriptors: two, segments: [segment(fields)] });
  const times = (count: number, part: Uint8Array): Uint8Array[] => new Array<Uint8Array>(count).fill(part);
  const { descriptors, segments } = copyLimits;
  const rows: (readonly [name: string, list: Uint8Array, outcome: string, long?: boolean])[] = [
    ["a good list", good, "good"],
    ["bytes behind it", Uint8Array.of(...good, 1, 2, 3), "good"],
    ["a header cut short", good.subarray(0, 15), "5/1a/0"],
    ["segments cut short", good.subarray(0, good.length - 1), "5/1a/0"],
    ["inline data", header({ inlineLength: 4 }), "5/26/0 at 12"],
    ["LIST ID USAGE that is reserved", header({ listIdUsage: 1 }), "5/26/0 at 1.4"],
    ["no list identifier", header({ listIdUsage: 3 }), "good"],
    ["STR, which is for tapes", header({ strict: true }), "good"],
    ["half a descriptor", header({ descriptorsLength: 48, segmentsLength: 0 }), "5/1a/0"],
    ["half a segment", header({ segmentsLength: 14 }), "5/1a/0"],
    [
      "as many descriptors as there may be",
      shortList({ descriptors: times(descriptors, two[0] as Uint8Array), segments: [] }),
      "good",
    ],
    ["more", shortList({ descriptors: times(descriptors + 1, two[0] as Uint8Array), segments: [] }), "5/26/6"],
    [
      "as many segments as there may be",
      shortList({ descriptors: two, segments: times(segments, segment({ blocks: 0 })) }),
      "good",
    ],
    ["more", shortList({ descriptors: two, segments: times(segments + 1, segment({ blocks: 0 })) }), "5/26/8"],
    ["lists longer than all may be", shortList({ descriptors: two, segments: times(145, segment()) }), "5/1a/0"],
    ["another kind of descriptor", named({ type: 0xe5 }), "5/26/7 at 16"],
    ["another kind of segment", moved({ type: 0x00 }), "5/26/9 at 80"],
    ["a segment of another length", moved({ length: 20 }), "5/26/0 at 82"],
    ["a unit that nobody has", named({ designator: Uint8Array.of(0x30, 9, 9, 9, 9, 9, 9, 9) }), "a/d/2"],
    ["a unit that is a tape", named({ deviceType: 1 }), "a/d/3"],
    ["a name of a port", named({ association: 1 }), "a/d/2"],
    ["a name of another kind", named({ designatorType: 2 }), "a/d/2"],
    ["a name in another code", named({ codeSet: 2 }), "a/d/2"],
    ["no name", named({ designatorLength: 0 }), "a/d/2"],
    ["the start of a name", named({ designatorLength: 7 }), "a/d/2"],
    ["a name that does not fit", named({ designatorLength: 21 }), "a/d/2"],
    ["blocks of another size", named({ blockLength: 4096 }), "5/26/0 at 45"],
    ["blocks of any size", named({ blockLength: 0 }), "good"],
    ["a number of no descriptor", moved({ source: 2, blocks: 0 }), "a/d/2"],
    ["FFFFh, which LID1 does not know", moved({ source: 0xffff }), "a/d/2"],
    ["the last block", moved({ blocks: 1, sourceLba: 2047, destinationLba: 2047 }), "good"],
    ["beyond the source", moved({ blocks: 2, sourceLba: 2047 }), "a/0/0"],
    ["beyond the destination", moved({ blocks: 2, destinationLba: 2047 }), "a/0/0"],
    ["a good long list", longHeader({}), "good", true],
    ["a long header cut short", longHeader({}).subarray(0, 47), "5/1a/0", true],
    ["another format", longHeader({ format: 0 }), "5/26/0 at 0", true],
    ["another length of the header's descriptors", longHeader({ headerDescriptorLength: 0 }), "5/26/0 at 2", true],
    ["another type of them", longHeader({ headerDescriptorType: 0xe4 }), "5/26/0 at 16", true],
    ["sense data with GOOD status", longHeader({ guaranteedSense: true }), "5/26/0 at 15.1", true],
    ["an end that nobody can ask for", longHeader({ immediate: true, listIdUsage: 3 }), "5/26/0 at 15.0", true],
    ["inline data behind a long header", longHeader({ inlineLength: 1 }), "5/26/0 at 46", true],
    ["LIST ID USAGE of a long list that is reserved", longHeader({ listIdUsage: 1 }), "5/26/0 at 1.4", true],
  ];
  for (const [name, list, expected, long] of rows) {
    await t.step(name, () => assertEquals(outcome(list, long), expected));
  }
});

Deno.test("parseCopy() reaches only the units that its nexus sees", () => {
  const hidden = new CopyDevice();
  const list = shortList({
    descriptors: [descriptorOf(hidden.unit), descriptorOf(hidden.other)],
    segments: [segment()],
  });
  hidden.luns.units.delete(0);
  const { segments } = parseCopy(list, hidden.other, hidden.nexus, false);
  assertThrows(() => segments[0]?.resolve(), ScsiError, "COPY TARGET DEVICE NOT REACHABLE");
});

Deno.test("a segment has whole blocks of both units, and no more bytes than is said", async (t) => {
  const mixed = new CopyDevice({}, { blockSize: 4096 });
  const big = mixed.add(2, { store: filled(0), blockSize: 0x1_0000 });
  const descriptors = [descriptorOf(mixed.unit), descriptorOf(mixed.other), descriptorOf(big)];
  const rows = [
    { name: "eight small blocks", fields: { blocks: 8 }, message: undefined },
    { name: "seven", fields: { blocks: 7 }, message: "UNEXPECTED INEXACT SEGMENT" },
    { name: "too many large ones", fields: { source: 2, blocks: 1025 }, message: "INVALID FIELD IN PARAMETER LIST" },
    { name: "as many as fit", fields: { source: 2, blocks: 1024 }, message: "NO ADDITIONAL SENSE" },
  ];
  for (const { name, fields, message } of rows) {
    await t.step(name, () => {
      const list = shortList({ descriptors, segments: [segment(fields)] });
      const planned = parseCopy(list, mixed.unit, mixed.nexus, false).segments[0];
      if (message === undefined) assertEquals(planned?.resolve().length, 4096);
      else assertThrows(() => planned?.resolve(), ScsiError, message);
    });
  }
});
