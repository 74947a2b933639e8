/**
 * Keeps processors from sleeping while servers are compared. Where waking one up costs more than a request, as in many
 * virtual machines, it would be the sleep that is measured, and the more the sooner a server is done.
 *
 * @module
 */

import { stop } from "../command.ts";

/** Gives every processor something to do that gives way to everything else, until it is disposed of. */
export function keepAwake(): Disposable {
  const idlers = Array.from({ length: navigator.hardwareConcurrency }, () =>
    new Deno.Command("chrt", {
      args: ["--idle", "0", "sh", "-c", "while :; do :; done"],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn());
  return {
    [Symbol.dispose]() {
      for (const idler of idlers) stop(idler, "SIGKILL");
    },
  };
}
