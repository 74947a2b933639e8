/**
 * The options of the commands that log in somewhere.
 *
 * @table
 * @module
 */

import type { OptionRow } from "./args.ts";

/** How a command that logs in proves who it is. */
export const initiatorChapOptions = [
  {
    name: "chap",
    value: "USER",
    description: "Log in as this CHAP user; LUNBOX_CHAP_SECRET holds its secret, or you are asked for it",
    group: "Access",
  },
  {
    name: "chap-mutual",
    value: "USER",
    description:
      "With --chap: the target has to prove that it is this user, by the secret in LUNBOX_CHAP_MUTUAL_SECRET or that " +
      "you are asked for",
    group: "Access",
  },
  {
    name: "chap-file",
    value: "FILE",
    description:
      "File of CHAP users and secrets as `lunbox serve` reads it; with more than one user, --chap says which",
    env: "LUNBOX_CHAP_FILE",
    group: "Access",
  },
  {
    name: "chap-algorithms",
    value: "LIST",
    description:
      "CHAP algorithms to offer, the best first: of SHA3-256, SHA256, SHA1, MD5, all of them by default; for a target that " +
      "chooses one and cannot do it",
    group: "Access",
  },
] as const satisfies readonly OptionRow[];
