/**
 * The options of the small commands, and those that every command has.
 *
 * @module
 */

import type { OptionRow } from "./args.ts";
import { initiatorChapOptions } from "./initiator_chap_options.ts";

/** `--help`, of every command. */
export const helpOption = {
  name: "help",
  short: "h",
  description: "Show this help",
  group: "Other",
} as const satisfies OptionRow;

/** `--version`, of the program. */
export const versionOption = {
  name: "version",
  short: "V",
  description: "Show the version",
  group: "Other",
} as const satisfies OptionRow;

/** The options of `lunbox demo`. */
export const demoOptions = [
  { name: "size", short: "s", value: "SIZE", description: "Size of the disk", default: "256M", group: "Demo" },
  {
    name: "listen",
    short: "l",
    value: "ADDR[:PORT]",
    description: "Address to listen on; port 0 takes a free one (default 127.0.0.1:3260)",
    repeatable: true,
    group: "Demo",
  },
  {
    name: "allow",
    value: "PATTERN",
    description: "Initiators that may log in; needed to listen on more than this machine's loopback",
    repeatable: true,
    group: "Demo",
  },
] as const satisfies readonly OptionRow[];

/** The options of `lunbox create`. */
export const createOptions = [
  {
    name: "size",
    short: "s",
    value: "SIZE",
    description: "Size of the image, such as 512M, 10G or 1.5T",
    group: "Image",
  },
  {
    name: "preallocate",
    description: "Allocate the space now by writing zeros, instead of when initiators write",
    group: "Image",
  },
  {
    name: "force",
    short: "f",
    description: "Replace the file when it exists; its content is lost",
    group: "Image",
  },
  { name: "quiet", short: "q", description: "Print nothing when all went well", group: "Output" },
] as const satisfies readonly OptionRow[];

/** The options of `lunbox discover`. */
export const discoverOptions = [
  { name: "json", description: "Print JSON instead of a table", group: "Output" },
  {
    name: "initiator",
    value: "NAME",
    description: "Initiator name to log in with, where the portal shows targets only to those it knows",
    env: "LUNBOX_INITIATOR",
    group: "Network",
  },
  ...initiatorChapOptions,
] as const satisfies readonly OptionRow[];
