/**
 * A load from beginning to end: learn what the logical unit is, log in, warm up, measure, and check what was written.
 *
 * @module
 */

import type { Transport } from "../initiator/channel.ts";
import { AnswerTimeoutError, LoginRefusedError } from "../initiator/errors.ts";
import { Initiator } from "../initiator/initiator.ts";
import type { LoginOptions } from "../initiator/login.ts";
import type { AgreedParameters } from "../initiator/parameters.ts";
import { parseTargetAddress } from "../initiator/send_targets.ts";
import { SECTOR } from "./pattern.ts";
import { Random } from "./random.ts";
import { LoadSession } from "./session.ts";
import { Tally } from "./tally.ts";
import { learnUnit, type Unit } from "./unit.ts";
import { type Stage, Workload } from "./workload.ts";

/** Where a connection goes. */
export interface LoadPortal {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** What a run is doing. */
export type Phase = "connecting" | "filling" | "warming up" | "measuring" | "checking" | "ending";

/** A load. */
export interface LoadOptions {
  readonly portal: LoadPortal;
  readonly login: LoginOptions;
  /** 0 to 16383. */
  readonly lun: number;
  /** Requests in flight in each session; at least 1. */
  readonly depth: number;
  /** Bytes of a request: a multiple of the block size. */
  readonly size: number;
  /** 0 to 100: how many of a hundred requests read. The others destroy what is on the LUN. */
  readonly readPercent: number;
  /** Anywhere, instead of one after the other. */
  readonly random: boolean;
  /** At least 1. */
  readonly sessions: number;
  /** Fills what is used with a pattern first, and compares all that is read. Destroys what is on the LUN. */
  readonly verify: boolean;
  /** How much of the LUN is used, from its start, in bytes; all of it by default. */
  readonly span?: number;
  /** Seconds that are measured. */
  readonly duration: number;
  /** Seconds before, which are not. */
  readonly warmUp: number;
  /** Milliseconds without an answer after which it is over. */
  readonly timeout: number;
  /** Any number of 32 bits: decides what is requested, and marks what is written. */
  readonly seed: number;
  /** Ends the run early; what was measured until then counts. */
  readonly signal?: AbortSignal;
  /** Is told when the run comes to its next phase. */
  phase?(phase: Phase): void;
}

/** The world around a load. */
export interface LoadWorld {
  connect(portal: LoadPortal): Promise<Transport>;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** What a run has found. */
export interface LoadResult {
  readonly unit: Unit;
  /** What the first session agreed on. */
  readonly parameters: AgreedParameters;
  /** Bytes of the LUN that were used. */
  readonly span: number;
  /** Seconds that were measured. */
  readonly seconds: number;
  readonly tally: Tally;
  /** It was ended early. */
  readonly interrupted: boolean;
}

/** Logins that are under way at a time. */
const LOGINS = 8;

/** Targets that send us on, one after the other. */
const MAX_REDIRECTIONS = 4;

/**
 * Puts a logical unit under load.
 *
 * @throws {RangeError} the request or the span does not suit the logical unit.
 * @throws {Error} what logins, commands and connections fail with.
 */
export async function runLoad(options: LoadOptions, world: LoadWorld): Promise<LoadResult> {
  options.phase?.("connecting");
  const unit = await examine(options, world);
  const cells = cellsOf(options, unit);
  const tally = new Tally();
  const workload = new Workload({ ...options, cells });
  const sessions: LoadSession[] = [];
  const watch = setInterval(() => watchOver(sessions, options.timeout, world.now()), 1000);
  try {
    for (let index = 0; index < options.sessions; index += LOGINS) {
      const group = Array.from({ length: Math.min(LOGINS, options.sessions - index) }, (_, i) => index + i);
      const opened = group.map((one) => openSession(one, options, world, { unit, workload, tally }));
      const results = await Promise.allSettled(opened);
      for (const result of results) if (result.status === "fulfilled") sessions.push(result.value);
      for (const result of results) if (result.status === "rejected") throw result.reason;
    }
    const seconds = await new Run(options, world, { sessions, workload, tally }).all();
    const [first] = sessions;
    if (first === undefined) throw new RangeError("Cannot measure a load: it has no sessions");
    const interrupted = options.signal?.aborted ?? false;
    return { unit, parameters: first.parameters, span: cells * options.size, seconds, tally, interrupted };
  } finally {
    clearInterval(watch);
    await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
  }
}

interface Parts {
  readonly sessions: readonly LoadSession[];
  readonly workload: Workload;
  readonly tally: Tally;
}

/** The phases of a run, one after the other. */
class Run {
  readonly #options: LoadOptions;
  readonly #world: LoadWorld;
  readonly #parts: Parts;

