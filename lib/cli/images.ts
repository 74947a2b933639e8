/**
 * Images as `--image` names them: `disk.img,size=10G,lun=3,ro`.
 *
 * @module
 */

import type { Transfers } from "../store/file_policy.ts";
import { UsageError } from "./errors.ts";
import { blocksOf, type ImageBlocks } from "./image_blocks.ts";
import { didYouMean } from "./suggest.ts";

/** What may follow an image's path, each after a comma. */
export const imageOptions = [
  {
    name: "size",
    value: "SIZE",
    description: "Size that the image has to have; one that does not exist is created with it",
  },
  { name: "lun", value: "N", description: "Logical unit number, 0 to 16383; otherwise the lowest one free" },
  {
    name: "target",
    value: "NAME",
    description: "Another target for it: a whole name, or what goes behind that of --iqn or of this machine",
  },
  { name: "ro", description: "Initiators may only read" },
  { name: "block", value: "BYTES", description: "Logical block size: 512 (the default), 1024, 2048 or 4096" },
  {
    name: "physical",
    value: "BYTES",
    description:
      "Physical block size that initiators are told and align to: a power of two, at least the logical one (default 4096)",
  },
  {
    name: "alignment",
    value: "N",
    description:
      "First logical block with which a physical one begins (default 0), for disks that were moved by some blocks",
  },
  { name: "serial", value: "TEXT", description: "Unit serial number, up to 32 printable ASCII characters" },
  {
    name: "kind",
    value: "KIND",
    description:
      "What it is: disk, or cdrom for a CD or DVD in its drive; by default cdrom when the path ends with .iso",
  },
  { name: "removable", description: "The medium can be ejected" },
  { name: "thick", description: "The image keeps its space: initiators cannot give any back" },
  {
    name: "transfers",
    value: "WHERE",
    description:
      "Where reads and writes are done: auto finds out, inline is for images that are in memory anyway, background for slow disks",
  },
  { name: "vendor", value: "TEXT", description: "INQUIRY vendor, up to 8 printable ASCII characters" },
  { name: "product", value: "TEXT", description: "INQUIRY product, up to 16 printable ASCII characters" },
  { name: "revision", value: "TEXT", description: "INQUIRY revision, up to 4 printable ASCII characters" },
] as const satisfies readonly ImageOptionRow[];

/** An option of an image; one without `value` is a flag. */
export interface ImageOptionRow {
  readonly name: string;
  readonly value?: string;
  readonly description: string;
}

/** An image to serve, as the command line names it. */
export interface ImageArgument extends ImageBlocks {
  /** A path, or `memory:1G`, `null:1T`. */
  readonly location: string;
  /** As written; not read yet. */
  readonly size?: string;
  /** 0 to 16383. */
  readonly lun?: number;
  /** The name of its target or the end of it, as written; absent for the main target. */
  readonly target?: string;
  readonly readOnly: boolean;
  /** Served as a CD-ROM; otherwise as a disk. */
  readonly kind?: "cdrom";
  readonly serial?: string;
  readonly removable: boolean;
  /** Blocks are always there; UNMAP is not offered. */
  readonly thick?: true;
  /** Where reads and writes are done. */
  readonly transfers?: Transfers;
  readonly vendor?: string;
  readonly product?: string;
  readonly revision?: string;
}

/** An image and the logical unit number at which it is served. */
export interface NumberedImage extends ImageArgument {
  readonly lun: number;
}

const highestLun = 16383;

/**
 * Reads one `--image`. A comma that belongs to the path or to a value is written twice.
 *
 * @throws {UsageError} at an unknown, repeated or impossible option
 */
export function parseImage(text: string): ImageArgument {
  const [location = "", ...words] = splitAtCommas(text);
  if (location === "") throw problem(text, "the path is missing");
  const given = new Map<string, string>();
  for (const word of words) {
    const [name, value] = readWord(text, word);
    if (given.has(name)) throw problem(text, `${name} is given twice`);
    given.set(name, value);
  }
  const disc = kindOf(text, location, given.get("kind")) === "cdrom";
  return {
    location,
    readOnly: disc || given.has("ro"),
    removable: disc || given.has("removable"),
    ...(disc ? { kind: "cdrom" as const } : {}),
    ...(given.has("thick") ? { thick: true } : {}),
    ...defined("transfers", transfersOf(text, given.get("transfers"))),
    ...defined("size", given.get("size")),
    ...defined("lun", lunOf(text, given.get("lun"))),
    ...defined("target", targetOf(text, given.get("target"))),
    ...blocksOf(given, disc, (state) => problem(text, state)),
    ...defined("serial", identity(text, given, "serial", 32)),
    ...defined("vendor", identity(text, given, "vendor", 8)),
    ...defined("product", identity(text, given, "product", 16)),
    ...defined("revision", identity(text, given, "revision", 4)),
  };
}

