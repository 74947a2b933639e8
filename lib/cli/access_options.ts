/**
 * The options of `lunbox serve` that say who may come in, what they see, and where they are sent.
 *
 * @module
 */

import type { OptionRow } from "./args.ts";

/** They go between the options of the network and those of the target. */
export const accessOptions = [
  {
    name: "allow",
    value: "PATTERN",
    description:
      "Initiators that may log in: a name, a pattern such as iqn.1991-05.com.microsoft:*, or any for everyone; this, " +
      "--allow-from or CHAP is needed to listen on more than this machine's loopback",
    repeatable: true,
    group: "Access",
  },
  {
    name: "allow-from",
    value: "NETWORK",
    description: "Networks from which initiators may log in, such as 192.0.2.0/24 or 2001:db8::/32",
    repeatable: true,
    group: "Access",
  },
  {
    name: "chap",
    value: "USER",
    description:
      "Ask initiators for this CHAP user and its secret, which LUNBOX_CHAP_SECRET holds or you are asked for",
    group: "Access",
  },
  {
    name: "chap-mutual",
    value: "USER",
    description:
      "With --chap: prove to initiators that ask who we are, by this user and the secret in LUNBOX_CHAP_MUTUAL_SECRET " +
      "or that you are asked for",
    group: "Access",
  },
  {
    name: "chap-file",
    value: "FILE",
    description: "File of CHAP users and secrets, a line each; only you may be able to read it",
    env: "LUNBOX_CHAP_FILE",
    group: "Access",
  },
  {
    name: "chap-discovery",
    description: "Ask the user of --chap for its secret before discovery, too",
    group: "Access",
  },
  {
    name: "chap-algorithms",
    value: "LIST",
    description: "CHAP algorithms that initiators may use, the best first: of SHA3-256, SHA256, SHA1, MD5",
    default: "SHA3-256,SHA256,SHA1,MD5",
    group: "Access",
  },
  {
    name: "chap-delay",
    value: "SECONDS",
    description:
      "Longest that whoever keeps failing to know a CHAP secret waits before the next try is looked at, 0 to 60; 0 for never",
    default: "5",
    group: "Access",
  },
  {
    name: "chap-short-secrets",
    description: "Take CHAP secrets of less than 12 bytes, which can be guessed by whoever listens to the network",
    group: "Access",
  },
  {
    name: "map",
    value: "PATTERN[,target=NAME][,LUN[=IMAGE][:ro]...]",
    description:
      "What initiators of that name see instead of everything: as LUN the image of number IMAGE, :ro for reading only; " +
      "of a target the first pattern that fits counts",
    repeatable: true,
    group: "Access",
  },
  { name: "max-sessions", value: "N", description: "Sessions that may be open to a target at a time", group: "Access" },
  {
    name: "max-connections",
    value: "N",
    description: "Connections that may be open to a target at a time, of all sessions together",
    group: "Access",
  },
  {
    name: "redirect",
    value: "ADDR[:PORT][,permanent]",
    description: "Send whoever logs in to another portal; images need not be given then, but --iqn",
    group: "Access",
  },
] as const satisfies readonly OptionRow[];
