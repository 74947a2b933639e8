/**
 * `lunbox create`: an empty disk image.
 *
 * @module
 */

import { ProgressBar } from "@std/cli/unstable-progress-bar";
import { StoreOpenError } from "../store/errors.ts";
import { createImage } from "../store/file_create.ts";
import { traitsOf } from "../store/file_system.ts";
import { parseStoreSpec } from "../store/open.ts";
import { formatSize } from "../store/size.ts";
import { parse } from "./args.ts";
import { commandNamed } from "./commands.ts";
import { exitCode, UsageError } from "./errors.ts";
import type { Host, Output } from "./host.ts";
import { printable } from "./output.ts";
import { sizeOf } from "./serve_plan.ts";
import { createOptions, helpOption } from "./small_options.ts";

/** The smallest logical block: every image is a multiple of it. */
const granularity = 512;

/**
 * Runs `lunbox create`; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense
 * @throws {StoreOpenError} when the image cannot be created
 */
export async function create(host: Host, args: readonly string[]): Promise<number> {
  const operands = commandNamed("create")?.operands ?? [];
  const parsed = parse(args, { options: [...createOptions, helpOption], operands, env: host.env });
  const { values } = parsed;
  const path = pathOf(parsed.operands[0] ?? "");
  if (values.size === undefined) {
    throw new UsageError(`Cannot create ${path}: the size is missing, write --size 10G`);
  }
  const size = sizeOf(values.size, "--size");
  if (size % granularity !== 0) {
    throw new UsageError(`Cannot use --size ${values.size}: ${size} bytes are no multiple of ${granularity}`);
  }
  const done = await made(host, path, { size, overwrite: values.force, preallocate: values.preallocate });
  if (!done) {
    host.stderr.write(`Interrupted: ${printable(path)} is not created\n`);
    return exitCode.interrupted;
  }
  const sparse = !values.preallocate && traitsOf(host.os).growsSparse;
  if (!values.quiet) host.stdout.write(createdText(path, size, sparse));
  return exitCode.ok;
}

interface Wanted {
  readonly size: number;
  readonly overwrite: boolean;
  readonly preallocate: boolean;
}

class Interruption extends Error {}

/** Whether the image was made; `false` when the user stopped it. */
async function made(host: Host, path: string, wanted: Wanted): Promise<boolean> {
  let stopped = false;
  const release = host.onStop(() => stopped = true);
  const bar = wanted.preallocate ? progressBar(host.stderr, wanted.size) : undefined;
  const progress = (done: number) => {
    // What was begun is removed when this throws.
    if (stopped) throw new Interruption();
    if (bar !== undefined) bar.value = done;
  };
  try {
    await createImage(path, wanted.size, { ...wanted, progress });
    return true;
  } catch (error) {
    if (error instanceof Interruption) return false;
    if (error instanceof StoreOpenError && error.reason === "exists") {
      throw new StoreOpenError(
        `Cannot create ${path}: it exists; take another name, or replace it with --force`,
        "exists",
        error,
      );
    }
    throw error;
  } finally {
    await bar?.stop();
    release();
  }
}

function progressBar(output: Output, max: number): ProgressBar | undefined {
  if (!output.isTerminal) return undefined;
  const decoder = new TextDecoder();
  const writable = new WritableStream<Uint8Array>({
    write: (bytes) => output.write(decoder.decode(bytes, { stream: true })),
  });
  return new ProgressBar({ max, writable, keepOpen: false, clear: true, barLength: Math.max(10, output.columns - 50) });
}

function pathOf(text: string): string {
  const { kind, path } = parseStoreSpec(text);
  if (kind === "file") return path;
  throw new UsageError(`Cannot create ${text}: it is no file, and needs no creating`);
}

function createdText(path: string, size: number, sparse: boolean): string {
  const how = sparse ? "sparse" : "allocated";
  const word = /^[\w@%+=:./\\-]+$/.test(path) ? path : `"${printable(path)}"`;
  return `Created ${printable(path)} (${formatSize(size)}, ${how}); serve it with lunbox serve --image ${word}\n`;
}
