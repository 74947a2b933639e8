/**
 * `lunbox serve`: opens the images, serves them, and ends when it is asked to.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import { parse } from "./args.ts";
import { banner, type ServedTarget } from "./banner.ts";
import { type ChapPlan, gatherChap } from "./chap.ts";
import { exitCode } from "./errors.ts";
import type { Host } from "./host.ts";
import { createLog } from "./logging.ts";
import { OpenImages, servedTargetOf, serverChapOf, targetOptionsOf } from "./opened.ts";
import { formatPortal, type Portal } from "./portal.ts";
import { serveOptions } from "./serve_options.ts";
import { planServe, type ServePlan } from "./serve_plan.ts";
import type { ServeServices, Serving } from "./serving.ts";
import { helpOption } from "./small_options.ts";
import { Stopping } from "./stopping.ts";

/**
 * Runs `lunbox serve` until it is stopped; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense
 */
export async function serve(host: Host, args: readonly string[], services: ServeServices): Promise<number> {
  const { values } = parse(args, { options: [...serveOptions, helpOption], env: host.env });
  const plan = planServe(values, { hostname: host.hostname(), cores: host.cores });
  const log = createLog(host.stderr, { level: plan.logLevel, format: plan.logFormat });
  const chap = await gatherChap(values, plan.targets.map(({ name }) => name), { ...services.secrets, env: host.env });
  for (const warning of chap?.warnings ?? []) log.warn(warning);
  if (Number(values.workers) > plan.workers) {
    log.warn("more workers than targets: each target is served by one", { workers: plan.workers });
  }
  // From here on a signal ends what has begun in an orderly way.
  const run: Run = { host, log, plan, chap, stopping: new Stopping(host, log) };
  try {
    return plan.workers > 1 ? await serveByWorkers(run, services) : await serveHere(run, services);
  } finally {
    run.stopping.release();
  }
}

interface Run {
  readonly host: Host;
  readonly log: Logger;
  readonly plan: ServePlan;
  readonly chap: ChapPlan | undefined;
  readonly stopping: Stopping;
}

/** Serves everything on this thread. */
async function serveHere(run: Run, services: ServeServices): Promise<number> {
  const { log, plan, chap, stopping } = run;
  const images = new OpenImages((image) => services.open(image));
  let failure: unknown;
  try {
    const opened = images.open(plan.targets, () => stopping.asked);
    if (await unlessHung(opened, stopping) === "third") return exitCode.interrupted;
    if (stopping.asked) return exitCode.ok;
    const server = services.server({
      listen: plan.listen,
      ...(plan.advertise === undefined ? {} : { advertise: plan.advertise }),
      targets: images.all.map((target) => targetOptionsOf(target, plan, chap, log)),
      ...(chap === undefined ? {} : { chap: serverChapOf(chap) }),
      ...(plan.isns === undefined ? {} : { isns: plan.isns }),
      ...(plan.local === undefined ? {} : { local: plan.local }),
      log,
    });
    await server.start();
    announce(run, server.portals, images.all.map((target) => servedTargetOf(target, chap)));
    // Images and portals are open, and nothing else ever will be but connections to an iSNS server.
    run.host.confine(plan.isns === undefined ? [] : ["net"]);
    return await untilStopped(server, run);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // A store that hangs on its medium does not keep the program from ending.
    await Promise.race([images.close(log, failure), stopping.third]);
  }
}

/** Waits for images to be open: the disk of one may never answer, and whoever insists need not wait for it. */
async function unlessHung(start: Promise<void>, { third }: Stopping): Promise<"third" | void> {
  return await Promise.race([start, third]);
}

/** Serves each share of the targets on a thread of its own. */
async function serveByWorkers(run: Run, services: ServeServices): Promise<number> {
  const { stopping } = run;
  const fleet = services.fleet({ plan: run.plan, chap: run.chap, log: run.log, now: () => run.host.now() });
  if (await unlessHung(fleet.start(), stopping) === "third") return exitCode.interrupted;
  announce(run, fleet.portals, fleet.served);
  // This thread talks to nobody. What it keeps is for those that take the place of lost workers.
  run.host.confine(["ffi", "net", "read", "write"]);
  return await untilStopped(fleet, run);
}

function announce({ host, log, plan, chap }: Run, portals: readonly Portal[], targets: readonly ServedTarget[]): void {
  for (const { name, luns, portals: own = portals } of targets) {
    log.info("serving", { target: name, portals: own.map(formatPortal).join(", "), luns: luns.length });
    if (plan.redirect === undefined && !luns.some(({ lun }) => lun === 0)) {
      log.warn("there is no LUN 0: some initiators find no disk without it", { target: name });
    }
  }
  if (plan.quiet) return;
  const [discoverer] = chap?.discovery ?? [];
  host.stdout.write(banner(
    {
      ...{ targets, portals },
      ...(plan.advertise === undefined ? {} : { advertise: plan.advertise }),
      ...(plan.allow === undefined ? {} : { allow: plan.allow }),
      ...(plan.allowFrom === undefined ? {} : { allowFrom: plan.allowFrom }),
      ...(plan.redirect === undefined ? {} : { redirect: plan.redirect.address }),
      ...(discoverer === undefined ? {} : { discoveryUser: discoverer.user }),
    },
    host,
  ));
}

async function untilStopped(server: Serving, { log, stopping }: Run): Promise<number> {
  const ended = server.finished.then(() => "ended" as const);
  if (await Promise.race([stopping.first, ended]) === "ended") return exitCode.ok;
  const drained = server.drain().then(() => "ended" as const);
  if (await Promise.race([stopping.second, drained]) === "ended") {
    log.info("stopped");
    return exitCode.ok;
  }
  await Promise.race([Promise.all([server.stop(), drained]), stopping.third]);
  log.warn("stopped at once");
  return exitCode.interrupted;
}
