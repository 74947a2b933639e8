/**
 * The processor time of other processes on this machine, where the system tells it.
 *
 * @module
 */

import process from "node:process";
import { posixLibraries } from "../store/file_posix_calls.ts";
import type { Portal } from "./portal.ts";

/** Tells processor times. */
export interface ProcessTimes {
  /** Seconds that a process and all its threads have used, in user and system mode; `undefined` if it cannot be told. */
  secondsOf(pid: number): number | undefined;
  /** The process that listens on a port of this machine; `undefined` if it cannot be told. */
  listenerOf(portal: Portal): number | undefined;
  /** Seconds that this process has used. */
  own(): number;
  /** Lets go of what was needed. */
  close(): void;
}

/** The processes of this machine. */
export function processTimes(): ProcessTimes {
  const clock = Deno.build.os === "linux" ? openClock() : undefined;
  return {
    secondsOf: (pid) => clock?.secondsOf(pid) ?? fromStat(pid),
    listenerOf,
    own: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    close: () => clock?.close(),
  };
}

/** Ticks of /proc in a second: the kernel's constant towards programs, whatever its own clock does. */
const TICKS = 100;

/** Fields of /proc/PID/stat behind the name: user and system time of all threads, in ticks (proc(5)). */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

function fromStat(pid: number): number | undefined {
  const line = readText(`/proc/${pid}/stat`);
  if (line === undefined) return undefined;
  // The name is in parentheses and may hold anything.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
  return Number.isFinite(ticks) ? ticks / TICKS : undefined;
}

/** The clock of a process's processor time: exact to the nanosecond, and no file needs to be read for it. */
function openClock(): { secondsOf(pid: number): number | undefined; close(): void } | undefined {
  const time = new BigInt64Array(2);
  for (const path of posixLibraries.linux) {
    try {
      const library = Deno.dlopen(path, { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } });
      return {
        secondsOf(pid: number): number | undefined {
          // The number of the clock is made from the process's as in clock_getcpuclockid(3).
          if (library.symbols.clock_gettime(~pid << 3 | PROCESS_CLOCK, time) !== 0) return undefined;
          return Number(time[0]) + Number(time[1]) / 1e9;
        },
        close: () => library.close(),
      };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) return undefined;
    }
  }
  return undefined;
}

/** CPUCLOCK_SCHED: the time for which the scheduler gave the process a processor. */
const PROCESS_CLOCK = 2;

/** State of a socket that listens, in /proc/net/tcp. */
const LISTENING = "0A";

function listenerOf({ port }: Portal): number | undefined {
  const sockets = new Set<string>();
  for (const path of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readText(path)?.split("\n").slice(1) ?? []) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === LISTENING && parseInt(local.split(":")[1] ?? "", 16) === port) sockets.add(`socket:[${inode}]`);
    }
  }
  if (sockets.size === 0) return undefined;
  for (const { name } of list("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    for (const descriptor of list(`/proc/${name}/fd`)) {
      if (sockets.has(target(`/proc/${name}/fd/${descriptor.name}`))) return Number(name);
    }
  }
  return undefined;
}

// What may not be read, or is gone by now, tells nothing.

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function list(path: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch {
    return [];
  }
}

function target(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}
