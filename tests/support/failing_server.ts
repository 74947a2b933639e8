/**
 * The program with workers that fail: at SIGUSR2 all of them come upon an error that nobody has expected.
 *
 * @module
 */

import { serve } from "../../lib/cli/serve.ts";
import { serveServices } from "../../lib/cli/serve_services.ts";
import { systemHost } from "../../lib/cli/system_host.ts";
import { Fleet } from "../../lib/cli/workers/fleet.ts";
import type { Order } from "../../lib/cli/workers/messages.ts";
import { spawnThread, type Thread } from "../../lib/cli/workers/thread.ts";
import type { Hook } from "./hooked_worker.ts";

if (import.meta.main) {
  const threads = new Map<string, Thread>();
  const hook: Hook = { kind: "die" };
  Deno.addSignalListener("SIGUSR2", () => threads.forEach((thread) => thread.post(hook as unknown as Order)));
  const [, ...args] = Deno.args;
  Deno.exit(
    await serve(systemHost(), args, {
      ...serveServices,
      fleet: (options) =>
        new Fleet({
          ...options,
          spawn: (name) => {
            const thread = spawnThread(name, new URL("./hooked_worker.ts", import.meta.url));
            threads.set(name, thread);
            return thread;
          },
          later: (milliseconds, then) => {
            const timer = setTimeout(then, milliseconds);
            return () => clearTimeout(timer);
          },
        }),
    }),
  );
}
