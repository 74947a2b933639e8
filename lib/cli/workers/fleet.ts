/**
 * A server of several workers. The main thread keeps them at work and talks to nobody else: one worker, the front, has
 * the portals that were asked for and sends initiators on; each of the others has a share of the targets, and portals of
 * its own.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import { DEFAULT_PORTAL_GROUP } from "../../target/portals.ts";
import type { ServedTarget } from "../banner.ts";
import type { ChapPlan } from "../chap.ts";
import { messageOf } from "../errors.ts";
import type { ListenPortal } from "../listen.ts";
import type { Portal } from "../portal.ts";
import type { PlannedTarget, ServePlan } from "../serve_plan.ts";
import type { Serving } from "../serving.ts";
import { Keeper, type KeeperOptions } from "./keeper.ts";
import type { Ready, RemoteTarget, WorkerJob } from "./messages.ts";
import { portsOf, shareOut } from "./ports.ts";

/** What a fleet is made of. */
export interface FleetOptions extends Pick<KeeperOptions, "later" | "log" | "now" | "spawn"> {
  /** With more than one worker. */
  readonly plan: ServePlan;
  readonly chap?: ChapPlan | undefined;
  readonly log: Logger;
}

/** Bytes of buffers for data on its way, of all workers together, and of each at least. */
const memory = { all: 256 << 20, least: 32 << 20 } as const;

/** Several workers that are one server. */
export class Fleet implements Serving {
  readonly finished: Promise<void>;
  readonly #options: FleetOptions;
  readonly #finish: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #front: Keeper;
  readonly #workers: readonly Keeper[];
  readonly #shares: readonly (readonly PlannedTarget[])[];
  #remotes: readonly RemoteTarget[] = [];
  #portals: readonly Portal[] = [];
  #served: readonly ServedTarget[] = [];

  constructor(options: FleetOptions) {
    this.#options = options;
    const { plan } = options;
    this.finished = this.#finish.promise;
    this.#shares = shareOut(plan.targets, plan.workers);
    this.#front = this.#keeper("front", 0, []);
    this.#workers = this.#shares.map((targets, i) => this.#keeper(String(i + 1), i + 1, targets));
  }

  /** Where initiators discover targets. */
  get portals(): readonly Portal[] {
    return this.#portals;
  }

  /** What is served, in the order of the plan. */
  get served(): readonly ServedTarget[] {
    return this.#served;
  }

  /** Starts the workers, and at last the front; rejects when one cannot do what it is to do, and then none is left. */
  async start(): Promise<void> {
    try {
      const ready = await Promise.all(this.#workers.map((worker) => worker.start()));
      this.#remotes = this.#shares.flatMap((targets, i) =>
        targets.map((target) => this.#remoteOf(target, i + 1, ready[i]))
      );
      this.#workers.forEach((worker, i) => worker.tell(this.#elsewhere(this.#shares[i] ?? [])));
      this.#served = this.#servedOf(ready);
      this.#portals = (await this.#front.start()).portals;
    } catch (error) {
      await this.stop().catch(() => {});
      throw explainPorts(error);
    }
  }

  /** Asks all initiators to log out, finishes what runs and ends; rejects with what every worker could not do. */
  drain(): Promise<void> {
    return this.#end("drain");
  }

  /** Ends at once. */
  stop(): Promise<void> {
    return this.#end("stop");
  }

  async #end(how: "drain" | "stop"): Promise<void> {
    const ends = await Promise.allSettled([this.#front, ...this.#workers].map((worker) => worker.end(how)));
    const reasons = ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
    if (reasons.length === 0) return this.#finish.resolve();
    const error = reasons.length === 1 ? reasons[0] : new AggregateError(reasons, reasons.map(messageOf).join("; "));
    this.finished.catch(() => {});
    this.#finish.reject(error);
    throw error;
  }

  #keeper(name: string, worker: number, targets: readonly PlannedTarget[]): Keeper {
    const { spawn, log, later, now } = this.#options;
    return new Keeper({ name, spawn, log, later, now, job: () => this.#jobOf(worker, targets) });
  }

  #jobOf(worker: number, targets: readonly PlannedTarget[]): WorkerJob {
    const { plan: { isns, advertise, ...plan }, chap } = this.#options;
    return {
      plan: {
        ...plan,
        targets,
        listen: this.#listenOf(worker, advertise),
        // One of them registers all.
        ...(isns === undefined || worker > 0 ? {} : { isns }),
      },
      ...(chap === undefined ? {} : { chap }),
      elsewhere: this.#elsewhere(targets),
      memory: Math.max(memory.least, Math.floor(memory.all / plan.workers)),
    };
  }

  /** The portals of a worker; with the ports that it had before, if it had any. */
  #listenOf(worker: number, advertise: Portal | undefined): readonly ListenPortal[] {
    const had = worker === 0
      ? this.#portals
      : this.#remotes.find(({ name }) => this.#shares[worker - 1]?.[0]?.name === name)?.portals;
    return portsOf(this.#options.plan.listen, worker, advertise).map((portal, i) => ({
      ...portal,
      port: had?.[i]?.port ?? portal.port,
    }));
  }

  #remoteOf({ name, alias }: PlannedTarget, worker: number, ready: Ready | undefined): RemoteTarget {
    const { listen, advertise } = this.#options.plan;
    return {
      name,
      ...(alias === undefined ? {} : { alias }),
      portals: portsOf(listen, worker, advertise).map((portal, i) => ({
        hostname: portal.hostname,
        port: ready?.portals[i]?.port ?? portal.port,
        portalGroup: portal.portalGroup ?? DEFAULT_PORTAL_GROUP,
        ...(portal.advertise === undefined ? {} : { advertise: portal.advertise }),
      })),
    };
  }

  #elsewhere(own: readonly PlannedTarget[]): readonly RemoteTarget[] {
    return this.#remotes.filter((remote) => !own.some(({ name }) => name === remote.name));
  }

  #servedOf(ready: readonly Ready[]): readonly ServedTarget[] {
    const all = new Map(ready.flatMap(({ targets }) => targets).map((target) => [target.name, target]));
    return this.#options.plan.targets.flatMap(({ name }) => {
      const target = all.get(name);
      const portals = this.#remotes.find((remote) => remote.name === name)?.portals ?? [];
      return target === undefined ? [] : [{ ...target, portals }];
    });
  }
}

/** Who has not asked for workers may wonder about the port. */
function explainPorts(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith("Cannot listen on ")) return error;
  const message = `${error.message}; with --workers 1 only the port of --listen is needed`;
  return new Error(message, { cause: error });
}
