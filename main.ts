/**
 * The program: from its arguments to a command, and to an exit code.
 *
 * @module
 */

import { run } from "./lib/cli/run.ts";
import { runs } from "./lib/cli/runs.ts";
import { systemHost } from "./lib/cli/system_host.ts";

if (import.meta.main) Deno.exit(await run(systemHost(), runs));
