/**
 * The calls of Windows that deal with holes.
 *
 * Tested in tests/store/file_holes_test.ts.
 *
 * @module
 */

/** The calls of kernel32; handles are those of Windows, as numbers. */
export interface WindowsCalls {
  /** Opens a file for others to use as well; `undefined` when that fails. */
  open(path: string, readOnly: boolean): bigint | undefined;
  close(handle: bigint): void;
  /** The volume and the number of a file that is open; `undefined` when that fails. */
  identify(handle: bigint): { readonly volume: number; readonly file: bigint } | undefined;
  /**
   * Asks the file system for something, away from the thread. Resolves with the bytes of `output` that it filled, or with
   * the number of the error.
   */
  control(handle: bigint, request: ControlRequest): Promise<ControlResult>;
  /** Lets go of the library. */
  unload(): void;
}

/** A request to a file system. */
export interface ControlRequest {
  /** One of {@link controlCode}. */
  readonly code: number;
  readonly input: Uint8Array<ArrayBuffer>;
  readonly output: Uint8Array<ArrayBuffer>;
}

/** How a request ended. */
export interface ControlResult {
  /** 0 for success (a system error code of Windows). */
  readonly error: number;
  /** Bytes of the output that were filled, also with {@link moreData}. */
  readonly filled: number;
}

/** What is asked of file systems. */
export const controlCode = {
  setSparse: 0x0009_00c4,
  setZeroData: 0x0009_80c8,
  queryAllocatedRanges: 0x0009_40cf,
} as const;

/** ERROR_MORE_DATA: the output was too short for all. */
export const moreData = 234;

/** Where the library may be, as the permission to call it wants to know. */
export const windowsLibraries: readonly string[] = ["C:/Windows/System32/kernel32.dll"];

const deviceIoControl = {
  parameters: ["usize", "u32", "buffer", "u32", "buffer", "u32", "buffer", "usize"],
  result: "i32",
} as const;

const symbols = {
  CreateFileW: { parameters: ["buffer", "u32", "u32", "usize", "u32", "u32", "usize"], result: "usize" },
  CloseHandle: { parameters: ["usize"], result: "i32" },
  GetFileInformationByHandle: { parameters: ["usize", "buffer"], result: "i32" },
  GetLastError: { parameters: [], result: "u32" },
  control: { ...deviceIoControl, name: "DeviceIoControl", nonblocking: true },
  controlNow: { ...deviceIoControl, name: "DeviceIoControl" },
} as const;

const genericRead = 0x8000_0000;
const genericWrite = 0x4000_0000;
/** Others may read, write and delete the file. */
const shareAll = 7;
const openExisting = 3;
const invalidHandle = 0xffff_ffff_ffff_ffffn;

/** Loads kernel32; `undefined` where it is not, or may not be called. */
export function loadWindows(): WindowsCalls | undefined {
  const path = windowsLibraries.find((path) => Deno.permissions.querySync({ name: "ffi", path }).state === "granted");
  if (path === undefined) return undefined;
  const library = Deno.dlopen(path, symbols);
  const calls = library.symbols;
  return {
    open(path, readOnly) {
      const access = readOnly ? genericRead : genericRead + genericWrite;
      const handle = calls.CreateFileW(wide(path), access, shareAll, 0n, openExisting, 0, 0n);
      return handle === invalidHandle ? undefined : handle;
    },
    close: (handle) => void calls.CloseHandle(handle),
    identify(handle) {
      // BY_HANDLE_FILE_INFORMATION.
      const information = new DataView(new ArrayBuffer(52));
      if (calls.GetFileInformationByHandle(handle, new Uint8Array(information.buffer)) === 0) return undefined;
      const file = BigInt(information.getUint32(44, true)) << 32n | BigInt(information.getUint32(48, true));
      return { volume: information.getUint32(28, true), file };
    },
    async control(handle, { code, input, output }) {
      const filled = new Uint32Array(1);
      const count = new Uint8Array(filled.buffer);
      if (await calls.control(handle, code, input, input.length, output, output.length, count, 0n) !== 0) {
        return { error: 0, filled: filled[0] as number };
      }
      // The error is lost with the thread that it was on: once more, on this one.
      const done = calls.controlNow(handle, code, input, input.length, output, output.length, count, 0n);
      const error = done === 0 ? calls.GetLastError() : 0;
      return { error, filled: filled[0] as number };
    },
    unload: () => library.close(),
  };
}

/** A path as Windows has it: UTF-16, with a zero at the end. */
function wide(text: string): Uint8Array<ArrayBuffer> {
  const units = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
}
