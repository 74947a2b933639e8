/**
 * The calls of the C library that deal with holes, on Linux and macOS.
 *
 * Tested in tests/store/file_holes_test.ts.
 *
 * @module
 */

import type { StoreSpace } from "./store.ts";

/** The systems whose C library is known. */
export type PosixSystem = "linux" | "darwin";

/** Numbers are as C has them; a call that failed returns -1, and none rejects. */
export interface PosixCalls {
  /** Holes may be of any length and lie behind the end of the file; else they are whole blocks within it. */
  readonly freely: boolean;
  /** Opens a file; the descriptor, or -1. */
  open(path: string, readOnly: boolean): number;
  close(descriptor: number): void;
  /** The device and the inode number of a file that is open; `undefined` when that fails. */
  identify(descriptor: number): { readonly device: number; readonly inode: number } | undefined;
  /** The next byte that is data, from `at` on; -1 with `ENXIO` when there is none. Away from the thread. */
  nextData(descriptor: number, at: number): Promise<number>;
  /** The next byte that is in a hole; the end of the file is one. Away from the thread. */
  nextHole(descriptor: number, at: number): Promise<number>;
  /** Makes a hole. Away from the thread. */
  punch(descriptor: number, at: number, length: number): Promise<number>;
  /** Bytes that a file takes up and that its file system has left; `undefined` when that fails. Away from the thread. */
  space(descriptor: number): Promise<StoreSpace | undefined>;
  /** Does it on the thread, and names the error; `undefined` when it works this time. */
  reasonOf(call: "nextData" | "nextHole" | "punch", descriptor: number, at: number, length: number): string | undefined;
  /** Lets go of the library. */
  unload(): void;
}

/** Where the C library may be, as the permission to call it wants to know. */
export const posixLibraries: Readonly<Record<PosixSystem, readonly string[]>> = {
  linux: [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
    "/lib/libc.so.6",
  ],
  darwin: ["/usr/lib/libSystem.B.dylib"],
};

const seek = { parameters: ["i32", "i64", "i32"], result: "i64" } as const;
const punchHole = { parameters: ["i32", "i32", "i64", "i64"], result: "i32" } as const;
// Further arguments of a variadic function are on the stack of an Apple processor: six are left out to get there.
const control = {
  parameters: ["i32", "i32", "usize", "usize", "usize", "usize", "usize", "usize", "buffer"],
  result: "i32",
} as const;

const shared = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  lseek: { ...seek, nonblocking: true },
  lseekNow: { ...seek, name: "lseek" },
  fstatvfs: { parameters: ["i32", "buffer"], result: "i32", nonblocking: true },
  memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
} as const;

const symbolsOf = {
  linux: {
    ...shared,
    fstat: { parameters: ["i32", "buffer"], result: "i32" },
    errno: { parameters: [], result: "pointer", name: "__errno_location" },
    fallocate: { ...punchHole, nonblocking: true },
    fallocateNow: { ...punchHole, name: "fallocate" },
  },
  darwin: {
    ...shared,
    fstat: {
      parameters: ["i32", "buffer"],
      result: "i32",
      name: Deno.build.arch === "x86_64" ? "fstat$INODE64" : "fstat",
    },
    errno: { parameters: [], result: "pointer", name: "__error" },
    fcntl: { ...control, nonblocking: true },
    fcntlNow: { ...control, name: "fcntl" },
  },
} as const;

/** What differs from system to system: numbers of headers, and where `struct stat` and `struct statvfs` have fields. */
const numbers = {
  linux: {
    closeOnExec: 0o2000000,
    seekData: 3,
    seekHole: 4,
    device: 0,
    wideDevice: true,
    inode: 8,
    blocks: 64,
    available: 32,
    wideAvailable: true,
  },
  darwin: {
    closeOnExec: 0x0100_0000,
    seekData: 4,
    seekHole: 3,
    device: 0,
    wideDevice: false,
    inode: 8,
    blocks: 104,
    available: 24,
    wideAvailable: false,
  },
} as const;

/** `st_blocks` counts in these, whatever the file system has; `f_frsize` is where both systems have it. */
const statBlock = 512;
const fragmentSize = 8;

const readOnlyFlag = 0;
const readWriteFlag = 2;
/** FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE. */
const punchMode = 0x03;
/** F_PUNCHHOLE. */
const punchCommand = 99;

const errorNames: Readonly<Record<PosixSystem, Readonly<Record<number, string>>>> = {
  linux: { 95: "EOPNOTSUPP", 38: "ENOSYS", 122: "EDQUOT", 116: "ESTALE" },
  darwin: { 45: "EOPNOTSUPP", 102: "EOPNOTSUPP", 78: "ENOSYS", 69: "EDQUOT", 70: "ESTALE" },
};

const sharedErrorNames: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  4: "EINTR",
  5: "EIO",
  6: "ENXIO",
  9: "EBADF",
  13: "EACCES",
  19: "ENODEV",
  22: "EINVAL",
  27: "EFBIG",
  28: "ENOSPC",
  30: "EROFS",
};

/** Loads the C library; `undefined` where it is not, or may not be called. */
export function loadPosix(system: PosixSystem): PosixCalls | undefined {
  return loadFirst(system, system === "linux" ? linuxCalls : darwinCalls);
}

