/**
 * Reads of a file, by the best way that the system has.
 *
 * Data path: what the system has cached is read on the event loop, without a promise. What it has not, or is large, is read
 * through a ring where there is one, else in the lanes. Where the system does not tell what it has, a policy guesses.
 *
 * @module
 */

import { type CachedReads, openCachedReads } from "./file_cached.ts";
import type { FileHandle } from "./file_handle.ts";
import type { FileLanes } from "./file_lanes.ts";
import type { OpenedFile } from "./file_platform.ts";
import { FilePolicy, type FilePolicyOptions, type Transfers } from "./file_policy.ts";
import { ReadRing, type WaitingReads } from "./file_ring.ts";

/** Which ways to look for. */
export interface ReadDoorOptions {
  /** Where transfers are done; found out by default. */
  readonly transfers?: Transfers;
  /** Reads that never wait for the disk, where this system has them; found out by default, `null` for none. */
  readonly cachedReads?: CachedReads | null;
  /** Reads that wait for the disk without a thread for each; found out where there are cached reads, `null` for none. */
  readonly waitingReads?: WaitingReads | null;
}

/** The ways that a system has beside the usual ones. */
export interface ReadDoors {
  readonly cached: CachedReads | undefined;
  readonly waiting: WaitingReads | undefined;
  /** Waits for what is underway, then lets go of everything. */
  close(): Promise<void>;
}

/** Opens the file once more for each way that there is. Who decides where transfers are done needs none. Never rejects. */
export async function openReadDoors(
  target: OpenedFile,
  { transfers = "auto", cachedReads, waitingReads }: ReadDoorOptions,
): Promise<ReadDoors> {
  const cached = transfers !== "auto" || cachedReads === null ? undefined : cachedReads ?? openCachedReads(target);
  const waiting = cached === undefined || waitingReads === null
    ? undefined
    : waitingReads ?? await ReadRing.open(target);
  return {
    cached,
    waiting,
    async close(): Promise<void> {
      cached?.close();
      await waiting?.close();
    },
  };
}

/** The usual ways, which every system has. */
export interface UsualReads {
  readonly handle: FileHandle;
  readonly lanes: FileLanes;
  readonly policy: FilePolicyOptions;
}

/** Reads one file. */
export class FileReads {
  readonly #doors: ReadDoors;
  readonly #cached: CachedReads | undefined;
  readonly #waiting: WaitingReads | undefined;
  readonly #handle: FileHandle;
  readonly #lanes: FileLanes;
  readonly #policy: FilePolicy;

  constructor(doors: ReadDoors, { handle, lanes, policy }: UsualReads) {
    this.#doors = doors;
    this.#cached = doors.cached;
    this.#waiting = doors.waiting;
    this.#handle = handle;
    this.#lanes = lanes;
    this.#policy = new FilePolicy(policy);
  }

  /** Fills `into` from byte `at` on. Throws, or rejects with, a `StoreError`. */
  read(into: Uint8Array, at: number): void | Promise<void> {
    if (this.#cached !== undefined) return this.#readCached(this.#cached, into, at);
    const policy = this.#policy;
    if (!policy.onLoop(into.length)) return policy.watch(this.#lanes.read(into, at), into.length);
    policy.start();
    this.#handle.readNow(into, at);
    policy.finish(into.length);
  }

  /** Waits for what is underway on ways of our own; the usual ones are whose they are. */
  close(): Promise<void> {
    return this.#doors.close();
  }

  #readCached(cached: CachedReads, into: Uint8Array, at: number): void | Promise<void> {
    if (this.#policy.large(into.length)) return this.#fetch(into, at);
    const length = cached.read(into, at);
    if (length === into.length) return;
    return length > 0 ? this.#fetch(into.subarray(length), at + length) : this.#fetch(into, at);
  }

  /** Where there is no room, an error or the end of the file, the lanes know what to do or to say. */
  async #fetch(into: Uint8Array, at: number): Promise<void> {
    const length = Math.max(0, await this.#waiting?.read(into, at) ?? 0);
    if (length < into.length) await this.#lanes.read(into.subarray(length), at + length);
  }
}
