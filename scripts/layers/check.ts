/**
 * Holds imports against the table of layers.
 *
 * @module
 */

import type { Import } from "./graph.ts";
import { pureRooms, type Room, rooms } from "./rules.ts";

/** The room of a path: a folder of `lib`, a file at the top, `std`; `undefined` for scripts and tests. */
export function roomName(path: string): string | undefined {
  if (path in rooms) return path;
  return /^lib\/(\w+)\//.exec(path)?.[1];
}

/** One line per import that the table does not allow, and one per circle of rooms. */
export function violations(all: readonly Import[], table: Readonly<Record<string, Room>> = rooms): string[] {
  const found: string[] = [];
  for (const one of all) {
    const reason = refusal(one, table);
    if (reason !== undefined) found.push(`${one.from}:${one.line}: ${reason}`);
  }
  return [...found, ...circles(all)];
}

/** Why an import is not allowed; `undefined` when it is. */
function refusal({ from, specifier, to, typeOnly }: Import, table: Readonly<Record<string, Room>>): string | undefined {
  const name = roomName(from);
  if (name === undefined) return from.startsWith("lib/") ? `${from} is in no room of the layer table` : undefined;
  if (roomName(to) === name) return undefined;
  if (name === "std") {
    return from.split("/")[2] === specifier.split("/")[1] ? undefined : `the packages in lib/std import nothing else`;
  }
  const room = table[name];
  if (room === undefined) return `${name} is not in the layer table`;
  if (to.startsWith("node:")) return pureRooms.has(name) ? `${name} may not import ${to}` : undefined;
  if (specifier.startsWith("@std/")) {
    const wanted = specifier.split("/", 2).join("/");
    return room.imports.includes(wanted) ? undefined : `${name} may not import ${wanted}`;
  }
  if (room.imports.includes(to)) return undefined;
  const target = roomName(to);
  if (target === undefined) return `${name} may not import ${to}`;
  if (target === "std") return `${name} may not reach into lib/std: import @std/${to.split("/")[2]}`;
  if (admits(room.imports, room, target, to, table)) return undefined;
  if (admits(room.types ?? [], room, target, to, table)) {
    return typeOnly ? undefined : `${name} may import only types from ${to}: write import type`;
  }
  const single = room.imports.find((file) => file.startsWith(`lib/${target}/`));
  return single === undefined ? `${name} may not import ${target}` : `${name} may not import ${to}, only ${single}`;
}

function admits(
  list: readonly string[],
  room: Room,
  target: string,
  path: string,
  table: Readonly<Record<string, Room>>,
): boolean {
  if (list.includes(target) || list.includes(path)) return true;
  return list.includes("*") && (table[target]?.level ?? Infinity) < room.level;
}

/** Rooms that import each other, types included, each circle once; single files that are ports do not count. */
function circles(all: readonly Import[]): string[] {
  const edges = new Map<string, Set<string>>();
  for (const { from, to, specifier } of all) {
    const [a, b] = [roomName(from), roomName(to)];
    if (a === undefined || b === undefined || a === b || b === "std" || specifier.startsWith("@std/")) continue;
    const out = edges.get(a) ?? new Set();
    edges.set(a, out.add(b));
  }
  const found = new Set<string>();
  const done = new Set<string>();
  function walk(name: string, path: readonly string[]): void {
    const start = path.indexOf(name);
    if (start >= 0) found.add(`lib: rooms import each other in a circle: ${[...path.slice(start), name].join(" -> ")}`);
    if (start >= 0 || done.has(name)) return;
    for (const next of edges.get(name) ?? []) walk(next, [...path, name]);
    done.add(name);
  }
  for (const name of edges.keys()) walk(name, []);
  return [...found];
}
