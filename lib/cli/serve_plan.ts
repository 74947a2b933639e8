/**
 * What `lunbox serve` is going to do, worked out before anything is opened.
 *
 * @module
 */

import { parseStoreSpec } from "../store/open.ts";
import { parseSize } from "../store/size.ts";
import type { TargetMove } from "../iscsi/login_host.ts";
import type { LocalParameters } from "../iscsi/parameters.ts";
import type { AluaOptions } from "../target/target.ts";
import type { TargetLimits } from "../target/limits.ts";
import { planPortals } from "../target/portals.ts";
import { aluaOf } from "./alua.ts";
import { checkExposure, parseAllowed, parseNetworks } from "./access.ts";
import type { OptionValues } from "./args.ts";
import { wantsChap } from "./chap.ts";
import { messageOf, UsageError } from "./errors.ts";
import { type NumberedImage, parseImage } from "./images.ts";
import { advertisedOf, type ListenPortal, portalsOf, redirectOf } from "./listen.ts";
import { parsePortal, type Portal } from "./portal.ts";
import { protocolOf } from "./protocol_options.ts";
import type { serveOptions } from "./serve_options.ts";
import { type NumberedTarget, planTargets } from "./targets.ts";
import { checkPorts, workersOf } from "./workers/ports.ts";

/** The TCP port that IANA gives to iSNS (RFC 4171 §8). */
const ISNS_PORT = 3205;

/** An image that is going to be served. */
export interface PlannedImage extends Omit<NumberedImage, "size" | "target"> {
  /** Bytes that the image has to have, and is created with. */
  readonly size?: number;
  /** Bytes of an image that does not exist yet; without both it has to exist. */
  readonly sizeIfMissing?: number;
}

/** A target that is going to be served. */
export interface PlannedTarget extends Omit<NumberedTarget, "images"> {
  readonly images: readonly PlannedImage[];
}

/** What the plan depends on besides options. */
export interface Machine {
  readonly hostname: string;
  readonly cores: number;
}

/** What is going to be served, where, to whom. */
export interface ServePlan {
  /** At least one, each with its images. */
  readonly targets: readonly PlannedTarget[];
  readonly listen: readonly ListenPortal[];
  readonly advertise?: Portal;
  /** Patterns of initiator names; absent when the portals are on loopback and everyone may come in. */
  readonly allow?: readonly string[];
  /** Networks from which initiators may come; absent for all. */
  readonly allowFrom?: readonly string[];
  /** Of each target. */
  readonly limits: TargetLimits;
  /** Where logins are sent. */
  readonly redirect?: TargetMove;
  /** The iSNS server to register with. */
  readonly isns?: Portal;
  /** Commands in flight in a session, 1 to 4096. */
  readonly queueDepth: number;
  /** Our side of the negotiation, where it is not the usual one. */
  readonly local?: LocalParameters;
  /** Asymmetric access, where somebody asks for it. */
  readonly alua?: AluaOptions;
  /** Threads that share the targets. */
  readonly workers: number;
  readonly quiet: boolean;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "text" | "json";
}

/**
 * Works out what to serve.
 *
 * @param machine its name is for targets that are given none, its cores for workers
 * @throws {UsageError} when the options do not fit together
 */
