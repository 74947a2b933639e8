/**
 * One server under one load: operations, time, and the processor time that the server took for them.
 *
 * @module
 */

import { processTimes } from "../../lib/cli/process_time.ts";
import type { Served } from "../../tests/support/portal.ts";
import { bytesFromDisk, dropCache, fillCache } from "./cache.ts";
import { runClient, type Work } from "./clients.ts";
import type { Contender } from "./contenders.ts";
import { type Pauses, pausesOf } from "./gc.ts";
import type { Load } from "./loads.ts";

/** What one run gave. */
export interface Sample {
  /** The server. */
  readonly contender: string;
  /** The load. */
  readonly load: string;
  /** From 0. */
  readonly round: number;
  /** Operations per second. */
  readonly rate: number;
  /** Microseconds of the server's processor time (user and system, all threads) per operation. */
  readonly cpu: number;
  /** Latencies in microseconds, as our client saw them. */
  readonly latency?: Work["latency"];
  /** Bytes that came from the disk for each byte that was asked for; of cold loads, where it can be told. */
  readonly fromDisk?: number;
  /** Garbage collections while our client measured; only where they were asked for. */
  readonly pauses?: Pauses;
}

/** How long a run is, and which. */
export interface MeasureOptions {
  /** Seconds of each client. */
  readonly seconds: number;
  /** Which repetition this is. */
  readonly round: number;
  /** What is served: under load, and to warm up with. */
  readonly images: readonly [image: string, other: string];
}

/** Starts a fresh server, warms it up, runs `load` against it and stops it. */
export async function measure(contender: Contender, load: Load, options: MeasureOptions): Promise<Sample> {
  const served = await contender.start(options.images, load.digests);
  try {
    return await measureServed(served, contender.name, load, options);
  } finally {
    await served.stop();
  }
}

async function measureServed(served: Served, contender: string, load: Load, options: MeasureOptions): Promise<Sample> {
  const { seconds, round, images: [image] } = options;
  const url = served.url(0);
  // The first second of a fresh process is compilation, and of a file its way into the page cache.
  await runClient(load, load.cold ? served.url(1) : url, 1);
  await (load.cold ? dropCache(image) : fillCache(image));
  const times = processTimes();
  try {
    const before = { cpu: times.secondsOf(served.pid), disk: bytesFromDisk(served.pid) };
    let told = served.log().length;
    const work = await runClient(load, url, seconds);
    const after = { cpu: times.secondsOf(served.pid), disk: bytesFromDisk(served.pid) };
    if (before.cpu === undefined || after.cpu === undefined) {
      throw new Error("Cannot learn the server's processor time");
    }
    const read = (after.disk ?? NaN) - (before.disk ?? NaN);
    if (work.latency === undefined) told = served.log().length;
    const { latency } = work.latency === undefined ? await runClient(load, url, seconds, "lunbox") : work;
    const pauses = pausesOf(served.log().slice(told));
    return {
      ...{ contender, load: load.name, round, rate: work.rate },
      cpu: (after.cpu - before.cpu) * 1e6 / work.operations,
      ...(latency === undefined ? {} : { latency }),
      ...(load.cold && Number.isFinite(read) ? { fromDisk: read / (work.operations * load.size) } : {}),
      ...(pauses.count > 0 ? { pauses } : {}),
    };
  } finally {
    times.close();
  }
}