/** What `load` makes of the first C library of a system that is there and may be called. */
export function loadFirst<Loaded>(system: PosixSystem, load: (path: string) => Loaded): Loaded | undefined {
  for (const path of posixLibraries[system]) {
    if (Deno.permissions.querySync({ name: "ffi", path }).state !== "granted") continue;
    try {
      return load(path);
    } catch {
      // Another of them may be the one.
    }
  }
  return undefined;
}

function linuxCalls(path: string): PosixCalls {
  const library = Deno.dlopen(path, symbolsOf.linux);
  const { symbols } = library;
  return {
    freely: true,
    ...sharedCalls("linux", symbols),
    punch: (descriptor, at, length) => symbols.fallocate(descriptor, punchMode, BigInt(at), BigInt(length)),
    reasonOf(call, descriptor, at, length) {
      const done = call === "punch"
        ? symbols.fallocateNow(descriptor, punchMode, BigInt(at), BigInt(length))
        : seekNow("linux", symbols, { call, descriptor, at });
      return done < 0 ? lastError("linux", symbols) : undefined;
    },
    unload: () => library.close(),
  };
}

function darwinCalls(path: string): PosixCalls {
  const library = Deno.dlopen(path, symbolsOf.darwin);
  const { symbols } = library;
  return {
    freely: false,
    ...sharedCalls("darwin", symbols),
    punch: (descriptor, at, length) =>
      symbols.fcntl(descriptor, punchCommand, 0n, 0n, 0n, 0n, 0n, 0n, holeOf(at, length)),
    reasonOf(call, descriptor, at, length) {
      const done = call === "punch"
        ? symbols.fcntlNow(descriptor, punchCommand, 0n, 0n, 0n, 0n, 0n, 0n, holeOf(at, length))
        : seekNow("darwin", symbols, { call, descriptor, at });
      return done < 0 ? lastError("darwin", symbols) : undefined;
    },
    unload: () => library.close(),
  };
}

type SharedSymbols = Deno.StaticForeignLibraryInterface<
  typeof shared & Pick<typeof symbolsOf.linux, "fstat" | "errno">
>;

function sharedCalls(
  system: PosixSystem,
  symbols: SharedSymbols,
): Omit<PosixCalls, "freely" | "punch" | "reasonOf" | "unload"> {
  const { closeOnExec, seekData, seekHole, device, wideDevice, inode } = numbers[system];
  const { blocks, available, wideAvailable } = numbers[system];
  return {
    open(path, readOnly) {
      const name = new TextEncoder().encode(`${path}\0`);
      return symbols.open(name, (readOnly ? readOnlyFlag : readWriteFlag) | closeOnExec);
    },
    close: (descriptor) => void symbols.close(descriptor),
    identify(descriptor) {
      const stat = new DataView(new ArrayBuffer(512));
      if (symbols.fstat(descriptor, new Uint8Array(stat.buffer)) < 0) return undefined;
      return {
        device: wideDevice ? Number(stat.getBigUint64(device, true)) : stat.getInt32(device, true),
        inode: Number(stat.getBigUint64(inode, true)),
      };
    },
    async space(descriptor) {
      const file = new DataView(new ArrayBuffer(512));
      const volume = new DataView(new ArrayBuffer(512));
      if (symbols.fstat(descriptor, new Uint8Array(file.buffer)) < 0) return undefined;
      if (await symbols.fstatvfs(descriptor, new Uint8Array(volume.buffer)) < 0) return undefined;
      const fragments = wideAvailable
        ? Number(volume.getBigUint64(available, true))
        : volume.getUint32(available, true);
      return {
        used: Number(file.getBigUint64(blocks, true)) * statBlock,
        available: fragments * Number(volume.getBigUint64(fragmentSize, true)),
      };
    },
    nextData: async (descriptor, at) => Number(await symbols.lseek(descriptor, BigInt(at), seekData)),
    nextHole: async (descriptor, at) => Number(await symbols.lseek(descriptor, BigInt(at), seekHole)),
  };
}

function seekNow(
  system: PosixSystem,
  symbols: SharedSymbols,
  { call, descriptor, at }: { call: "nextData" | "nextHole"; descriptor: number; at: number },
): number {
  const { seekData, seekHole } = numbers[system];
  return Number(symbols.lseekNow(descriptor, BigInt(at), call === "nextData" ? seekData : seekHole));
}

/** The error of the call just before on this thread, copied by the library: reading memory takes more permission. */
function lastError(system: PosixSystem, symbols: SharedSymbols): string {
  const error = new Int32Array(1);
  symbols.memcpy(new Uint8Array(error.buffer), symbols.errno(), 4n);
  const code = error[0] as number;
  return errorNames[system][code] ?? sharedErrorNames[code] ?? `errno ${code}`;
}

/** `struct fpunchhole`: flags, reserved, offset, length. */
function holeOf(at: number, length: number): Uint8Array<ArrayBuffer> {
  const hole = new DataView(new ArrayBuffer(24));
  hole.setBigInt64(8, BigInt(at), true);
  hole.setBigInt64(16, BigInt(length), true);
  return new Uint8Array(hole.buffer);
}
