/**
 * The program with images that are slow to write, whoever serves them.
 *
 * @module
 */

import "./slow_images.ts";
import { serve } from "../../lib/cli/serve.ts";
import { serveServices } from "../../lib/cli/serve_services.ts";
import { systemHost } from "../../lib/cli/system_host.ts";
import { fleetOf } from "./fleet_of.ts";

if (import.meta.main) {
  const module = new URL("./slow_worker.ts", import.meta.url);
  const [, ...args] = Deno.args;
  Deno.exit(
    await serve(systemHost(), args, { ...serveServices, fleet: (options) => fleetOf(options, module) }),
  );
}
