/**
 * The machine that figures come from.
 *
 * @module
 */

import type { Machine } from "./readme.ts";

/** What this machine says of itself. */
export function machine(): Omit<Machine, "rounds" | "seconds" | "awake"> {
  const name = processorOf(readText("/proc/cpuinfo"));
  return {
    ...(name === undefined ? {} : { processor: name }),
    cores: navigator.hardwareConcurrency,
    system: `${Deno.build.os === "linux" ? "Linux" : Deno.build.os} ${/^\d+\.\d+/.exec(Deno.osRelease())?.[0] ?? ""}`
      .trim(),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** The processor's name in /proc/cpuinfo. */
export function processorOf(text: string): string | undefined {
  return /^model name\s*: (.+)$/m.exec(text)?.[1]?.trim();
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
