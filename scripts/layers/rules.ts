/**
 * The layers of the house as tables: who may import whom, and what the core may not touch. `check_layers.ts`, the lint
 * plugin and `.github/ARCHITECTURE.md` are made from them.
 *
 * @module
 */

/** A room: a folder of `lib`, or a file at the top. */
export interface Room {
  /** Its height in the house. */
  readonly level: number;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** What it may import besides itself: rooms, single files, packages. `*` stands for every room below. */
  readonly imports: readonly string[];
  /** What it may import as types only, in the same form. */
  readonly types?: readonly string[];
}

/** Every room by its folder in `lib`, or by its path. */
export const rooms: Readonly<Record<string, Room>> = {
  bytes: { level: 0, purpose: "layouts of wire formats, CRC32C, encodings, buffer pool", imports: [] },
  scsi: {
    level: 1,
    purpose: "the device server: commands, sense data, pages, unit attentions",
    imports: ["bytes", "lib/store/store.ts"],
  },
  iscsi: {
    level: 1,
    purpose: "the protocol engine: PDUs, login, sessions, transfers",
    imports: ["bytes"],
    types: ["lib/scsi/task.ts", "lib/scsi/nexus.ts"],
  },
  store: { level: 2, purpose: "where blocks are kept: files, memory, filters", imports: ["bytes", "@std/log"] },
  target: {
    level: 2,
    purpose: "what is exported to whom",
    imports: ["bytes", "iscsi", "lib/scsi/logical_unit.ts", "lib/scsi/nexus.ts", "store", "@std/log"],
    types: ["scsi"],
  },
  net: {
    level: 3,
    purpose: "sockets: listens, reads, writes",
    imports: [
      "bytes",
      "iscsi",
      "lib/scsi/dispatch.ts",
      "lib/scsi/nexus.ts",
      "lib/scsi/task_management.ts",
      "target",
      "@std/log",
      "@std/streams",
    ],
    types: ["scsi", "lib/store/store.ts"],
  },
  initiator: {
    level: 3,
    purpose: "a small initiator: discovery and tests",
    imports: ["bytes", "iscsi", "lib/target/chap_primitives.ts", "@std/log", "@std/streams"],
  },
  isns: {
    level: 3,
    purpose: "registers targets with an iSNS server",
    imports: ["bytes", "target", "@std/log"],
  },
  load: {
    level: 4,
    purpose: "puts targets under load: requests, latencies, verification",
    imports: [
      "bytes",
      "iscsi",
      "initiator",
      "lib/scsi/cdb.ts",
      "lib/scsi/sense.ts",
      "lib/scsi/sense_data.ts",
      "lib/scsi/status.ts",
    ],
  },
  "lib/server.ts": {
    level: 4,
    purpose: "wires configuration, targets and listeners",
    imports: ["*", "@std/log", "@std/streams"],
  },
  "lib/mod.ts": { level: 5, purpose: "the public library", imports: ["*"] },
  cli: { level: 6, purpose: "the command line", imports: ["*", "deno.json", "@std/cli", "@std/log", "@std/streams"] },
  "main.ts": { level: 7, purpose: "arguments to command", imports: ["cli", "@std/cli", "@std/log"] },
};

/** Rooms without I/O, clock or randomness. */
export const pureRooms: ReadonlySet<string> = new Set(["bytes", "iscsi", "scsi"]);

/** Rooms without `async` and `await`. */
export const synchronousRooms: ReadonlySet<string> = new Set(["bytes", "iscsi"]);

/** What pure rooms may not use. */
export const impureGlobals: ReadonlySet<string> = new Set([
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
  /^(lib\/(net|cli|std)\/|lib\/store\/file\w*\.ts$|lib\/server\.ts$|lib\/initiator\/connect\.ts$|lib\/isns\/network\.ts$|main\.ts$|scripts\/|tests\/)/;
