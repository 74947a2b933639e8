/**
 * The rings of io_uring(7) in memory that is shared with Linux: where reads are asked for, and where it says what they gave.
 * They are written and read by copies, because the runtime lets nobody look at memory without more permission.
 *
 * A thread of the system takes what is asked for (IORING_SETUP_SQPOLL). Linux goes on with a read on the thread that has
 * submitted it; were it one of the runtime's, the read would stand still as long as that thread is with another disk.
 *
 * Tested in tests/store/file_ring_test.ts.
 *
 * @module
 */

import { addressOf, BufferAddresses } from "./file_addresses.ts";
import { openAgain } from "./file_posix.ts";
import { loadFirst, loadPosix, type PosixCalls } from "./file_posix_calls.ts";

/** Told of a read that is over: which, and the bytes that it gave or an error number below zero. */
export type Completion = (slot: number, result: number) => void;

/** The two rings of one file. */
export interface Rings {
  /** Reads that may be underway at a time; each has a slot of its own, from 0 on. */
  readonly slots: number;
  /** Puts a read beside others that are to be submitted. `into` has to stay until it is over. */
  put(slot: number, into: Uint8Array, at: number): void;
  /** Submits what was put. */
  submit(): void;
  /**
   * Waits for a read to be over that was not taken. Away from the thread.
   *
   * @returns below 0 when that failed, as when a signal came
   */
  wait(): Promise<number>;
  /** Takes what is over. */
  take(completion: Completion): void;
  /** Lets go of everything; nothing may be underway. */
  close(): void;
}

/** Which file to read. */
export interface RingTarget {
  readonly path: string;
  /** What the path led to; no other file is read. */
  readonly info: Deno.FileInfo;
}

const enter = { parameters: ["usize", "i32", "u32", "u32", "u32", "usize", "usize"], result: "i32" } as const;

const symbols = {
  setup: { parameters: ["usize", "u32", "buffer"], result: "i32", name: "syscall" },
  wake: { ...enter, name: "syscall" },
  wait: { ...enter, name: "syscall", nonblocking: true },
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "usize"], result: "isize" },
  munmap: { parameters: ["usize", "usize"], result: "i32" },
  store: { parameters: ["usize", "buffer", "usize"], result: "void", name: "memcpy" },
  // Wide characters are words, and each is stored as one: whoever looks at it meanwhile sees no half of it.
  storeWord: { parameters: ["usize", "i32", "usize"], result: "void", name: "wmemset" },
  load: { parameters: ["buffer", "usize", "usize"], result: "void", name: "memcpy" },
  addressOf,
} as const;

type Library = Deno.DynamicLibrary<typeof symbols>;

/** Numbers of system calls, the same on all processors. */
const setupNumber = 425n;
const enterNumber = 426n;

const slots = 256;

/** `struct io_uring_params` in words: what the rings have room for, and where in memory their parts are. */
const parameterWords = 30;
const submissions = 0;
const completions = 1;
const setupFlags = 2;
const idleTime = 4;
const features = 5;
const submissionOffsets = 10;
const completionOffsets = 20;
const headWord = 0;
const tailWord = 1;
/** In the submission ring: what the thread of the system says, and which entries are meant. */
const flagsWord = 4;
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
/** IORING_ENTER_GETEVENTS and IORING_ENTER_SQ_WAKEUP. */
const getEvents = 1;
const wakeUp = 2;
/** IORING_SETUP_SQPOLL, and the milliseconds without anything to do after which the thread of the system sleeps. */
const pollingThread = 2;
const sleepAfter = 1;
/** IORING_SQ_NEED_WAKEUP: it sleeps. */
const asleep = 1;

/** Rings that are open on this event loop. */
let open = 0;

/**
 * Opens the file once more, with rings for it; `undefined` where the system has none, or does not let us. Never throws.
 *
 * Until it sleeps, the thread behind a ring takes all of a processor: there are fewer of them than there are processors.
 */
export function openRings({ path, info }: RingTarget): Rings | undefined {
  if (Deno.build.os !== "linux" || open + 1 >= navigator.hardwareConcurrency) return undefined;
  try {
    const library = loadFirst("linux", (path) => Deno.dlopen(path, symbols));
    if (library === undefined) return undefined;
    const calls = loadPosix("linux");
    if (calls === undefined) {
      library.close();
      return undefined;
    }
    const file = openAgain(calls, { path, info, readOnly: true });
    const rings = file < 0 ? undefined : setUp(library, calls, file);
    if (rings !== undefined) {
      open++;
      return rings;
    }
    if (file >= 0) calls.close(file);
    library.close();
    calls.unload();
  } catch {
    // There are none, then.
  }
  return undefined;
}

