/**
 * Opens a store by what a person writes on the command line or into a configuration.
 *
 * @module
 */

import { StoreOpenError } from "./errors.ts";
import type { Transfers } from "./file_policy.ts";
import { FileStore, type FileStoreOptions } from "./file_store.ts";
import { ReadOnlyStore } from "./filters/read_only.ts";
import { MemoryStore } from "./memory_store.ts";
import { NullStore } from "./null_store.ts";
import { parseSize } from "./size.ts";
import type { BlockStore } from "./store.ts";

/** The kinds of stores that a specification can name. */
export type StoreKind = "file" | "memory" | "null";

/** A specification in its parts. */
export interface StoreSpec {
  readonly kind: StoreKind;
  /** The path of the file; empty for stores without. */
  readonly path: string;
  /** Bytes, where the specification says so. */
  readonly size: number | undefined;
}

/** What is wanted of a store besides its specification. Sizes are bytes. */
export interface OpenOptions {
  /** What the store has to have; a file that is missing or empty gets it. */
  readonly size?: number | undefined;
  /** What a store gets that has no size of its own: a file that is missing or empty, memory without a size. */
  readonly sizeIfMissing?: number | undefined;
  /** Nothing can be changed. */
  readonly readOnly?: boolean | undefined;
  /** A power of two from 1 to 65536; 512 by default. */
  readonly blockSize?: number | undefined;
  /** The medium turns. */
  readonly rotational?: boolean | undefined;
  /** Opens all that will ever be needed now, so that the process may give up its permissions. */
  readonly eager?: boolean | undefined;
  /** Where the transfers of a file are done; found out by default. */
  readonly transfers?: Transfers | undefined;
}

/**
 * Opens what `spec` names:
 * - `disk.img`, `file:disk.img`: a file or a block device, which is created when it is missing and a size is given;
 * - `memory:1G`: memory, gone at the end;
 * - `null:1T`: nothing, for measuring.
 *
 * Sizes are read by {@link parseSize}. Throws a {@link StoreOpenError} whose message says how to go on.
 *
 * @example
 * ```ts
 * import { openStore } from "./open.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const store = await openStore("memory:1G");
 * assertEquals(store.size, 1_073_741_824);
 * await store.close();
 * ```
 */
export async function openStore(spec: string, options: OpenOptions = {}): Promise<BlockStore> {
  const { kind, path, size } = parseStoreSpec(spec);
  if (kind === "file") return await FileStore.open(path, fileOptions(options));
  const bytes = sizeOf(spec, size, options);
  const store = kind === "memory" ? memory(spec, bytes, options.blockSize) : nothing(spec, bytes, options.blockSize);
  return options.readOnly === true ? new ReadOnlyStore(store) : store;
}

/** Takes a specification to pieces. Throws a {@link StoreOpenError} when it is none. */
export function parseStoreSpec(spec: string): StoreSpec {
  // A single letter before the colon is a Windows drive.
  const match = /^([a-z][a-z0-9+-]+):(.*)$/is.exec(spec);
  const kind = match === null ? "file" : match[1]?.toLowerCase();
  const rest = match === null ? spec : match[2] ?? "";
  if (kind !== "file" && kind !== "memory" && kind !== "null") {
    const message = `Cannot open ${spec}: ${kind} is no kind of store (file, memory, null are)`;
    throw new StoreOpenError(`${message}; for a file of that name write file:${spec}`, "spec");
  }
  if (kind === "file") {
    if (rest === "") throw new StoreOpenError(`Cannot open "${spec}": the path is missing`, "spec");
    return { kind, path: rest, size: undefined };
  }
  return { kind, path: "", size: rest === "" ? undefined : specSize(spec, rest) };
}

function specSize(spec: string, text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    throw new StoreOpenError(`Cannot open ${spec}: ${text} is no size, as 512, 10M or 1.5G are`, "spec", error);
  }
}

function sizeOf(spec: string, size: number | undefined, options: OpenOptions): number {
  const wanted = size ?? options.size ?? options.sizeIfMissing;
  if (wanted === undefined) throw new StoreOpenError(`Cannot open ${spec}: it needs a size, as in memory:1G`, "size");
  if (options.size !== undefined && options.size !== wanted) {
    throw new StoreOpenError(`Cannot open ${spec}: ${options.size} bytes are asked for as well; say only one`, "size");
  }
  return wanted;
}

function memory(spec: string, size: number, blockSize: number | undefined): BlockStore {
  try {
    return new MemoryStore(size, blockSize === undefined ? {} : { blockSize });
  } catch (error) {
    throw new StoreOpenError(
      `Cannot open ${spec}: ${size} bytes do not make blocks of ${blockSize ?? 512}`,
      "size",
      error,
    );
  }
}

function nothing(spec: string, size: number, blockSize: number | undefined): BlockStore {
  try {
    return new NullStore(size, blockSize);
  } catch (error) {
    throw new StoreOpenError(
      `Cannot open ${spec}: ${size} bytes do not make blocks of ${blockSize ?? 512}`,
      "size",
      error,
    );
  }
}

function fileOptions(options: OpenOptions): FileStoreOptions {
  const { size, sizeIfMissing, readOnly, blockSize, rotational, eager, transfers } = options;
  return {
    ...(size === undefined ? {} : { size }),
    ...(sizeIfMissing === undefined ? {} : { sizeIfMissing }),
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(rotational === undefined ? {} : { rotational }),
    ...(eager === undefined ? {} : { eager }),
    ...(transfers === undefined ? {} : { transfers }),
  };
}
