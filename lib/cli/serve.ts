/**
 * `lunbox serve`: opens the images, serves them, and ends when it is asked to.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { ServerChapOptions } from "../server.ts";
import type { UnitOptions } from "../target/target.ts";
import { parse } from "./args.ts";
import { banner, type Served } from "./banner.ts";
import { type ChapPlan, gatherChap } from "./chap.ts";
import { exitCode, messageOf } from "./errors.ts";
import type { Host } from "./host.ts";
import { createLog } from "./logging.ts";
import { formatPortal } from "./portal.ts";
import { serveOptions } from "./serve_options.ts";
import { type PlannedImage, planServe, type ServePlan } from "./serve_plan.ts";
import type { OpenedImage, ServeServices, Serving } from "./serving.ts";
import { helpOption } from "./small_options.ts";
import { Stopping } from "./stopping.ts";

/**
 * Runs `lunbox serve` until it is stopped; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense
 */
export async function serve(host: Host, args: readonly string[], services: ServeServices): Promise<number> {
  const { values } = parse(args, { options: [...serveOptions, helpOption], env: host.env });
  const plan = planServe(values, host.hostname());
  const log = createLog(host.stderr, { level: plan.logLevel, format: plan.logFormat });
  const chap = await gatherChap(values, plan.name, { ...services.secrets, env: host.env });
  for (const warning of chap?.warnings ?? []) log.warn(warning);
  // From here on a signal ends what has begun in an orderly way.
  const stopping = new Stopping(host, log);
  const opened: Opened[] = [];
  try {
    for (const image of plan.images) {
      if (stopping.asked) return exitCode.ok;
      opened.push({ image, ...await services.open(image) });
    }
    const server = services.server({
      listen: plan.listen,
      ...(plan.advertise === undefined ? {} : { advertise: plan.advertise }),
      target: {
        name: plan.name,
        ...(plan.alias === undefined ? {} : { alias: plan.alias }),
        ...(plan.allow === undefined ? {} : { allow: plan.allow }),
        ...(plan.allowFrom === undefined ? {} : { allowFrom: plan.allowFrom }),
        ...(chap === undefined ? {} : { chap: chap.accounts, shortSecrets: chap.shortSecrets }),
        luns: opened.map((one) => unitOf(one, log)),
        lunMaps: plan.maps,
        limits: plan.limits,
        ...(plan.redirect === undefined ? {} : { redirect: plan.redirect }),
        queueDepth: plan.queueDepth,
      },
      ...(chap === undefined ? {} : { chap: serverChapOf(chap) }),
      ...(plan.isns === undefined ? {} : { isns: plan.isns }),
      ...(plan.local === undefined ? {} : { local: plan.local }),
      log,
    });
    return await runServer(server, { host, log, plan, chap, opened, stopping });
  } finally {
    // A store that hangs on its medium does not keep the program from ending.
    await Promise.race([closeAll(opened, log), stopping.third]);
    stopping.release();
  }
}

interface Opened extends OpenedImage {
  readonly image: PlannedImage;
}

interface Run {
  readonly host: Host;
  readonly log: Logger;
  readonly plan: ServePlan;
  readonly chap: ChapPlan | undefined;
  readonly opened: readonly Opened[];
  readonly stopping: Stopping;
}

async function runServer(server: Serving, run: Run): Promise<number> {
  const { host, log, plan, stopping, opened } = run;
  await server.start();
  const portals = server.portals.map(formatPortal).join(", ");
  log.info("serving", { target: plan.name, portals, luns: opened.length });
  if (plan.redirect === undefined && !opened.some(({ image }) => image.lun === 0)) {
    log.warn("there is no LUN 0: some initiators find no disk without it", { target: plan.name });
  }
  if (!plan.quiet) host.stdout.write(banner(servedOf(server, run), host));
  // Images and portals are open, and nothing else ever will be but connections to an iSNS server.
  host.confine(plan.isns === undefined ? [] : ["net"]);
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

function unitOf({ image, store, id, memory }: Opened, log: Logger): UnitOptions {
  const { location, lun, kind, blockSize, physicalBlockSize, lowestAlignedLba, readOnly, removable, thick } = image;
  const { serial, vendor, product, revision } = image;
  return {
    lun,
    store,
    readOnly,
    removable,
    onFault: (error) => log.error("fault", { image: location, lun, reason: messageOf(error) }),
    ...(kind === undefined ? {} : { kind }),
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(physicalBlockSize === undefined ? {} : { physicalBlockSize }),
    ...(lowestAlignedLba === undefined ? {} : { lowestAlignedLba }),
    ...(thick === undefined ? {} : { thin: false }),
    ...(id === undefined ? {} : { id }),
    ...(memory === undefined ? {} : { memory }),
    ...(serial === undefined ? {} : { serial }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(product === undefined ? {} : { product }),
    ...(revision === undefined ? {} : { revision }),
  };
}

function serverChapOf({ discovery, algorithms, shortSecrets }: ChapPlan): ServerChapOptions {
  return { algorithms, shortSecrets, ...(discovery === undefined ? {} : { discovery }) };
}

function servedOf(server: Serving, { plan, chap, opened }: Run): Served {
  const luns = opened.map(({ image, store }) => ({
    lun: image.lun,
    location: image.location,
    size: store.size,
    blockSize: image.blockSize ?? 512,
    readOnly: image.readOnly || store.capabilities.readOnly,
  }));
  return {
    name: plan.name,
    luns: luns.toSorted((a, b) => a.lun - b.lun),
    portals: server.portals,
    ...(plan.alias === undefined ? {} : { alias: plan.alias }),
    ...(plan.advertise === undefined ? {} : { advertise: plan.advertise }),
    ...(plan.allow === undefined ? {} : { allow: plan.allow }),
    ...(plan.allowFrom === undefined ? {} : { allowFrom: plan.allowFrom }),
    ...(chap === undefined ? {} : { chapUsers: chap.accounts.map(({ user }) => user) }),
    ...(plan.redirect === undefined ? {} : { redirect: plan.redirect.address }),
  };
}

async function closeAll(opened: readonly Opened[], log: Logger): Promise<void> {
  for (const { store, image, release } of opened) {
    try {
      await store.close();
      await release?.();
    } catch (error) {
      log.error("image not closed cleanly", { image: image.location, reason: messageOf(error) });
    }
  }
}
