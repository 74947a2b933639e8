/**
 * The sockets, clocks and processes that `lunbox bench` works with.
 *
 * Tested in tests/interop/bench_test.ts.
 *
 * @module
 */

import { connect } from "../initiator/connect.ts";
import { runLoad } from "../load/run.ts";
import type { BenchServices } from "./bench.ts";
import { processTimes } from "./process_time.ts";
import { machineSecrets } from "./secrets.ts";

/** Real connections on a real machine. */
export const benchServices: BenchServices = {
  run: (options) => runLoad(options, { connect, now: () => performance.now() }),
  secrets: machineSecrets,
  times: processTimes,
  seed: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
};
