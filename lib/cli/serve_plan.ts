/**
 * What `lunbox serve` is going to do, worked out before anything is opened.
 *
 * @module
 */

import { assertIscsiName, normalizeIscsiName } from "../iscsi/names.ts";
import { parseSize } from "../store/size.ts";
import { checkExposure, parseAllowed } from "./access.ts";
import type { OptionValues } from "./args.ts";
import { messageOf, UsageError } from "./errors.ts";
import { type NumberedImage, numberImages, parseImage } from "./images.ts";
import { formatPortal, isWildcard, parsePortal, type Portal } from "./portal.ts";
import type { serveOptions } from "./serve_options.ts";
import { defaultTargetName } from "./target_name.ts";

/** An image that is going to be served. */
export interface PlannedImage extends Omit<NumberedImage, "size"> {
  /** Bytes that the image has to have, and is created with. */
  readonly size?: number;
  /** Bytes of an image that does not exist yet; without both it has to exist. */
  readonly sizeIfMissing?: number;
}

/** What is going to be served, where, to whom. */
export interface ServePlan {
  readonly images: readonly PlannedImage[];
  readonly listen: readonly Portal[];
  readonly advertise?: Portal;
  /** The target's iSCSI name. */
  readonly name: string;
  readonly alias?: string;
  /** Patterns of initiator names; absent when the portals are on loopback and everyone may come in. */
  readonly allow?: readonly string[];
  /** Commands in flight in a session, 1 to 4096. */
  readonly queueDepth: number;
  readonly quiet: boolean;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "text" | "json";
}

/**
 * Works out what to serve.
 *
 * @param hostname this machine's name, for the target's when it is given none
 * @throws {UsageError} when the options do not fit together
 */
export function planServe(values: OptionValues<typeof serveOptions>, hostname: string): ServePlan {
  const first = values.image[0];
  if (first === undefined) {
    throw new UsageError("Cannot serve: no image is given, write for example", [
      ["lunbox serve --image disk.img --size 1G", "a disk of 1 GiB, created if need be"],
      ["lunbox serve --image disk.img", "an image that is there already"],
      ["lunbox serve --image memory:1G", "a disk in memory, gone at the end"],
      ["lunbox demo", "only a look at it"],
    ]);
  }
  const allow = parseAllowed(values.allow);
  const listen = portalsOf(values.listen);
  checkExposure(listen, allow);
  const size = values.size === undefined ? undefined : sizeOf(values.size, "--size");
  const images = numberImages(values.image.map(parseImage)).map((image) => plannedImage(image, size));
  const advertise = advertisedOf(values.advertise, listen);
  return {
    images,
    listen,
    ...(advertise === undefined ? {} : { advertise }),
    name: nameOf(values.iqn, hostname, images[0]?.location ?? first),
    ...(values.alias === undefined ? {} : { alias: aliasOf(values.alias) }),
    ...(allow === undefined ? {} : { allow }),
    queueDepth: queueDepthOf(values["queue-depth"]),
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
  const { size, ...rest } = image;
  if (size !== undefined) return { ...rest, size: sizeOf(size, `size of --image ${image.location}`) };
  return sizeIfMissing === undefined ? rest : { ...rest, sizeIfMissing };
}

function portalsOf(texts: readonly string[]): readonly Portal[] {
  if (texts.length === 0) return [parsePortal("127.0.0.1", "--listen")];
  const portals = texts.map((text) => parsePortal(text, "--listen"));
  const seen = new Set<string>();
  for (const portal of portals) {
    const key = formatPortal(portal).toLowerCase();
    if (seen.has(key) && portal.port !== 0) throw new UsageError(`Cannot listen on ${key}: it is given twice`);
    seen.add(key);
  }
  return portals;
}

function advertisedOf(text: string | undefined, listen: readonly Portal[]): Portal | undefined {
  if (text === undefined) return undefined;
  const portal = parsePortal(text, "--advertise", listen[0]?.port);
  if (isWildcard(portal.hostname)) {
    throw new UsageError(`Cannot advertise ${portal.hostname}: initiators cannot connect to it, give a real address`);
  }
  if (portal.port === 0) throw new UsageError(`Cannot advertise ${portal.hostname}: give the port, as in ADDR:PORT`);
  return portal;
}

function nameOf(iqn: string | undefined, hostname: string, location: string): string {
  if (iqn === undefined) return defaultTargetName(hostname, location);
  const name = normalizeIscsiName(iqn);
  try {
    assertIscsiName(name);
  } catch (error) {
    throw new UsageError(`${messageOf(error)}; a good one looks like iqn.2026-11.io.lunbox:storage.disk1`);
  }
  return name;
}

// TargetAlias is a text value of up to 255 bytes (RFC 7143 §13.6).
function aliasOf(text: string): string {
  if (new TextEncoder().encode(text).length <= 255 && !/\p{Cc}/u.test(text)) return text;
  throw new UsageError("Cannot use --alias: it is up to 255 bytes without control characters");
}

function queueDepthOf(text: string): number {
  const depth = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (depth >= 1 && depth <= 4096) return depth;
  throw new UsageError(`Cannot use --queue-depth ${JSON.stringify(text)}: it is a number from 1 to 4096`);
}
