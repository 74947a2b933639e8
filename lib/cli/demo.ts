/**
 * `lunbox demo`: a disk in memory, served at once, to see what it is all about.
 *
 * @module
 */

import { parse } from "./args.ts";
import type { Host } from "./host.ts";
import { serve } from "./serve.ts";
import { sizeOf } from "./serve_plan.ts";
import type { ServeServices } from "./serving.ts";
import { demoOptions, helpOption } from "./small_options.ts";

/**
 * Runs `lunbox demo` until it is stopped; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense
 */
export async function demo(host: Host, args: readonly string[], services: ServeServices): Promise<number> {
  const { values } = parse(args, { options: [...demoOptions, helpOption], env: host.env });
  // Said here, where it is called by its name.
  sizeOf(values.size, "--size");
  const words = ["--image", `memory:${values.size},product=Demo`, "--alias", "Lunbox demo", "--log-level", "warn"];
  for (const address of values.listen) words.push("--listen", address);
  for (const pattern of values.allow) words.push("--allow", pattern);
  host.stdout.write("This is a disk in memory: what is written to it is gone when the demo ends.\n\n");
  return await serve(host, words, services);
}