export function planServe(values: OptionValues<typeof serveOptions>, machine: Machine): ServePlan {
  if (values.image.length === 0 && values.redirect !== undefined && values.iqn === undefined) {
    throw new UsageError("Cannot redirect: no image is given, nor the name of the target by --iqn NAME");
  }
  if (values.image.length === 0 && values.redirect === undefined) {
    throw new UsageError("Cannot serve: no image is given, write for example", [
      ["lunbox serve --image disk.img --size 1G", "a disk of 1 GiB, created if need be"],
      ["lunbox serve --image disk.img", "an image that is there already"],
      ["lunbox serve --image memory:1G", "a disk in memory, gone at the end"],
      ["lunbox demo", "only a look at it"],
    ]);
  }
  const allow = parseAllowed(values.allow);
  const listen = portalsOf(values.listen);
  const allowFrom = parseNetworks(values["allow-from"]);
  checkExposure(listen, allow !== undefined || allowFrom !== undefined || wantsChap(values));
  const local = protocolOf(values);
  const alua = aluaOf(listen, values["explicit-alua"]);
  const size = values.size === undefined ? undefined : sizeOf(values.size, "--size");
  const targets = planTargets({
    images: values.image.map(parseImage),
    iqn: values.iqn,
    alias: values.alias,
    maps: values.map,
    hostname: machine.hostname,
  });
  const advertise = values.advertise === undefined
    ? undefined
    : advertisedOf(values.advertise, "--advertise", listen[0]?.port);
  checked(() => planPortals(listen, advertise));
  const advertised = advertise !== undefined || listen.some((portal) => portal.advertise !== undefined);
  const workers = workersOf(values.workers, { cores: machine.cores, targets: targets.length, advertised });
  checkPorts(listen, workers, advertise);
  return {
    targets: targets.map((target) => ({
      ...target,
      images: target.images.map((image) => plannedImage(image, size)),
    })),
    listen,
    ...(advertise === undefined ? {} : { advertise }),
    ...(allow === undefined ? {} : { allow }),
    ...(allowFrom === undefined ? {} : { allowFrom }),
    limits: {
      ...limitOf("sessions", "max-sessions", values),
      ...limitOf("connections", "max-connections", values),
    },
    ...(values.redirect === undefined ? {} : { redirect: redirectOf(values.redirect) }),
    ...(values.isns === undefined ? {} : { isns: parsePortal(values.isns, "--isns", ISNS_PORT) }),
    queueDepth: queueDepthOf(values["queue-depth"]),
    ...(local === undefined ? {} : { local }),
    ...(alua === undefined ? {} : { alua }),
    workers,
    quiet: values.quiet,
    logLevel: (values["log-level"] ?? (values.quiet ? "warn" : "info")) as ServePlan["logLevel"],
    logFormat: values["log-format"] as ServePlan["logFormat"],
  };
}

/**
 * Reads a size as people write it, into bytes.
 *
 * @param source what the message calls it, for example `--size`
 * @throws {UsageError} when it is none
 */
export function sizeOf(text: string, source: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    const state = messageOf(error).replace(/^Cannot [^:]*: /, "");
    throw new UsageError(`Cannot use ${source} ${JSON.stringify(text)}: ${state}`);
  }
}

function plannedImage(image: NumberedImage, sizeIfMissing: number | undefined): PlannedImage {
  const { size, target: _, ...rest } = image;
  checkStore(image.location, size !== undefined || sizeIfMissing !== undefined);
  if (size !== undefined) return { ...rest, size: sizeOf(size, `size of --image ${image.location}`) };
  return sizeIfMissing === undefined ? rest : { ...rest, sizeIfMissing };
}

/** What is wrong with `location` whatever there is on the disk. */
function checkStore(location: string, sized: boolean): void {
  const { kind, size } = checked(() => parseStoreSpec(location));
  if (kind === "file" || size !== undefined || sized) return;
  throw new UsageError(`Cannot open ${location}: it needs a size, as in ${kind}:1G`);
}

function queueDepthOf(text: string): number {
  const depth = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (depth >= 1 && depth <= 4096) return depth;
  throw new UsageError(`Cannot use --queue-depth ${JSON.stringify(text)}: it is a number from 1 to 4096`);
}

function limitOf(
  name: keyof TargetLimits,
  option: "max-sessions" | "max-connections",
  values: OptionValues<typeof serveOptions>,
): TargetLimits {
  const text = values[option];
  if (text === undefined) return {};
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1) return { [name]: limit };
  throw new UsageError(`Cannot use --${option} ${JSON.stringify(text)}: it is a number from 1 up`);
}

/** Errors of the library are the user's here. */
function checked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
