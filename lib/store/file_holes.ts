/**
 * Finds out what this system can do with holes. That takes the permission to call the system's library and nothing
 * else; without it, images are zeroed where they could be punched.
 *
 * @module
 */

import type { FilePlatform, PlatformTarget } from "./file_platform.ts";
import { openPosixPlatform } from "./file_posix.ts";
import { loadPosix, posixLibraries } from "./file_posix_calls.ts";
import { openWindowsPlatform } from "./file_windows.ts";
import { loadWindows, windowsLibraries } from "./file_windows_calls.ts";

/** Holes in the file of `target`; `undefined` where there are none to be had. Never throws. */
export async function openHoles(target: PlatformTarget): Promise<FilePlatform | undefined> {
  // Whether a device can give blocks back cannot be found out without doing it.
  if (!target.info.isFile) return undefined;
  const { os } = Deno.build;
  try {
    if (os === "windows") return await openWindowsPlatform(loadWindows, target);
    if (os === "linux" || os === "darwin") return await openPosixPlatform(() => loadPosix(os), target);
  } catch {
    // Whatever it is, there is a way without holes.
  }
  return undefined;
}

/** The libraries that are called, for `--allow-ffi`: those that one of the systems has. */
export function holeLibraries(os: typeof Deno.build.os = Deno.build.os): readonly string[] {
  if (os === "windows") return windowsLibraries;
  return os === "linux" || os === "darwin" ? posixLibraries[os] : [];
}
