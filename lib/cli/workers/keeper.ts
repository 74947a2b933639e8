/**
 * Keeps one worker at work: starts it, hears what it says, and starts another in its place when it is lost.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { Ready, RemoteTarget, Report, WorkerJob } from "./messages.ts";
import { logReport } from "./remote_log.ts";
import type { Spawn, Thread } from "./thread.ts";

/** Calls `then` after so many milliseconds, unless the function that it returns is called before. */
export type Later = (milliseconds: number, then: () => void) => () => void;

/** What a keeper is made of. */
export interface KeeperOptions {
  /** The worker's, for the log. */
  readonly name: string;
  readonly spawn: Spawn;
  /** What the worker is to do, asked for whenever one is started. */
  job(): WorkerJob;
  readonly log: Logger;
  readonly later: Later;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** Milliseconds before a lost worker is replaced: the first time, and at most. */
export const backOff = { first: 100, most: 10_000 } as const;

/** Milliseconds of service after which a worker is taken to be in good health again. */
const healthy = 60_000;

/** A worker's keeper. */
export class Keeper {
  /** What the worker has served when it was ready for the first time. */
  readonly ready: Promise<Ready>;
  readonly #options: KeeperOptions;
  readonly #first: PromiseWithResolvers<Ready> = Promise.withResolvers<Ready>();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #thread: Thread | undefined;
  #served = false;
  #ending = false;
  #since = 0;
  #delay: number = backOff.first;
  #cancel: (() => void) | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.ready = this.#first.promise;
    // Whoever starts the worker waits for it; nobody else need hear of it.
    this.ready.catch(() => {});
  }

  /** Starts the worker; rejects when it cannot do what it is to do. */
  start(): Promise<Ready> {
    this.#launch();
    return this.ready;
  }

  /** Tells the worker what the others have; one that is started later learns it from its job. */
  tell(targets: readonly RemoteTarget[]): void {
    this.#thread?.post({ kind: "elsewhere", targets });
  }

  /** Ends the worker; rejects when it could not write everything, or is lost on the way. */
  end(how: "drain" | "stop"): Promise<void> {
    this.#ending = true;
    this.#cancel?.();
    if (this.#thread === undefined) this.#ended.resolve();
    else this.#thread.post({ kind: how });
    return this.#ended.promise;
  }

  #launch(): void {
    const { spawn, name, job } = this.#options;
    const thread = spawn(name);
    this.#thread = thread;
    thread.onReport = (report) => this.#hear(thread, report);
    thread.onLoss = (reason) => this.#lost(thread, reason);
    thread.post({ kind: "serve", job: job() });
  }

  #hear(thread: Thread, report: Report): void {
    const { log, name, now } = this.#options;
    if (report.kind === "log") return logReport(log, report);
    if (thread !== this.#thread) return;
    if (report.kind === "ready") {
      if (this.#served) log.info("worker serves again", { worker: name });
      this.#served = true;
      this.#since = now();
      this.#first.resolve(report.ready);
    } else if (report.kind === "ended") {
      this.#forget();
      if (report.message === undefined) this.#ended.resolve();
      else this.#ended.reject(new Error(report.message));
      this.#first.reject(new Error(`Cannot wait for worker ${name}: it was stopped`));
    } else {
      this.#lost(thread, report.kind === "died" ? report.reason : report.message);
    }
  }

  #lost(thread: Thread, reason: string): void {
    if (thread !== this.#thread) return;
    const { log, name, now, later } = this.#options;
    this.#forget();
    if (!this.#served) this.#first.reject(new Error(reason));
    if (this.#ending && this.#served) {
      // Nobody knows what of its writes has come to stable storage.
      this.#ended.reject(new Error(`Cannot end worker ${name} in an orderly way: ${reason}`));
      return;
    }
    if (!this.#served) return this.#ended.resolve();
    if (now() - this.#since >= healthy) this.#delay = backOff.first;
    this.#since = now();
    log.error("worker failed, another takes its place", { worker: name, reason, after: `${this.#delay} ms` });
    this.#cancel = later(this.#delay, () => this.#launch());
    this.#delay = Math.min(this.#delay * 2, backOff.most);
  }

  #forget(): void {
    this.#thread?.end();
    this.#thread = undefined;
  }
}
