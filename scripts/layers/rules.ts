/**
 * The layers of the house as tables: who may import whom, and what the core may not touch. `check_layers.ts`, the lint
 * plugin and `.github/ARCHITECTURE.md` are made from them.
 *
 * @module
 */

/** A room: a folder of `lib`, or one of the files at the top. */
export interface Room {
  /** Its height in the house; imports go down or stay on the floor. */
  readonly level: number;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** What it may import: rooms, packages, or single files. */
  readonly imports: readonly string[];
  /** What it may import as types only, in the same form. */
  readonly types?: readonly string[];
}

/** Every room. `*` stands for all other rooms that are not above. */
export const rooms: Readonly<Record<string, Room>> = {
  bytes: { level: 0, purpose: "layouts of wire formats, CRC32C, encodings, buffer pool", imports: [] },
  scsi: {
    level: 1,
    purpose: "the device server: commands, sense, pages, unit attentions",
    imports: ["bytes"],
    types: ["lib/store/store.ts"],
  },
  iscsi: {
    level: 1,
    purpose: "the protocol engine: PDUs, login, sessions, transfers",
    imports: ["bytes"],
    types: ["lib/scsi/task.ts"],
  },
  store: { level: 2, purpose: "where blocks are kept: files, memory, filters", imports: ["bytes", "@std/log"] },
  target: {
    level: 2,
    purpose: "what is exported to whom",
    imports: ["bytes", "iscsi", "scsi", "store"],
  },
  net: {
    level: 3,
    purpose: "sockets: listens, reads, writes",
    imports: ["bytes", "iscsi", "scsi", "target", "@std/log", "@std/streams"],
    types: ["lib/store/store.ts"],
  },
  initiator: {
    level: 3,
    purpose: "a small initiator: discovery, tests",
    imports: ["bytes", "iscsi", "@std/log", "@std/streams"],
  },
  admin: {
    level: 3,
    purpose: "HTTP API, metrics, captures",
    imports: ["bytes", "target", "store/store.ts", "@std/log", "@std/streams"],
  },
  "lib/server.ts": {
    level: 4,
    purpose: "wires configuration, targets, listeners",
    imports: ["bytes", "scsi", "iscsi", "store", "target", "net", "admin", "@std/log", "@std/streams"],
  },
  "lib/mod.ts": {
    level: 5,
    purpose: "the public library",
    imports: ["bytes", "scsi", "iscsi", "store", "target", "net", "initiator", "admin", "lib/server.ts"],
  },
  cli: {
    level: 6,
    purpose: "the command line",
    imports: ["*", "@std/cli", "@std/log", "@std/streams"],
  },
  "main.ts": { level: 7, purpose: "arguments to command", imports: ["cli"] },
};

/** Rooms without I/O, clock or randomness. */
export const pureRooms: ReadonlySet<string> = new Set(["bytes", "iscsi", "scsi"]);

/** Rooms without `async` and `await`. */
export const synchronousRooms: ReadonlySet<string> = new Set(["bytes", "iscsi"]);

/** What pure rooms may not use. */
export const impureGlobals: ReadonlySet<string> = new Set([
  "Deno",
  "Date",
  "Math.random",
  "WebSocket",
  "Worker",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "fetch",
  "globalThis",
  "navigator",
  "performance",
  "process",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
]);

/** Where `Deno` may be used. */
export const denoPlaces =
  /^(lib\/(net|admin|cli|std)\/|lib\/store\/file\w*\.ts$|lib\/server\.ts$|lib\/initiator\/connect\.ts$|main\.ts$|scripts\/|tests\/)/;
