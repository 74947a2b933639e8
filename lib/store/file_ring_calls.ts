/**
 * The rings of io_uring(7) in memory that is shared with Linux: where reads are asked for, and where it says what they gave.
 * They are written and read by copies, because the runtime lets nobody look at memory without more permission.
 *
 * Linux goes on with a read on the thread that has submitted it. So that thread stays with its reads until they are over:
 * else the runtime would have it wait for another disk, and they would stand still for as long as that one hangs.
 *
 * Tested in tests/store/file_ring_test.ts.
 *
 * @module
 */

import { addressOf, BufferAddresses } from "./file_addresses.ts";
import type { OpenedFile } from "./file_platform.ts";
import { openAgain } from "./file_posix.ts";
import { loadFirst, loadPosix, type PosixCalls } from "./file_posix_calls.ts";

/** Told of a read that is over: which, and the bytes that it gave or an error number below zero. */
export type Completion = (slot: number, result: number) => void;

/** Two rings: one takes reads, the other gives their results. Nobody puts or takes anything while a call is away. */
export interface Ring {
  /** Puts a read beside others that are to be submitted. `into` has to stay until it is over. */
  put(slot: number, into: Uint8Array, at: number): void;
  /**
   * Submits what was put, and waits until so many reads are over. Away from the thread.
   *
   * @returns below 0 when that failed
   */
  enter(count: number): Promise<number>;
  /** Takes what is over. */
  take(completion: Completion): void;
}

/** The rings of one file. */
export interface Rings {
  readonly rings: readonly Ring[];
  /** Reads that may be underway in each; they have slots of their own, from 0 on. */
  readonly slots: number;
  /** Lets go of everything; nothing may be underway. */
  close(): void;
}

const symbols = {
  setup: { parameters: ["usize", "u32", "buffer"], result: "i32", name: "syscall" },
  enter: {
    parameters: ["usize", "i32", "u32", "u32", "u32", "usize", "usize"],
    result: "i32",
    name: "syscall",
    nonblocking: true,
  },
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "usize"], result: "isize" },
  munmap: { parameters: ["usize", "usize"], result: "i32" },
  store: { parameters: ["usize", "buffer", "usize"], result: "void", name: "memcpy" },
  load: { parameters: ["buffer", "usize", "usize"], result: "void", name: "memcpy" },
  addressOf,
} as const;

type Library = Deno.DynamicLibrary<typeof symbols>;

/** Numbers of system calls, the same on all processors. */
const setupNumber = 425n;
const enterNumber = 426n;

/** Threads that a file may take at a time, and the reads of each. */
const rings = 8;
const slots = 32;

/** `struct io_uring_params` in words: what the rings have room for, and where in memory their parts are. */
const parameterWords = 30;
const submissions = 0;
const completions = 1;
const features = 5;
const submissionOffsets = 10;
const completionOffsets = 20;
const headWord = 0;
const tailWord = 1;
/** In the submission ring: which entries are meant. */
const arrayWord = 6;
/** In the completion ring: the entries. */
const entriesWord = 5;

/** IORING_FEAT_SINGLE_MMAP: both rings lie in one piece. */
const onePiece = 1;
/** IORING_OFF_SQES. */
const entriesOffset = 0x1000_0000n;
/** PROT_READ and PROT_WRITE; MAP_SHARED and MAP_POPULATE. */
const protection = 3;
const mapping = 0x8001;

/** `struct io_uring_sqe` and `struct io_uring_cqe`. */
const submissionLength = 64;
const completionLength = 16;
/** IORING_OP_READ. */
const readOperation = 22;
/** IORING_ENTER_GETEVENTS. */
const getEvents = 1;

/** Opens the file once more, with rings for it; `undefined` where the system has none, or does not let us. Never throws. */
export function openRings({ path, info }: OpenedFile): Rings | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const library = loadFirst("linux", (path) => Deno.dlopen(path, symbols));
    if (library === undefined) return undefined;
    const calls = loadPosix("linux");
    const file = calls === undefined ? -1 : openAgain(calls, { path, info, readOnly: true });
    if (calls !== undefined && file >= 0) {
      const opened = new LinuxRings(library, calls, file);
      if (opened.rings.length > 0) return opened;
      opened.close();
      return undefined;
    }
    calls?.unload();
    library.close();
  } catch {
    // There are none, then.
  }
  return undefined;
}

class LinuxRings implements Rings {
  readonly slots = slots;
  readonly rings: readonly LinuxRing[];
  readonly #library: Library;
  readonly #calls: PosixCalls;
  readonly #file: number;

  /** As many as the system lets us have. */
  constructor(library: Library, calls: PosixCalls, file: number) {
    this.#library = library;
    this.#calls = calls;
    this.#file = file;
    const addresses = new BufferAddresses(library.symbols.addressOf);
    const opened: LinuxRing[] = [];
    while (opened.length < rings) {
      const parts = setUp(library, calls);
      if (parts === undefined) break;
      opened.push(new LinuxRing({ ...parts, library, file, addresses }));
    }
    this.rings = opened;
  }

