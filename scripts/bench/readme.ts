/**
 * The table of the README.
 *
 * @module
 */

import { wrap } from "../../lib/cli/output.ts";
import { table } from "../docs/table.ts";
import type { Load } from "./loads.ts";
import type { Disturbance } from "./stalled.ts";
import type { Summary } from "./summary.ts";

/** On what it was measured. */
export interface Machine {
  /** The processor's name, if it tells. */
  readonly processor?: string;
  readonly cores: number;
  /** Operating system and release. */
  readonly system: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Processors were kept from sleeping. */
  readonly awake?: boolean;
}

const begin = "<!-- measured: deno task bench --readme -->";
const end = "<!-- end of what was measured -->";

/** What was found, in words and a table. */
export function performanceText(
  machine: Machine,
  loads: readonly Load[],
  found: { summaries: readonly Summary[]; disturbances: readonly Disturbance[] },
): string {
  const { processor, cores, system, date, rounds, seconds, awake = false } = machine;
  const where = `${processor === undefined ? "" : `${processor}, `}${cores} cores, ${system}`;
  const intro =
    `\`deno task bench${awake ? " --awake" : ""} --rounds ${rounds} --seconds ${seconds}\` on ${date}: ${where}; ` +
    `${awake ? "processors kept from sleeping, " : ""}loopback, data in the ` +
    "page cache unless it says cold. It serves the same file with Lunbox and with tgt in turn, load by load; medians. " +
    "Ratios count, absolute rates differ from machine to machine. CPU is that of the server, all its threads, user and " +
    "system. P99: 99 of 100 requests took less.";
  const rows = loads.flatMap(({ name, title }) => {
    const summary = found.summaries.find(({ load }) => load === name);
    const { lunbox, tgt } = summary?.servers ?? {};
    if (lunbox === undefined || tgt === undefined) return [];
    return [[
      title,
      count(lunbox.rate.median),
      count(tgt.rate.median),
      `${summary?.ratios.tgt?.toFixed(2)}×`,
      `${summary?.cpuRatios.tgt?.toFixed(2)}×`,
      `${micros(lunbox.p99?.median)} / ${micros(tgt.p99?.median)}`,
    ]];
  });
  const heads = ["Load", "Lunbox per second", "tgt per second", "Rate", "CPU per operation", "P99 Lunbox / tgt"];
  return [paragraph(intro), table(heads, rows), ...found.disturbances.map(sentence)].join("\n\n");
}

/**
 * A document with the text in the place that is marked for it.
 *
 * @throws {Error} there is no such place.
 */
export function withPerformance(document: string, text: string): string {
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`Cannot write the figures: ${begin} … ${end} is not there`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}

function sentence({ contender, alone, beside }: Disturbance): string {
  const name = contender === "lunbox" ? "Lunbox" : contender;
  return paragraph(
    `Beside a LUN whose disk answers once a second, the P99 of a busy LUN of ${name} goes from ` +
      `${micros(alone.latency?.p99)} to ${micros(beside.latency?.p99)}.`,
  );
}

/** Lines as `deno fmt` breaks them. */
function paragraph(text: string): string {
  return wrap(text, 120).join("\n");
}

function micros(value: number | undefined): string {
  if (value === undefined) return "–";
  return value < 1000 ? `${Math.round(value)} µs` : `${(value / 1000).toFixed(1)} ms`;
}

function count(value: number): string {
  return Math.round(value).toString().replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
