/**
 * A worker that can be told to die, or what it may do: besides what the real one does, two orders that no main thread of
 * ours gives.
 *
 * @module
 */

import "../../lib/cli/workers/worker.ts";

/** An order of tests. */
export type Hook = { readonly kind: "die" } | { readonly kind: "permissions" };

const names = ["env", "ffi", "net", "read", "run", "sys", "write"] as const;

globalThis.addEventListener("message", (event) => {
  const { kind } = (event as MessageEvent<Hook>).data;
  if (kind === "die") {
    setTimeout(() => {
      throw new Error("boom");
    });
  }
  if (kind === "permissions") {
    const granted = names.filter((name) => Deno.permissions.querySync({ name }).state === "granted");
    const report = { kind: "log", severity: "info", message: "permissions", args: granted };
    (globalThis as unknown as { postMessage(message: unknown): void }).postMessage(report);
  }
});
