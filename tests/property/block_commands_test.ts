import { assert, assertEquals } from "@std/assert";
import {
  block32,
  compareAndWriteCdb,
  getLbaStatus16Cdb,
  orWrite32Cdb,
  unmapCdb,
  writeAtomicCdb,
  writeSame10Cdb,
  writeSame16Cdb,
} from "../../lib/scsi/block_cdbs.ts";
import { block10, block12, block16 } from "../../lib/scsi/cdb.ts";
import { lbaStatusDescriptor } from "../../lib/scsi/commands/lba_status.ts";
import { unmapDescriptor, unmapHeader } from "../../lib/scsi/commands/provisioning.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import type { BlockStore } from "../../lib/store/store.ts";
import { FakeDevice, type FakeResult } from "../support/fake_task.ts";
import { Prng } from "../support/prng.ts";
import { Scratch } from "../support/scratch.ts";

const size = 256 * 1024;

/** Blocks of the model, and the commands that were sent to a device and to it. */
class Model {
  readonly data: Uint8Array = new Uint8Array(size);
  readonly blockSize: number;
  readonly blocks: number;
  readonly prng: Prng;
  readonly device: FakeDevice<BlockStore>;
  what = "";

  constructor(store: BlockStore, blockSize: number, seed: number) {
    this.blockSize = blockSize;
    this.blocks = size / blockSize;
    this.prng = new Prng(seed);
    this.device = new FakeDevice({ store, blockSize, thin: true });
  }

  /** A range that begins on the medium and now and then ends behind it. */
  range(): { lba: number; blocks: number } {
    const lba = this.prng.below(this.blocks);
    const most = this.prng.pick([1, 8, 64]);
    return { lba, blocks: this.prng.below(most + 1) };
  }

  /** Bytes in which a block in two is zeros. */
  bytes(blocks: number): Uint8Array {
    const bytes = new Uint8Array(blocks * this.blockSize);
    for (let i = 0; i < blocks; i++) {
      if (this.prng.below(2) === 0) this.prng.fill(bytes.subarray(i * this.blockSize, (i + 1) * this.blockSize));
    }
    return bytes;
  }

  at(lba: number): number {
    return lba * this.blockSize;
  }

  part(lba: number, blocks: number): Uint8Array {
    return this.data.subarray(this.at(lba), this.at(lba + blocks));
  }

  async send(cdb: Uint8Array, dataOut?: Uint8Array): Promise<FakeResult> {
    const pieceSize = 1 + this.prng.below(20_000);
    return await this.device.send([...cdb], dataOut === undefined ? {} : { dataOut, pieceSize });
  }
}

type Step = (model: Model) => Promise<void>;

/** Sends a command that concerns a range; `act` changes the model when the range is on the medium. */
async function ranged(
  model: Model,
  { lba, blocks }: { lba: number; blocks: number },
  command: { cdb: Uint8Array; dataOut?: Uint8Array; act: (part: Uint8Array) => string | void; good?: number },
): Promise<FakeResult> {
  const result = await model.send(command.cdb, command.dataOut);
  const outside = lba + blocks > model.blocks;
  const expected = outside ? "5/21/00" : command.act(model.part(lba, blocks)) ?? "";
  assertEquals(result.reason, expected, `${model.what} of ${blocks} blocks at ${lba}`);
  if (expected === "") assertEquals(result.status, command.good ?? 0, model.what);
  return result;
}

const read: Step = async (model) => {
  const range = model.range();
  const cdb = model.prng.pick([
    block10.encode({ opcode: 0x28, ...range }),
    block12.encode({ opcode: 0xa8, ...range }),
    block16.encode({ opcode: 0x88, ...range }),
    block32.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: 0x09, ...range }),
  ]);
  const { data, status } = await ranged(model, range, { cdb, act: () => {} });
  if (status === 0) assertEquals(data, model.part(range.lba, range.blocks).slice());
};

const write: Step = async (model) => {
  const range = model.range();
  const dataOut = model.bytes(range.blocks);
  const cdb = model.prng.pick([
    block10.encode({ opcode: 0x2a, ...range }),
    block16.encode({ opcode: 0x8a, fua: true, ...range }),
    block32.encode({ opcode: 0x7f, additionalLength: 24, serviceAction: 0x0b, ...range }),
    block12.encode({ opcode: 0xae, bytchk: 1, ...range }),
    block16.encode({ opcode: 0x8e, ...range }),
  ]);
  await ranged(model, range, { cdb, dataOut, act: (part) => part.set(dataOut) });
};

const writeAtomic: Step = async (model) => {
  const range = model.range();
  const dataOut = model.bytes(range.blocks);
  const cdb = writeAtomicCdb.encode({ opcode: 0x9c, ...range });
  await ranged(model, range, { cdb, dataOut, act: (part) => part.set(dataOut) });
};

const orWrite: Step = async (model) => {
  const range = model.range();
  const dataOut = model.bytes(range.blocks);
  // A new generation that is the old one clears bits, and lets the next command set some.
  const bitmapOperation = model.prng.below(2);
  const wide = { opcode: 0x7f, additionalLength: 24, serviceAction: 0x0e, previousGenerationProcessing: 7 };
  const sixteen = bitmapOperation === 0 && model.prng.below(2) === 0;
  await ranged(model, range, {
    cdb: sixteen
      ? block16.encode({ opcode: 0x8b, ...range })
      : orWrite32Cdb.encode({ ...wide, bitmapOperation, ...range }),
    dataOut,
    act: (part) =>
      part.forEach((byte, i) => {
        const other = dataOut[i] as number;
        part[i] = bitmapOperation === 0 ? byte | other : byte & other;
      }),
  });
};