  close(): void {
    for (const ring of this.rings) ring.close(this.#calls);
    this.#calls.close(this.#file);
    this.#library.close();
    this.#calls.unload();
  }
}

function setUp(library: Library, calls: PosixCalls): MappedParts | undefined {
  const words = new Uint32Array(parameterWords);
  const ring = library.symbols.setup(setupNumber, slots, new Uint8Array(words.buffer));
  if (ring < 0) return undefined;
  const length = Math.max(
    word(words, submissionOffsets + arrayWord) + word(words, submissions) * 4,
    word(words, completionOffsets + entriesWord) + word(words, completions) * completionLength,
  );
  const entriesLength = word(words, submissions) * submissionLength;
  const whole = (word(words, features) & onePiece) !== 0;
  const base = whole ? map(library, ring, length, 0n) : undefined;
  const entries = base === undefined ? undefined : map(library, ring, entriesLength, entriesOffset);
  if (base === undefined || entries === undefined) {
    if (base !== undefined) library.symbols.munmap(BigInt(base), BigInt(length));
    calls.close(ring);
    return undefined;
  }
  return { ring, words, base, length, entries, entriesLength };
}

function map({ symbols }: Library, ring: number, length: number, offset: bigint): number | undefined {
  const address = Number(symbols.mmap(0n, BigInt(length), protection, mapping, ring, offset));
  return address === -1 ? undefined : address;
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number;
}

interface MappedParts {
  /** The descriptor. */
  readonly ring: number;
  /** `struct io_uring_params`. */
  readonly words: Uint32Array;
  /** Addresses and lengths of what is shared. */
  readonly base: number;
  readonly length: number;
  readonly entries: number;
  readonly entriesLength: number;
}

interface RingParts extends MappedParts {
  readonly library: Library;
  readonly file: number;
  readonly addresses: BufferAddresses;
}

class LinuxRing implements Ring {
  readonly #parts: RingParts;
  /** Masks of the indexes of the two rings. */
  readonly #submissionMask: number;
  readonly #completionMask: number;
  /** Where the next submission goes, and where the next completion comes from; they count up, and around at 2^32. */
  #tail = 0;
  #head = 0;
  /** An entry that is copied into the ring. */
  readonly #submission = new DataView(new ArrayBuffer(submissionLength));
  readonly #submissionBytes = new Uint8Array(this.#submission.buffer);
  readonly #completion = new DataView(new ArrayBuffer(completionLength));
  readonly #completionBytes = new Uint8Array(this.#completion.buffer);
  readonly #word = new Uint32Array(1);
  readonly #wordBytes = new Uint8Array(this.#word.buffer);
  readonly #fence = new Int32Array(1);

  constructor(parts: RingParts) {
    this.#parts = parts;
    this.#submissionMask = word(parts.words, submissions) - 1;
    this.#completionMask = word(parts.words, completions) - 1;
    // Entries are used in the order in which they lie.
    for (let i = 0; i <= this.#submissionMask; i++) {
      this.#setWord(parts.base + word(parts.words, submissionOffsets + arrayWord) + i * 4, i);
    }
  }

  put(slot: number, into: Uint8Array, at: number): void {
    const { file, base, words, entries, addresses } = this.#parts;
    const entry = this.#submission;
    entry.setUint8(0, readOperation);
    entry.setInt32(4, file, true);
    setNumber64(entry, 8, at);
    setNumber64(entry, 16, addresses.of(into));
    entry.setUint32(24, into.length, true);
    entry.setUint32(32, slot, true);
    this.#store(entries + (this.#tail & this.#submissionMask) * submissionLength, this.#submissionBytes);
    this.#tail = this.#tail + 1 >>> 0;
    this.#setWord(base + word(words, submissionOffsets + tailWord), this.#tail);
  }

  enter(count: number): Promise<number> {
    const { library, ring } = this.#parts;
    const unsubmitted = this.#tail - this.#wordAt(submissionOffsets + headWord) >>> 0;
    return library.symbols.enter(enterNumber, ring, unsubmitted, count, getEvents, 0n, 0n);
  }

  take(completion: Completion): void {
    const { base, words } = this.#parts;
    const tail = this.#wordAt(completionOffsets + tailWord);
    // After a call that was interrupted more may come meanwhile: entries are looked at after the tail that covers them, on
    // processors too that read ahead.
    Atomics.store(this.#fence, 0, 1);
    Atomics.load(this.#fence, 0);
    const entries = base + word(words, completionOffsets + entriesWord);
    while (this.#head !== tail) {
      this.#load(this.#completionBytes, entries + (this.#head & this.#completionMask) * completionLength);
      this.#head = this.#head + 1 >>> 0;
      completion(this.#completion.getUint32(0, true), this.#completion.getInt32(8, true));
    }
    this.#setWord(base + word(words, completionOffsets + headWord), this.#head);
  }

  close(calls: PosixCalls): void {
    const { library, ring, base, length, entries, entriesLength } = this.#parts;
    library.symbols.munmap(BigInt(base), BigInt(length));
    library.symbols.munmap(BigInt(entries), BigInt(entriesLength));
    calls.close(ring);
  }

  /** The word that an offset of the parameters tells the place of. */
  #wordAt(offset: number): number {
    this.#load(this.#wordBytes, this.#parts.base + word(this.#parts.words, offset));
    return word(this.#word, 0);
  }

  #setWord(address: number, value: number): void {
    this.#word[0] = value;
    this.#store(address, this.#wordBytes);
  }

  #store(address: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#parts.library.symbols.store(BigInt(address), bytes, BigInt(bytes.length));
  }

  #load(bytes: Uint8Array<ArrayBuffer>, address: number): void {
    this.#parts.library.symbols.load(bytes, BigInt(address), BigInt(bytes.length));
  }
}

function setNumber64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, value / 0x1_0000_0000, true);
}
