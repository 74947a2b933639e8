/**
 * `lunbox bench`: how fast a logical unit is, whoever serves it.
 *
 * @module
 */

import { DEFAULT_INITIATOR_NAME } from "../initiator/discover.ts";
import { assertIscsiName } from "../iscsi/names.ts";
import type { LoadOptions, LoadResult, Phase } from "../load/run.ts";
import { parseSize } from "../store/size.ts";
import { type OptionValues, parse } from "./args.ts";
import { benchOptions } from "./bench_options.ts";
import { benchJson, benchText, type ProcessTime } from "./bench_report.ts";
import { parseUnitUrl, type UnitUrl } from "./bench_url.ts";
import type { SecretSources } from "./chap.ts";
import { commandNamed } from "./commands.ts";
import { exitCode, messageOf, UsageError } from "./errors.ts";
import { explainTarget } from "./explain_target.ts";
import type { Host } from "./host.ts";
import { gatherInitiatorChap } from "./initiator_chap.ts";
import { formatPortal, isLoopback } from "./portal.ts";
import type { ProcessTimes } from "./process_time.ts";
import { helpOption } from "./small_options.ts";

/** What `lunbox bench` needs of the world. */
export interface BenchServices {
  run(options: LoadOptions): Promise<LoadResult>;
  /** Where secrets come from, besides the environment. */
  readonly secrets: Omit<SecretSources, "env">;
  times(): ProcessTimes;
  /** Any number of 32 bits. */
  seed(): number;
}

type Values = OptionValues<typeof benchOptions>;

/** How much of a LUN is filled and compared unless something else is said. */
const VERIFIED_SPAN = 256 * 1024 * 1024;

/** Milliseconds without an answer after which a run fails. */
const TIMEOUT = 30_000;

/**
 * Runs `lunbox bench`; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense, or would destroy data that nobody has said may be destroyed
 * @throws {Error} when the target cannot be reached, does not answer as it should or does not keep what was written
 */
export async function bench(host: Host, args: readonly string[], services: BenchServices): Promise<number> {
  const operands = commandNamed("bench")?.operands ?? [];
  const { values, operands: [text = ""] } = parse(args, {
    options: [...benchOptions, helpOption],
    operands,
    env: host.env,
  });
  const unit = parseUnitUrl(text);
  const plan = planOf(values, unit, services.seed());
  const login = await loginOf(host, values, unit, services.secrets);
  const times = services.times();
  const watch = new Watch(host, times, pidOf(values, unit, times));
  const controller = new AbortController();
  const release = host.onStop(() => {
    // The next one ends the process.
    release();
    controller.abort();
  });
  try {
    const phase = (name: Phase) => watch.enter(name);
    const options = { ...plan, login, signal: controller.signal, phase };
    const result = await services.run(options).catch((error) => {
      throw explain(error, unit, login.chap !== undefined);
    });
    watch.clear();
    const report = { url: nameOf(unit), options, result, cpu: watch.times() };
    host.stdout.write(values.json ? benchJson(report) : benchText(report, host.stdout));
    return result.interrupted ? exitCode.interrupted : exitCode.ok;
  } finally {
    watch.clear();
    release();
    times.close();
  }
}

/** What is to be done, as far as the command line says it. */
function planOf(values: Values, unit: UnitUrl, seed: number): Omit<LoadOptions, "login" | "signal" | "phase"> {
  const readPercent = wholeNumber(values.reads, "--reads", 0, 100);
  const { verify } = values;
  if ((readPercent < 100 || verify) && !values["destroy-data"]) {
    const why = verify ? "--verify fills the LUN with a pattern" : `--reads ${readPercent} writes to the LUN`;
    throw new UsageError(`Cannot start: ${why}, and what is on it would be lost; say --destroy-data if it may be`);
  }
  const span = values.span === undefined ? (verify ? VERIFIED_SPAN : undefined) : sizeOf(values.span, "--span");
  return {
    portal: unit.portal,
    lun: unit.lun,
    depth: wholeNumber(values.depth, "--depth", 1, 4096),
    size: sizeOf(values["block-size"], "--block-size", MAX_REQUEST),
    readPercent,
    random: !values.sequential,
    sessions: wholeNumber(values.sessions, "--sessions", 1, 4096),
    verify,
    ...(span === undefined ? {} : { span }),
    duration: secondsOf(values.duration, "--duration"),
    warmUp: secondsOf(values["warm-up"], "--warm-up"),
    timeout: TIMEOUT,
    seed: values.seed === undefined ? seed : wholeNumber(values.seed, "--seed", 0, 0xffff_ffff),
  };
}

