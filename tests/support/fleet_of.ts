/**
 * A real fleet whose workers run another module than the program's.
 *
 * @module
 */

import type { FleetServing, FleetServingOptions } from "../../lib/cli/serving.ts";
import { Fleet } from "../../lib/cli/workers/fleet.ts";
import { spawnThread, type Thread } from "../../lib/cli/workers/thread.ts";

/** Makes a fleet of threads that run `module`; `spawned` is told of each of them. */
export function fleetOf(
  options: FleetServingOptions,
  module: URL,
  spawned: (name: string, thread: Thread) => void = () => {},
): FleetServing {
  return new Fleet({
    ...options,
    spawn: (name) => {
      const thread = spawnThread(name, module);
      spawned(name, thread);
      return thread;
    },
    later: (milliseconds, then) => {
      const timer = setTimeout(then, milliseconds);
      return () => clearTimeout(timer);
    },
  });
}