/**
 * Gives each image of a target its number: the one it asks for, or the lowest one that nobody asks for.
 *
 * @throws {UsageError} when two images ask for the same number
 */
export function numberImages(images: readonly ImageArgument[]): readonly NumberedImage[] {
  const taken = new Map<number, string>();
  for (const image of images) {
    if (image.lun === undefined) continue;
    const other = taken.get(image.lun);
    if (other !== undefined) {
      throw new UsageError(`Cannot serve ${image.location} as LUN ${image.lun}: ${other} has that number`);
    }
    taken.set(image.lun, image.location);
  }
  let next = 0;
  return images.map((image) => {
    if (image.lun !== undefined) return { ...image, lun: image.lun };
    while (taken.has(next)) next++;
    return { ...image, lun: next++ };
  });
}

function readWord(text: string, word: string): [name: string, value: string] {
  if (word === "") throw problem(text, "nothing stands behind a comma; a comma in a path is written twice");
  const equals = word.indexOf("=");
  const name = equals < 0 ? word : word.slice(0, equals);
  const row: ImageOptionRow | undefined = imageOptions.find((one) => one.name === name);
  if (row === undefined) {
    const names = imageOptions.map((one) => one.name);
    const hint = didYouMean(name, names) || `; there are ${names.join(", ")}; a comma in a path is written twice`;
    throw problem(text, `there is no image option ${JSON.stringify(name)}${hint}`);
  }
  if (row.value === undefined && equals >= 0) throw problem(text, `${name} takes no value`);
  const value = word.slice(equals + 1);
  if (row.value !== undefined && (equals < 0 || value === "")) {
    throw problem(text, `the value of ${name} is missing, write ${name}=${row.value}`);
  }
  return [name, value];
}

function lunOf(text: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,5}$/.test(value) || Number(value) > highestLun) {
    throw problem(text, `a LUN is a number from 0 to ${highestLun}, not ${JSON.stringify(value)}`);
  }
  return Number(value);
}

// More is checked once the name is whole (RFC 7143 §4.2.7.2).
function targetOf(text: string, value: string | undefined): string | undefined {
  if (value === undefined || /^[a-z0-9][a-z0-9.:-]*$/i.test(value)) return value;
  throw problem(text, `a target name has letters, digits and . - : only, not ${JSON.stringify(value)}`);
}

function kindOf(text: string, location: string, value: string | undefined): "disk" | "cdrom" {
  if (value === "disk" || value === "cdrom") return value;
  if (value !== undefined) throw problem(text, `a kind is disk or cdrom, not ${JSON.stringify(value)}`);
  return /\.iso$/i.test(location) ? "cdrom" : "disk";
}

function transfersOf(text: string, value: string | undefined): Transfers | undefined {
  if (value === undefined || value === "auto" || value === "inline" || value === "background") return value;
  throw problem(text, `transfers are auto, inline or background, not ${JSON.stringify(value)}`);
}

// What INQUIRY data holds is printable ASCII (SPC-5 §4.3.1).
function identity(text: string, given: Map<string, string>, name: string, longest: number): string | undefined {
  const value = given.get(name);
  if (value === undefined || (value.length <= longest && /^[\x20-\x7e]+$/.test(value))) return value;
  throw problem(text, `${name} is up to ${longest} printable ASCII characters, not ${JSON.stringify(value)}`);
}

function splitAtCommas(text: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c !== ",") parts.push(parts.pop() + c);
    else if (text[i + 1] === ",") parts.push(parts.pop() + text.charAt(i++));
    else parts.push("");
  }
  return parts;
}

function defined<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [P in K]?: V };
}

function problem(text: string, state: string): UsageError {
  return new UsageError(`Cannot use --image ${JSON.stringify(text)}: ${state}`);
}
