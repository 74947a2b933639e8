/**
 * The program with workers that fail: at SIGUSR2 all of them come upon an error that nobody has expected.
 *
 * @module
 */

import { serve } from "../../lib/cli/serve.ts";
import { serveServices } from "../../lib/cli/serve_services.ts";
import { systemHost } from "../../lib/cli/system_host.ts";
import type { Order } from "../../lib/cli/workers/messages.ts";
import type { Thread } from "../../lib/cli/workers/thread.ts";
import { fleetOf } from "./fleet_of.ts";
import type { Hook } from "./hooked_worker.ts";

if (import.meta.main) {
  const threads = new Map<string, Thread>();
  const hook: Hook = { kind: "die" };
  const module = new URL("./hooked_worker.ts", import.meta.url);
  Deno.addSignalListener("SIGUSR2", () => threads.forEach((thread) => thread.post(hook as unknown as Order)));
  const [, ...args] = Deno.args;
  Deno.exit(
    await serve(systemHost(), args, {
      ...serveServices,
      fleet: (options) => fleetOf(options, module, (name, thread) => threads.set(name, thread)),
    }),
  );
}