function setUp(library: Library, calls: PosixCalls, file: number): Rings | undefined {
  const words = new Uint32Array(parameterWords);
  words[setupFlags] = pollingThread;
  words[idleTime] = sleepAfter;
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
  return new LinuxRings({ library, calls, file, ring, words, base, length, entries, entriesLength });
}

function map({ symbols }: Library, ring: number, length: number, offset: bigint): number | undefined {
  const address = Number(symbols.mmap(0n, BigInt(length), protection, mapping, ring, offset));
  return address === -1 ? undefined : address;
}

function word(words: Uint32Array, at: number): number {
  return words[at] as number;
}

interface RingParts {
  readonly library: Library;
  readonly calls: PosixCalls;
  /** Descriptors. */
  readonly file: number;
  readonly ring: number;
  /** `struct io_uring_params`. */
  readonly words: Uint32Array;
  /** Addresses and lengths of what is shared. */
  readonly base: number;
  readonly length: number;
  readonly entries: number;
  readonly entriesLength: number;
}

class LinuxRings implements Rings {
  readonly slots: number;
  readonly #parts: RingParts;
  readonly #addresses: BufferAddresses;
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
    this.#addresses = new BufferAddresses(parts.library.symbols.addressOf);
    this.slots = Math.min(slots, word(parts.words, submissions));
    this.#submissionMask = word(parts.words, submissions) - 1;
    this.#completionMask = word(parts.words, completions) - 1;
    // Entries are used in the order in which they lie.
    for (let i = 0; i <= this.#submissionMask; i++) {
      this.#setWord(parts.base + word(parts.words, submissionOffsets + arrayWord) + i * 4, i);
    }
  }

  put(slot: number, into: Uint8Array, at: number): void {
    const { file, entries } = this.#parts;
    const entry = this.#submission;
    entry.setUint8(0, readOperation);
    entry.setInt32(4, file, true);
    setNumber64(entry, 8, at);
    setNumber64(entry, 16, this.#addresses.of(into));
    entry.setUint32(24, into.length, true);
    entry.setUint32(32, slot, true);
    const place = entries + (this.#tail & this.#submissionMask) * submissionLength;
    this.#store(place, this.#submissionBytes);
    this.#tail = this.#tail + 1 >>> 0;
  }

  submit(): void {
    const { library, ring, base, words } = this.#parts;
    this.#order();
    this.#setWord(base + word(words, submissionOffsets + tailWord), this.#tail);
    this.#order();
    if ((this.#wordAt(submissionOffsets + flagsWord) & asleep) === 0) return;
    library.symbols.wake(enterNumber, ring, 0, 0, wakeUp, 0n, 0n);
  }

  wait(): Promise<number> {
    const { library, ring } = this.#parts;
    return library.symbols.wait(enterNumber, ring, 0, 1, getEvents, 0n, 0n);
  }

  take(completion: Completion): void {
    const { base, words } = this.#parts;
    const tail = this.#wordAt(completionOffsets + tailWord);
    if (this.#head === tail) return;
    // What an entry says is looked at after the tail that covers it.
    this.#order();
    const entries = base + word(words, completionOffsets + entriesWord);
    while (this.#head !== tail) {
      this.#load(this.#completionBytes, entries + (this.#head & this.#completionMask) * completionLength);
      this.#head = this.#head + 1 >>> 0;
      completion(this.#completion.getUint32(0, true), this.#completion.getInt32(8, true));
    }
    this.#order();
    this.#setWord(base + word(words, completionOffsets + headWord), this.#head);
  }

  close(): void {
    const { library, calls, file, ring, base, length, entries, entriesLength } = this.#parts;
    library.symbols.munmap(BigInt(base), BigInt(length));
    library.symbols.munmap(BigInt(entries), BigInt(entriesLength));
    calls.close(ring);
    calls.close(file);
    library.close();
    calls.unload();
    open--;
  }

  /** What comes before happens before what comes after, on processors too that change the order. */
  #order(): void {
    Atomics.store(this.#fence, 0, 1);
    Atomics.load(this.#fence, 0);
  }

  /** The word that an offset of the parameters tells the place of: whole, though it change while it is copied. */
  #wordAt(offset: number): number {
    const address = this.#parts.base + word(this.#parts.words, offset);
    for (let before = -1;;) {
      this.#load(this.#wordBytes, address);
      const now = word(this.#word, 0);
      if (now === before) return now;
      before = now;
    }
  }

  #setWord(address: number, value: number): void {
    this.#parts.library.symbols.storeWord(BigInt(address), value | 0, 1n);
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
