/**
 * What a worker is told, for tests of workers.
 *
 * @module
 */

import type { WorkerJob } from "../../lib/cli/workers/messages.ts";

type Images = WorkerJob["plan"]["targets"][number]["images"];

/** A job with one target of these images, on a free port of 127.0.0.1. */
export function workerJob(images: Images = []): WorkerJob {
  return {
    plan: {
      targets: [{ name: "iqn.2026-01.example:a", images, maps: [] }],
      listen: [{ hostname: "127.0.0.1", port: 0 }],
      limits: {},
      queueDepth: 128,
      workers: 2,
      quiet: false,
      logLevel: "info",
      logFormat: "text",
    },
    elsewhere: [],
    memory: 1 << 20,
  };
}
