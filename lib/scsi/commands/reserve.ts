/**
 * RESERVE and RELEASE (6) and (10), which persistent reservations have replaced: ESXi locks with them where there is no
 * COMPARE AND WRITE. Third parties and extents are not served, as in SPC-2's last word.
 *
 * @module
 */

import { type Command, command } from "../command.ts";

/** The commands that reserve a whole logical unit for one nexus. */
export const reserveCommands: readonly Command[] = [
  command({
    name: "RESERVE (6)",
    spec: "SPC-2 §7.21",
    usage: "16 00 00 00 00 00",
    data: "none",
    access: "own",
    run: (task, unit) => unit.reservations.reserve(task.nexus),
  }),
  command({
    name: "RELEASE (6)",
    spec: "SPC-2 §7.16",
    usage: "17 00 00 00 00 00",
    data: "none",
    access: "own",
    run: (task, unit) => unit.reservations.release(task.nexus),
  }),
  command({
    name: "RESERVE (10)",
    spec: "SPC-2 §7.22",
    usage: "56 00 00 00 00 00 00 00 00 00",
    data: "none",
    access: "own",
    run: (task, unit) => unit.reservations.reserve(task.nexus),
  }),
  command({
    name: "RELEASE (10)",
    spec: "SPC-2 §7.17",
    usage: "57 00 00 00 00 00 00 00 00 00",
    data: "none",
    access: "own",
    run: (task, unit) => unit.reservations.release(task.nexus),
  }),
];
