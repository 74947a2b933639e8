/**
 * Tells stories to a Linux guest: shell scripts beside `tests/interop`, one after the other in one boot.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { type GuestOptions, runInGuest } from "../../scripts/linux_vm.ts";

/** The programs that every story needs. */
export const GUEST_PROGRAMS = ["qemu-system-x86_64", "apt-get", "dpkg-deb"] as const;

/** A story, and what is known in it. */
export interface GuestStory {
  /** File in `tests/interop`. */
  readonly file: string;
  /** Variables of its environment beside HOST, where the guest finds us. */
  readonly variables: Readonly<Record<string, string | number>>;
}

/**
 * Boots a guest that runs the stories until one fails.
 *
 * @returns what the console showed
 * @throws {Error} If a story fails, or does not say in its last line that it is complete.
 */
export async function tellGuest(
  stories: readonly GuestStory[],
  options: Omit<GuestOptions, "script"> = {},
): Promise<string> {
  const files: Record<string, string | Uint8Array> = {
    ...options.files,
    "/guest.sh": await Deno.readTextFile(`${FOLDER}/guest.sh`),
  };
  const lines = ["set -e"];
  for (const { file, variables } of stories) {
    files[`/${file}`] = await Deno.readTextFile(`${FOLDER}/${file}`);
    const words = Object.entries({ HOST: "10.0.2.2", ...variables }).map(([name, value]) => `${name}='${value}'`);
    lines.push(`env ${words.join(" ")} sh /${file}`, `echo "== end of ${file}"`);
  }
  const { exitCode, output } = await runInGuest({ ...options, script: lines.join("\n"), files });
  assertEquals(exitCode, 0, output);
  for (const { file } of stories) assertStringIncludes(output, ` complete\n== end of ${file}\n`);
  return output;
}

const FOLDER = new URL("../interop", import.meta.url).pathname;
