/**
 * The options of `lunbox bench`.
 *
 * @table
 * @module
 */

import type { OptionRow } from "./args.ts";
import { initiatorChapOptions } from "./initiator_chap_options.ts";

/** The options of `lunbox bench`. */
export const benchOptions = [
  {
    name: "depth",
    short: "d",
    value: "N",
    description: "Requests in flight in each session, 1 to 4096",
    default: "32",
    group: "Load",
  },
  {
    name: "block-size",
    short: "b",
    value: "SIZE",
    description: "Bytes of each request, such as 4K or 1M",
    default: "4K",
    group: "Load",
  },
  {
    name: "reads",
    value: "PERCENT",
    description: "How many of a hundred requests read; the others write, for which there must be --destroy-data",
    default: "100",
    group: "Load",
  },
  { name: "sequential", description: "One request behind the other, instead of at random places", group: "Load" },
  { name: "sessions", value: "N", description: "Sessions that work at a time, 1 to 4096", default: "1", group: "Load" },
  {
    name: "span",
    value: "SIZE",
    description: "How much of the LUN is used, from its start (default all of it, with --verify at most 256M)",
    group: "Load",
  },
  {
    name: "destroy-data",
    description: "Writing is allowed: what is on the LUN is lost",
    group: "Load",
  },
  {
    name: "verify",
    description:
      "Fill what is used with a pattern of places and generations first, and compare everything that is read; needs " +
      "--destroy-data",
    group: "Load",
  },
  { name: "header-digest", description: "Checksums over headers; the target has to agree", group: "Load" },
  { name: "data-digest", description: "Checksums over data; the target has to agree", group: "Load" },
  {
    name: "duration",
    short: "t",
    value: "SECONDS",
    description: "How long to measure",
    default: "10",
    group: "Measurement",
  },
  {
    name: "warm-up",
    value: "SECONDS",
    description: "How long to work before that",
    default: "2",
    group: "Measurement",
  },
  {
    name: "server-pid",
    value: "PID",
    description: "Process of the server on this machine, to tell its processor time; often found without",
    group: "Measurement",
  },
  {
    name: "seed",
    value: "N",
    description: "Number that decides what is requested; the same one asks for the same (default any)",
    group: "Measurement",
  },
  { name: "json", description: "Print JSON instead of text", group: "Output" },
  {
    name: "initiator",
    value: "NAME",
    description: "Initiator name to log in with, where the target knows who may come in",
    env: "LUNBOX_INITIATOR",
    group: "Network",
  },
  ...initiatorChapOptions,
] as const satisfies readonly OptionRow[];
