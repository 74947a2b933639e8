/**
 * Reads of what Linux has in its page cache, and of nothing else: preadv2(2) with RWF_NOWAIT returns at once where a read
 * would have to wait for the disk. With it there is nothing to guess about a file.
 *
 * Data path: allocates nothing, once it has seen a buffer.
 *
 * @module
 */

import { addressOf, BufferAddresses } from "./file_addresses.ts";
import type { OpenedFile } from "./file_platform.ts";
import { openAgain } from "./file_posix.ts";
import { loadFirst, loadPosix, type PosixCalls } from "./file_posix_calls.ts";

/** The door to reads that never wait for a disk. */
export interface CachedReads {
  /**
   * Fills the start of `into` from byte `at` on.
   *
   * @returns how many bytes were there without waiting; less than 1 when none were, or when there was an error
   */
  read(into: Uint8Array, at: number): number;
  /** Lets go of everything. */
  close(): void;
}

/** RWF_NOWAIT. */
const noWait = 8;

// The result is shorter than that of C, and spares a BigInt: nobody reads 2 GiB at once.
const symbols = {
  preadv2: { parameters: ["i32", "buffer", "i32", "i64", "i32"], result: "i32" },
  addressOf,
} as const;

/** Opens the file once more for such reads; `undefined` where the system or the file system has none. Never throws. */
export function openCachedReads(target: OpenedFile): CachedReads | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    return open(target);
  } catch {
    return undefined;
  }
}

function open({ path, info }: OpenedFile): CachedReads | undefined {
  const calls = loadPosix("linux");
  if (calls === undefined) return undefined;
  const library = loadFirst("linux", (path) => Deno.dlopen(path, symbols));
  const descriptor = library === undefined ? -1 : openAgain(calls, { path, info, readOnly: true });
  if (library === undefined || descriptor < 0) {
    library?.close();
    calls.unload();
    return undefined;
  }
  const reads = new LinuxCachedReads(library, calls, descriptor);
  if (works(path, reads)) return reads;
  reads.close();
  return undefined;
}

type Library = Deno.DynamicLibrary<typeof symbols>;

/** What was read just before is in the cache. */
function works(path: string, reads: CachedReads): boolean {
  const byte = new Uint8Array(1);
  using file = Deno.openSync(path);
  return file.readSync(byte) === 1 && reads.read(byte, 0) === 1;
}

class LinuxCachedReads implements CachedReads {
  readonly #library: Library;
  readonly #calls: PosixCalls;
  readonly #descriptor: number;
  /** `struct iovec`: the address and the length of where the bytes go, 64 bits each. */
  readonly #vector: Uint8Array<ArrayBuffer> = new Uint8Array(16);
  readonly #words: Uint32Array<ArrayBuffer> = new Uint32Array(this.#vector.buffer);
  readonly #addresses: BufferAddresses;

  constructor(library: Library, calls: PosixCalls, descriptor: number) {
    this.#library = library;
    this.#calls = calls;
    this.#descriptor = descriptor;
    this.#addresses = new BufferAddresses(library.symbols.addressOf);
  }

  read(into: Uint8Array, at: number): number {
    const address = this.#addresses.of(into);
    const words = this.#words;
    words[0] = address;
    words[1] = address / 0x1_0000_0000;
    words[2] = into.length;
    // A number does where the types want a BigInt.
    return this.#library.symbols.preadv2(this.#descriptor, this.#vector, 1, at as never, noWait);
  }

  close(): void {
    this.#calls.close(this.#descriptor);
    this.#calls.unload();
    this.#library.close();
  }
}
