/**
 * The targets of a command line: which images belong to which, and what each is called.
 *
 * An image that names no target belongs to the main one, which `--iqn` and `--alias` are about. `target=NAME` names
 * another: by a whole iSCSI name, or by the end of one, which goes behind that of `--iqn` or of this machine.
 *
 * @module
 */

import { assertIscsiName, normalizeIscsiName } from "../iscsi/names.ts";
import type { LunMapRule } from "../target/lun_map.ts";
import { messageOf, UsageError } from "./errors.ts";
import { type ImageArgument, type NumberedImage, numberImages } from "./images.ts";
import { type MapArgument, parseMap } from "./lun_maps.ts";
import { defaultTargetName, namedTarget } from "./target_name.ts";

/** A target that is going to be served. */
export interface NumberedTarget {
  /** Its iSCSI name. */
  readonly name: string;
  readonly alias?: string;
  /** In the order of the command line. */
  readonly images: readonly NumberedImage[];
  /** What some initiators see. */
  readonly maps: readonly LunMapRule[];
}

/** What the command line says of targets. */
export interface TargetArguments {
  readonly images: readonly ImageArgument[];
  readonly iqn?: string | undefined;
  readonly alias?: string | undefined;
  /** Each `--map`. */
  readonly maps: readonly string[];
  /** This machine's name. */
  readonly hostname: string;
}

/**
 * Puts images and maps to their targets, which are in the order of their first images.
 *
 * @throws {UsageError} when a name cannot be one, or something belongs to no target
 */
export function planTargets(args: TargetArguments): readonly NumberedTarget[] {
  const names = namesOf(args);
  const groups = new Map<string, ImageArgument[]>();
  for (const image of args.images) {
    const name = names.of(image.target);
    groups.set(name, [...groups.get(name) ?? [], image]);
  }
  if (groups.size === 0) groups.set(names.of(undefined), []);
  // Where there is one target, all is about it.
  const [only] = groups.size === 1 ? groups.keys() : [];
  const main = only ?? (args.images.some(({ target }) => target === undefined) ? names.of(undefined) : undefined);
  if (args.alias !== undefined && main === undefined) {
    throw new UsageError("Cannot use --alias: every image names its target, and there are several");
  }
  const maps = Map.groupBy(args.maps, (text) => targetOfMap(text, parseMap(text), groups, names, main));
  return [...groups].map(([name, images]) => {
    const numbered = numberImages(images);
    const numbers = numbered.map(({ lun }) => lun);
    return {
      name,
      ...(args.alias === undefined || name !== main ? {} : { alias: aliasOf(args.alias) }),
      images: numbered,
      maps: (maps.get(name) ?? []).map((text) => parseMap(text, numbers).rule),
    };
  });
}

interface Names {
  /** The name of the target that `target=` names, or of the main one. */
  of(target: string | undefined): string;
}

function namesOf({ images, iqn, hostname }: TargetArguments): Names {
  const given = iqn === undefined ? undefined : checkedName(iqn, iqn);
  const first = images.find(({ target }) => target === undefined);
  return {
    of: (target) =>
      target === undefined
        ? given ?? defaultTargetName(hostname, first?.location ?? "disk")
        : checkedName(namedTarget(target, hostname, given), target),
  };
}

function checkedName(text: string, written: string): string {
  const name = normalizeIscsiName(text);
  try {
    assertIscsiName(name);
  } catch (error) {
    const state = messageOf(error).replace(JSON.stringify(name), JSON.stringify(written));
    throw new UsageError(`${state}; a good one looks like iqn.2026-11.io.lunbox:storage.disk1`);
  }
  return name;
}

function targetOfMap(
  text: string,
  { target }: MapArgument,
  groups: ReadonlyMap<string, unknown>,
  names: Names,
  main: string | undefined,
): string {
  const name = target === undefined ? main : names.of(target);
  if (name === undefined) {
    const state = "there are several targets, say which is meant, as in PATTERN,target=NAME,0";
    throw new UsageError(`Cannot use --map ${JSON.stringify(text)}: ${state}`);
  }
  if (groups.has(name)) return name;
  throw new UsageError(`Cannot use --map ${JSON.stringify(text)}: no image belongs to target ${name}`);
}

// TargetAlias is a text value of up to 255 bytes (RFC 7143 §13.6).
function aliasOf(text: string): string {
  if (new TextEncoder().encode(text).length <= 255 && !/\p{Cc}/u.test(text)) return text;
  throw new UsageError("Cannot use --alias: it is up to 255 bytes without control characters");
}
