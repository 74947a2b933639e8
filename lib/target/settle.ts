/**
 * The end of a server: what runs comes to its end and every store is flushed, as far as stores answer at all.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { BlockStore } from "../store/store.ts";
import type { Target } from "./target.ts";

/** A store has not answered: what was written to it and not flushed before may be lost. */
export class StoreSilentError extends Error {
  override readonly name = "StoreSilentError";
  /** The stores that have not been flushed: closing one may hold up whoever tries. */
  readonly stores: ReadonlySet<BlockStore>;

  constructor(message: string, stores: Iterable<BlockStore> = []) {
    super(message);
    this.stores = new Set(stores);
  }
}

/** What is waited for, and how long. */
export interface SettleOptions {
  /** Settles when no command is with a store any more. */
  readonly idle: Promise<void>;
  /** Milliseconds for commands to end, and then again for stores to flush. */
  readonly timeout: number;
  readonly log?: Logger | undefined;
}

/**
 * Waits for running commands and flushes every store that can be written, all at the same time, so that one which does
 * not answer holds up no other.
 *
 * @throws {StoreSilentError} when one has not answered in time
 * @throws {Error} what a store says that could not be flushed
 */
export async function settleStores(targets: Iterable<Target>, options: SettleOptions): Promise<void> {
  const { timeout, log } = options;
  const ended = await within(options.idle, timeout);
  const flushes = [...targets].flatMap((target) =>
    target.numbers().map(async (lun) => {
      const store = target.at(lun)?.store;
      if (store === undefined || store.capabilities.readOnly) return [];
      if (await within((async () => await store.flush())(), timeout)) return [];
      log?.error("disk does not answer: it is not flushed", { target: target.name, lun, after: `${timeout} ms` });
      return [{ name: `LUN ${lun} of ${target.name}`, store }];
    })
  );
  const silent: { name: string; store: BlockStore }[] = [];
  const failures: unknown[] = [];
  for (const outcome of await Promise.allSettled(flushes)) {
    if (outcome.status === "fulfilled") silent.push(...outcome.value);
    else failures.push(outcome.reason);
  }
  if (silent.length > 0) {
    const names = silent.map(({ name }) => name).join(", ");
    throw new StoreSilentError(
      `Cannot flush ${names}: no answer within ${timeout} ms; what was not flushed before may be lost`,
      silent.map(({ store }) => store),
    );
  }
  if (failures.length > 0) throw failures[0];
  if (!ended) {
    log?.error("commands do not end: a disk does not answer", { after: `${timeout} ms` });
    throw new StoreSilentError(`Cannot end commands: a disk has not answered them within ${timeout} ms`);
  }
}

/** Whether a promise has settled in time; throws what it was rejected with. */
async function within(promise: Promise<void>, timeout: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), timeout));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
    // Nobody is left to hear what becomes of it.
    promise.catch(() => {});
  }
}
