/**
 * The options of `lunbox serve`.
 *
 * @module
 */

import { accessOptions } from "./access_options.ts";
import type { OptionRow } from "./args.ts";
import { protocolOptions } from "./protocol_options.ts";

/** Every option of `lunbox serve`. */
export const serveOptions = [
  {
    name: "image",
    short: "i",
    value: "PATH[,OPTION...]",
    description:
      "Disk image to serve; each one given is a LUN of its target, which is one for all images that name no other. " +
      "Instead of a path: memory:SIZE or null:SIZE",
    repeatable: true,
    group: "Images",
  },
  {
    name: "size",
    short: "s",
    value: "SIZE",
    description: "Size of images that do not exist yet, such as 512M, 10G or 1.5T; they are created sparse",
    group: "Images",
  },
  {
    name: "listen",
    short: "l",
    value: "ADDR[:PORT][,SETTING...]",
    description:
      "Address to listen on, such as 0.0.0.0 or [::1]:3260; port 0 takes a free one (default 127.0.0.1:3260). Settings: " +
      "group=N portal group, access=STATE in which disks are there (ALUA: optimized, non-optimized, standby or " +
      "unavailable), preferred where initiators had better go, advertise=ADDR[:PORT] what initiators are told instead, " +
      "redirect=ADDR[:PORT] where logins are sent, permanent for good",
    repeatable: true,
    group: "Network",
  },
  {
    name: "advertise",
    value: "ADDR[:PORT]",
    description: "Address that discovery gives to initiators, when they reach this machine by another one than it has",
    group: "Network",
  },
  {
    name: "isns",
    value: "HOST[:PORT]",
    description: "Register the targets with this iSNS server, where initiators find them (default port 3205)",
    env: "LUNBOX_ISNS",
    group: "Network",
  },
  ...accessOptions,
  {
    name: "iqn",
    value: "NAME",
    description:
      "Name of the target (default: made from the names of this machine and of the first image); with target=NAME, what " +
      "the names of the others begin with",
    env: "LUNBOX_IQN",
    group: "Target",
  },
  {
    name: "alias",
    value: "TEXT",
    description: "Name of the target for people; not of those that target=NAME names",
    group: "Target",
  },
  {
    name: "workers",
    value: "N",
    description:
      "Threads that share the targets; each listens on a port of its own, the first behind that of --listen, and logins " +
      "there are sent on; 1 to 64 (default: one for each core, but not more than targets; one below 4 cores or with --advertise)",
    group: "Target",
  },
  {
    name: "queue-depth",
    value: "N",
    description: "Commands that an initiator may have in flight in a session, 1 to 4096",
    default: "128",
    group: "Target",
  },
  ...protocolOptions,
  {
    name: "log-level",
    value: "LEVEL",
    description: "Least severe events that are logged (default info, with --quiet warn)",
    choices: ["debug", "info", "warn", "error"],
    env: "LUNBOX_LOG_LEVEL",
    group: "Output",
  },
  {
    name: "log-format",
    value: "FORMAT",
    description: "How log lines on standard error look",
    default: "text",
    choices: ["text", "json"],
    env: "LUNBOX_LOG_FORMAT",
    group: "Output",
  },
  {
    name: "quiet",
    short: "q",
    description: "Print no banner, and log warnings and errors only",
    group: "Output",
  },
] as const satisfies readonly OptionRow[];
