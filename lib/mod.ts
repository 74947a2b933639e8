/**
 * Lunbox as a library: iSCSI targets in your own program, stores for their blocks, and an initiator to reach them.
 *
 * A disk in memory on a free port, found by the initiator that comes along:
 *
 * @example A target in memory, and the targets of a portal
 * ```ts
 * import { discover, MemoryStore, Server } from "@lunbox/lunbox";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new Server({ listen: [{ hostname: "127.0.0.1", port: 0 }] });
 * server.addTarget({
 *   name: "iqn.2026-11.com.example:scratch",
 *   luns: [{ lun: 0, store: new MemoryStore(1024 * 1024 * 1024) }],
 * });
 * await server.start();
 *
 * const [portal] = server.portals;
 * const [found] = await discover(portal!);
 * assertEquals(found?.name, "iqn.2026-11.com.example:scratch");
 * ```
 *
 * Whatever can read and write blocks can be a disk. Each call is done when it returns, or when its promise settles:
 *
 * @example A store of your own
 * ```ts
 * import { type BlockStore, connect, Initiator, Server, Target } from "@lunbox/lunbox";
 * import { assertEquals } from "@std/assert";
 *
 * const store: BlockStore = {
 *   size: 1024 * 1024,
 *   blockSize: 512,
 *   capabilities: { readOnly: true, volatileCache: false, unmap: false, extents: false, rotational: false },
 *   read(into, at) {
 *     into.fill(at / 512 & 0xff);
 *   },
 *   write() {},
 *   flush() {},
 *   unmap() {},
 *   zero() {},
 *   extents: (at, length) => [{ at, length, allocated: true }],
 *   close() {},
 * };
 * const target = new Target({ name: "iqn.2026-11.com.example:pattern" }).addUnit({ lun: 0, store, readOnly: true });
 * await using server = new Server({ listen: [{ hostname: "127.0.0.1", port: 0 }], targets: [target] });
 * await server.start();
 *
 * await using initiator = await Initiator.login(await connect(server.portals[0]!), {
 *   initiatorName: "iqn.2026-11.com.example:reader",
 *   targetName: target.name,
 * });
 * // READ (10) of one block at LBA 7. The first command of a session hears a unit attention.
 * const read10 = Uint8Array.of(0x28, 0, 0, 0, 0, 7, 0, 0, 1, 0);
 * await initiator.execute(read10, { dataIn: 512 });
 * const { status, data } = await initiator.execute(read10, { dataIn: 512 });
 * assertEquals([status, data[0]], [0, 7]);
 * ```
 *
 * A server that ends asks initiators to log out, lets running commands end and flushes. Stores belong to whoever opened
 * them:
 *
 * @example Graceful shutdown
 * ```ts
 * import { FileStore, Server } from "@lunbox/lunbox";
 *
 * const path = await Deno.makeTempFile({ suffix: ".img" });
 * const store = await FileStore.open(path, { size: 64 * 1024 * 1024 });
 * const server = new Server({
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   targets: [{ name: "iqn.2026-11.com.example:file", luns: [{ lun: 0, store }] }],
 * });
 * await server.start();
 *
 * async function leave(): Promise<void> {
 *   await server.drain({ timeout: 10_000 });
 *   await store.close();
 * }
 * Deno.addSignalListener("SIGTERM", leave);
 *
 * // Later, here or by the signal:
 * await leave();
 * await server.finished;
 * Deno.removeSignalListener("SIGTERM", leave);
 * await Deno.remove(path);
 * ```
 *
 * For measuring everything above the stores there is one that keeps nothing:
 *
 * @example A store that forgets
 * ```ts
 * import { NullStore } from "@lunbox/lunbox";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new NullStore(1024 * 1024);
 * const block = new Uint8Array(512).fill(1);
 * store.read(block, 0);
 * assertEquals(block[0], 0);
 * ```
 *
 * @module
 */

export { type DrainOptions, Server, type ServerChapOptions, type ServerOptions, type StopOptions } from "./server.ts";
export type { ListenAddress } from "./net/listener.ts";
export type { HostAddress, PortalOptions } from "./target/portals.ts";
export type { TargetMove } from "./iscsi/login_host.ts";
export { StoreSilentError } from "./target/settle.ts";
export { type AluaOptions, Target, type TargetOptions, type UnitOptions } from "./target/target.ts";
export { type AccessState, PortGroupError, type PortGroups, type PortGroupsOptions } from "./scsi/logical_unit.ts";
export type { ChapAccount, ChapAccountsOptions, ChapName } from "./target/chap_accounts.ts";
export type { TargetLimits } from "./target/limits.ts";
export type { LoginThrottleOptions } from "./target/login_throttle.ts";
export type { LunMapRule, MappedLun } from "./target/lun_map.ts";
export { defaultLocalParameters, type Digest, type LocalParameters } from "./iscsi/parameters.ts";
export { defaultTimeouts, type Timeouts } from "./iscsi/keep_alive.ts";
export { NameError } from "./iscsi/names.ts";

export type { BlockStore, Extent, StoreCapabilities } from "./store/store.ts";
export { FileStore, type FileStoreOptions } from "./store/file_store.ts";
export { MemoryStore, type MemoryStoreOptions } from "./store/memory_store.ts";
export { NullStore } from "./store/null_store.ts";
export { type OpenOptions, openStore } from "./store/open.ts";
export {
  MediumError,
  OutOfSpaceError,
  ReadOnlyError,
  StoreClosedError,
  StoreError,
  StoreGoneError,
  StoreOpenError,
} from "./store/errors.ts";

export * from "./initiator/mod.ts";
