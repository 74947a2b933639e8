/**
 * The modules behind the commands, each loaded when its command is run.
 *
 * @module
 */

import type { Runs } from "./run.ts";

/** By the names of `commands`. */
export const runs: Runs = {
  serve: async () => {
    const [{ serve }, { serveServices }, { returnLargeBuffers }] = await Promise.all([
      import("./serve.ts"),
      import("./serve_services.ts"),
      import("./memory.ts"),
    ]);
    returnLargeBuffers();
    return (host, args) => serve(host, args, serveServices);
  },
  create: async () => (await import("./create.ts")).create,
  demo: async () => {
    const [{ demo }, { serveServices }] = await Promise.all([import("./demo.ts"), import("./serve_services.ts")]);
    return (host, args) => demo(host, args, serveServices);
  },
  completions: async () => (await import("./completions.ts")).completions,
  man: async () => (await import("./man.ts")).man,
  discover: async () => {
    const [{ discover }, initiator, { machineSecrets }] = await Promise.all([
      import("./discover.ts"),
      import("../initiator/discover.ts"),
      import("./secrets.ts"),
    ]);
    return (host, args) => discover(host, args, { ask: initiator.discover, secrets: machineSecrets });
  },
  bench: async () => {
    const [{ bench }, { benchServices }] = await Promise.all([import("./bench.ts"), import("./bench_services.ts")]);
    return (host, args) => bench(host, args, benchServices);
  },
};