const verify: Step = async (model) => {
  const range = model.range();
  const dataOut = model.bytes(range.blocks);
  const same = model.prng.below(2) === 0 && range.lba + range.blocks <= model.blocks;
  if (same) dataOut.set(model.part(range.lba, range.blocks));
  const cdb = block16.encode({ opcode: 0x8f, bytchk: 1, ...range });
  await ranged(model, range, {
    cdb,
    dataOut,
    act: (part) => part.some((byte, i) => byte !== dataOut[i]) ? "e/1d/00" : undefined,
  });
};

const compareAndWrite: Step = async (model) => {
  const { lba } = model.range();
  const blocks = 1 + model.prng.below(4);
  const dataOut = model.bytes(2 * blocks);
  const half = blocks * model.blockSize;
  if (model.prng.below(3) > 0 && lba + blocks <= model.blocks) dataOut.set(model.part(lba, blocks));
  const cdb = compareAndWriteCdb.encode({ opcode: 0x89, lba, blocks });
  await ranged(model, { lba, blocks }, {
    cdb,
    dataOut,
    act(part) {
      if (part.some((byte, i) => byte !== dataOut[i])) return "e/1d/00";
      part.set(dataOut.subarray(half));
    },
  });
};

const writeSame: Step = async (model) => {
  const range = model.range();
  // Zero blocks would go to the end.
  if (range.blocks === 0) range.blocks = model.blocks - range.lba;
  const dataOut = model.bytes(1);
  const unmap = model.prng.below(2) === 0;
  const cdb = model.prng.pick([
    writeSame10Cdb.encode({ opcode: 0x41, unmap, ...range }),
    writeSame16Cdb.encode({ opcode: 0x93, unmap, ...range }),
  ]);
  await ranged(model, range, {
    cdb,
    dataOut,
    act(part) {
      for (let at = 0; at < part.length; at += dataOut.length) part.set(dataOut, at);
    },
  });
};

const unmap: Step = async (model) => {
  const ranges = Array.from({ length: model.prng.below(4) }, () => model.range());
  const dataOut = new Uint8Array(unmapHeader.size + ranges.length * unmapDescriptor.size);
  unmapHeader.encode({ dataLength: dataOut.length - 2, descriptorLength: dataOut.length - unmapHeader.size }, dataOut);
  ranges.forEach((range, i) => unmapDescriptor.encode(range, dataOut, unmapHeader.size + i * unmapDescriptor.size));
  const { reason } = await model.send(unmapCdb.encode({ opcode: 0x42, parameterListLength: dataOut.length }), dataOut);
  const outside = ranges.some(({ lba, blocks }) => lba + blocks > model.blocks);
  assertEquals(reason, outside ? "5/21/00" : "");
  if (!outside) { for (const { lba, blocks } of ranges) model.part(lba, blocks).fill(0); }
};

const prefetch: Step = async (model) => {
  const range = model.range();
  await ranged(model, range, { cdb: block10.encode({ opcode: 0x34, ...range }), act: () => {}, good: 4 });
};

/** Whatever is deallocated reads as zeros, and every block from the first on is in one range. */
const getLbaStatus: Step = async (model) => {
  const { lba } = model.range();
  const cdb = getLbaStatus16Cdb.encode({ opcode: 0x9e, serviceAction: 0x12, lba, allocationLength: 0x1_0000 });
  const { data, status } = await model.send(cdb);
  assertEquals(status, 0);
  let next = lba;
  for (let at = 8; at < data.length; at += lbaStatusDescriptor.size) {
    const range = lbaStatusDescriptor.decode(data, at);
    assertEquals(range.lba, next);
    assert(range.blocks > 0);
    next += range.blocks;
    if (range.status === 1) assert(model.part(range.lba, range.blocks).every((byte) => byte === 0), "data in a hole");
  }
  assertEquals(next, model.blocks);
};

const steps: Readonly<Record<string, Step>> = {
  read,
  write,
  writeAtomic,
  orWrite,
  verify,
  compareAndWrite,
  writeSame,
  unmap,
  prefetch,
  getLbaStatus,
};

async function play(store: BlockStore, blockSize: number, seed: number): Promise<void> {
  const model = new Model(store, blockSize, seed);
  const names = Object.keys(steps);
  for (let round = 0; round < 400; round++) {
    model.what = model.prng.pick(names);
    await (steps[model.what] as Step)(model);
  }
  const all = new Uint8Array(size);
  await store.read(all, 0);
  assertEquals(all, model.data);
}

for (const blockSize of [512, 4096]) {
  Deno.test(`block commands do to memory what they do to an array, in blocks of ${blockSize}`, async () => {
    for (let seed = 1; seed <= 4; seed++) {
      await play(new MemoryStore(size, { pageSize: 4096, volatileCache: seed % 2 === 0 }), blockSize, seed);
    }
  });

  Deno.test(`block commands do to a file what they do to an array, in blocks of ${blockSize}`, async () => {
    await using scratch = await Scratch.make();
    for (const [seed, policy] of [{ large: 0 }, { slow: Infinity }].entries()) {
      await using store = await FileStore.open(scratch.path(`${seed}.img`), { size, policy });
      await play(store, blockSize, 10 + seed);
    }
  });
}
