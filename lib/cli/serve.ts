/**
 * `lunbox serve`: opens the images, serves them, and ends when it is asked to.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import { parse } from "./args.ts";
import { banner, type Served, type ServedLun } from "./banner.ts";
import { type ChapPlan, gatherChap } from "./chap.ts";
import { exitCode } from "./errors.ts";
import type { Host } from "./host.ts";
import { createLog } from "./logging.ts";
import { type Opened, OpenImages, serverChapOf, targetOptionsOf } from "./opened.ts";
import { formatPortal } from "./portal.ts";
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
  const plan = planServe(values, host.hostname());
  const log = createLog(host.stderr, { level: plan.logLevel, format: plan.logFormat });
  const chap = await gatherChap(values, plan.targets.map(({ name }) => name), { ...services.secrets, env: host.env });
  for (const warning of chap?.warnings ?? []) log.warn(warning);
  // From here on a signal ends what has begun in an orderly way.
  const stopping = new Stopping(host, log);
  const images = new OpenImages((image) => services.open(image));
  try {
    await images.open(plan.targets, () => stopping.asked);
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
    return await runServer(server, { host, log, plan, chap, images, stopping });
  } finally {
    // A store that hangs on its medium does not keep the program from ending.
    await Promise.race([images.close(log), stopping.third]);
    stopping.release();
  }
}

interface Run {
  readonly host: Host;
  readonly log: Logger;
  readonly plan: ServePlan;
  readonly chap: ChapPlan | undefined;
  readonly images: OpenImages;
  readonly stopping: Stopping;
}

async function runServer(server: Serving, run: Run): Promise<number> {
  const { host, log, plan, stopping, images } = run;
  await server.start();
  const portals = server.portals.map(formatPortal).join(", ");
  for (const { planned: { name }, images: opened } of images.all) {
    log.info("serving", { target: name, portals, luns: opened.length });
    if (plan.redirect === undefined && !opened.some(({ image }) => image.lun === 0)) {
      log.warn("there is no LUN 0: some initiators find no disk without it", { target: name });
    }
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

function servedOf(server: Serving, { plan, chap, images }: Run): Served {
  return {
    targets: images.all.map(({ planned, images }) => ({
      name: planned.name,
      ...(planned.alias === undefined ? {} : { alias: planned.alias }),
      luns: images.map(lunOf).toSorted((a, b) => a.lun - b.lun),
      ...(chap === undefined ? {} : { chapUsers: (chap.accounts.get(planned.name) ?? []).map(({ user }) => user) }),
    })),
    portals: server.portals,
    ...(plan.advertise === undefined ? {} : { advertise: plan.advertise }),
    ...(plan.allow === undefined ? {} : { allow: plan.allow }),
    ...(plan.allowFrom === undefined ? {} : { allowFrom: plan.allowFrom }),
    ...(plan.redirect === undefined ? {} : { redirect: plan.redirect.address }),
  };
}

function lunOf({ image, store }: Opened): ServedLun {
  return {
    lun: image.lun,
    location: image.location,
    size: store.size,
    blockSize: image.blockSize ?? 512,
    readOnly: image.readOnly || store.capabilities.readOnly,
  };
}
