/**
 * `layers`: who may import whom, from the table that `check_layers.ts` enforces.
 *
 * @module
 */

import { pureRooms, type Room, rooms, synchronousRooms } from "../layers/rules.ts";
import { code, table } from "./table.ts";

/** The table of layers, from the ground up. */
export function layers(): string {
  const entries = Object.entries(rooms).sort(([, a], [, b]) => a.level - b.level);
  return table(
    ["Level", "Room", "What it is for", "May import", "May not use"],
    entries.map(([name, room]) => [
      String(room.level),
      code(name.includes(".") ? name : `lib/${name}`),
      room.purpose,
      allowed(room),
      refused(name),
    ]),
  );
}

function allowed({ imports, types = [] }: Room): string {
  const values = imports.map((one) => one === "*" ? "every room below" : code(one));
  const only = types.map((one) => `${code(one)} (types)`);
  return [...values, ...only].join(", ") || "nothing";
}

function refused(name: string): string {
  if (!pureRooms.has(name)) return "";
  const never = ["I/O", "timers", "clock", "randomness"];
  return [...never, ...(synchronousRooms.has(name) ? ["async"] : [])].join(", ");
}