/** Bytes of the longest request. */
const MAX_REQUEST = 64 * 1024 * 1024;

async function loginOf(
  host: Host,
  values: Values,
  unit: UnitUrl,
  secrets: Omit<SecretSources, "env">,
): Promise<LoadOptions["login"]> {
  const initiatorName = values.initiator ?? DEFAULT_INITIATOR_NAME;
  try {
    assertIscsiName(initiatorName);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  const { user, secret, target } = unit;
  if (user !== undefined && values.chap !== undefined) {
    throw new UsageError("Cannot use --chap: the URL names a user already");
  }
  if (secret !== undefined) {
    host.stderr.write("Warning: others on this machine can see the secret in the URL; LUNBOX_CHAP_SECRET hides it\n");
  }
  const env = (name: string) => (name === "LUNBOX_CHAP_SECRET" ? secret : undefined) ?? host.env(name);
  const wanted = { ...values, chap: user ?? values.chap };
  const plan = await gatherInitiatorChap(wanted, { ...secrets, env }, target);
  for (const warning of plan?.warnings ?? []) host.stderr.write(`Warning: ${warning}\n`);
  return {
    initiatorName,
    targetName: target,
    digests: { header: values["header-digest"], data: values["data-digest"] },
    ...(plan === undefined ? {} : { chap: plan.chap }),
  };
}

function pidOf(values: Values, { portal }: UnitUrl, times: ProcessTimes): number | undefined {
  const given = values["server-pid"];
  if (given === undefined) return isLoopback(portal.hostname) ? times.listenerOf(portal) : undefined;
  const pid = wholeNumber(given, "--server-pid", 1, 0x7fff_ffff);
  if (times.secondsOf(pid) !== undefined) return pid;
  throw new UsageError(`Cannot use --server-pid ${pid}: the processor time of that process cannot be told`);
}

/** Looks at processor times while it is measured, and tells a person at the terminal what goes on. */
class Watch {
  readonly #host: Host;
  readonly #times: ProcessTimes;
  readonly #pid: number | undefined;
  #measuring = false;
  #server: number | undefined;
  #own = 0;
  #shown = false;

  constructor(host: Host, times: ProcessTimes, pid: number | undefined) {
    this.#host = host;
    this.#times = times;
    this.#pid = pid;
  }

  /** The run comes to its next phase. */
  enter(phase: Phase): void {
    if (phase === "measuring" || this.#measuring) {
      this.#own = this.#times.own() - this.#own;
      const server = this.#pid === undefined ? undefined : this.#times.secondsOf(this.#pid);
      this.#server = server === undefined ? undefined : server - (this.#server ?? 0);
      this.#measuring = phase === "measuring";
    }
    if (!this.#host.stderr.isTerminal) return;
    this.clear();
    this.#host.stderr.write(`${phase} …`);
    this.#shown = true;
  }

  /** Takes back what stands on the terminal. */
  clear(): void {
    if (this.#shown) this.#host.stderr.write("\r\x1b[K");
    this.#shown = false;
  }

  /** The times of the phase that was measured. */
  times(): { server?: ProcessTime; client: number } {
    const server = this.#pid === undefined || this.#server === undefined
      ? {}
      : { server: { pid: this.#pid, seconds: this.#server } };
    return { client: this.#own, ...server };
  }
}

function nameOf({ portal, target, lun }: UnitUrl): string {
  return `iscsi://${formatPortal(portal)}/${target}/${lun}`;
}

/** What does not suit the LUN is the user's to put right. */
function explain(error: unknown, { portal }: UnitUrl, chap: boolean): unknown {
  const message = messageOf(error);
  if (error instanceof RangeError && message.startsWith("Cannot ")) return new UsageError(message);
  return explainTarget(error, { portal, chap });
}

function wholeNumber(text: string, name: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`Cannot use ${name} ${JSON.stringify(text)}: it is a whole number from ${least} to ${most}`);
}

function secondsOf(text: string, name: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && (value > 0 || name === "--warm-up")) return value;
  throw new UsageError(
    `Cannot use ${name} ${JSON.stringify(text)}: it is a number of seconds${name === "--warm-up" ? "" : " above 0"}`,
  );
}

function sizeOf(text: string, name: string, most: number = Number.MAX_SAFE_INTEGER): number {
  try {
    const size = parseSize(text);
    if (size <= most) return size;
  } catch (error) {
    throw new UsageError(`${messageOf(error)} (${name})`);
  }
  throw new UsageError(`Cannot use ${name} ${text}: more than ${most} bytes are too many`);
}
