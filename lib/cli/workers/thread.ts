/**
 * A worker in a thread of its own.
 *
 * @module
 */

import type { Order, Report } from "./messages.ts";

/** The main thread's end of the line to a worker. */
export interface Thread {
  /** Told what the worker says. */
  onReport: (report: Report) => void;
  /** Told that the worker is gone without a word. */
  onLoss: (reason: string) => void;
  post(order: Order): void;
  /** Ends it at once. */
  end(): void;
}

/** Makes the worker of a name. */
export type Spawn = (name: string) => Thread;

/**
 * Starts a thread.
 *
 * @param module what it runs
 */
export function spawnThread(name: string, module: string | URL = new URL("./worker.ts", import.meta.url)): Thread {
  // Permissions of its own, which it gives up by itself: otherwise all threads would have them in common.
  const inherited = { ffi: "inherit", net: "inherit", read: "inherit", write: "inherit" } as const;
  const permissions = { ...inherited, env: false, import: false, run: false, sys: false };
  const worker = new Worker(module, { type: "module", name, deno: { permissions } });
  const thread: Thread = {
    onReport: () => {},
    onLoss: () => {},
    post: (order) => worker.postMessage(order),
    end: () => worker.terminate(),
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Report>) => thread.onReport(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    thread.onLoss(event.message);
  });
  worker.addEventListener("messageerror", () => thread.onLoss("it said what cannot be understood"));
  return thread;
}