  constructor(options: LoadOptions, world: LoadWorld, parts: Parts) {
    this.#options = options;
    this.#world = world;
    this.#parts = parts;
  }

  /** Gives the seconds that were measured. */
  async all(): Promise<number> {
    const { verify } = this.#options;
    if (verify) await this.#sweep("filling", "fill");
    const seconds = await this.#measure();
    if (verify) await this.#sweep("checking", "check");
    this.#enter("ending");
    return seconds;
  }

  async #measure(): Promise<number> {
    const { workload, tally } = this.#parts;
    const { warmUp, duration } = this.#options;
    if (this.#ended) return 0;
    this.#enter("warming up");
    const work = this.#work("load");
    await this.#workFor(warmUp, work);
    this.#enter("measuring");
    const start = this.#world.now();
    tally.counting = true;
    await this.#workFor(duration, work);
    tally.counting = false;
    const seconds = (this.#world.now() - start) / 1000;
    this.#enter("ending");
    workload.stop();
    await work;
    return seconds;
  }

  /** Every cell once. */
  async #sweep(phase: Phase, stage: Stage): Promise<void> {
    if (this.#ended) return;
    this.#enter(phase);
    const { signal } = this.#options;
    const stop = () => this.#parts.workload.stop();
    signal?.addEventListener("abort", stop);
    await this.#work(stage);
    signal?.removeEventListener("abort", stop);
  }

  #work(stage: Stage): Promise<unknown> {
    this.#parts.workload.begin(stage);
    return Promise.all(this.#parts.sessions.map((session) => session.work()));
  }

  #enter(phase: Phase): void {
    this.#options.phase?.(phase);
  }

  get #ended(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  /** Waits for so many seconds, or until the run is ended early, or for what the work fails with. */
  async #workFor(seconds: number, work: Promise<unknown>): Promise<void> {
    if (this.#ended) return;
    const { signal } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, seconds * 1000);
    const end = () => resolve();
    signal?.addEventListener("abort", end);
    try {
      await Promise.race([work, promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }
}

/** Looks at the logical unit with a session of its own. */
async function examine(options: LoadOptions, world: LoadWorld): Promise<Unit> {
  const { login, timeout, lun } = options;
  await using initiator = await following(options, world, (to) => Initiator.login(to, { ...login, timeout }));
  return await learnUnit(initiator, lun);
}

function openSession(
  index: number,
  options: LoadOptions,
  world: LoadWorld,
  parts: { unit: Unit; workload: Workload; tally: Tally },
): Promise<LoadSession> {
  const { unit } = parts;
  return following(options, world, (to) =>
    LoadSession.open(to, {
      ...options,
      ...parts,
      blockSize: unit.blockSize,
      blocks: unit.blocks,
      index,
      random: new Random(options.seed + index),
      run: options.seed | 0,
      now: world.now,
    }));
}

/** Logs in where the target is, which may not be where it was asked for. */
async function following<T>(
  { portal }: LoadOptions,
  world: LoadWorld,
  logIn: (transport: Transport) => Promise<T>,
): Promise<T> {
  for (let at = portal, hops = 0;; hops++) {
    try {
      return await logIn(await world.connect(at));
    } catch (error) {
      const address = error instanceof LoginRefusedError ? error.address : undefined;
      const next = address === undefined ? undefined : parseTargetAddress(address);
      if (next === undefined || hops === MAX_REDIRECTIONS) throw error;
      at = next;
    }
  }
}

/** How many requests fit side by side. */
function cellsOf({ size, span, sessions, depth, verify }: LoadOptions, unit: Unit): number {
  const whole = unit.blockSize * unit.blocks;
  if (size % unit.blockSize !== 0) {
    throw new RangeError(`Cannot use requests of ${size} bytes: the LUN has blocks of ${unit.blockSize}`);
  }
  if (size > unit.maxTransfer) {
    throw new RangeError(`Cannot use requests of ${size} bytes: the LUN takes ${unit.maxTransfer} at a time`);
  }
  if (verify && size % SECTOR !== 0) {
    throw new RangeError(`Cannot verify requests of ${size} bytes: it takes multiples of ${SECTOR}`);
  }
  const cells = Math.floor(Math.min(span ?? whole, whole) / size);
  const least = verify ? 2 * sessions * depth : 1;
  if (cells >= least) return cells;
  throw new RangeError(`Cannot use ${cells * size} bytes of the LUN: ${least} requests of ${size} have to fit`);
}

function watchOver(sessions: readonly LoadSession[], timeout: number, now: number): void {
  for (const session of sessions) {
    if (!session.busy || now - session.heard < timeout) continue;
    session.close(new AnswerTimeoutError(`Cannot go on: the target has not answered for ${timeout} ms`));
  }
}
