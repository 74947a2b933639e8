/**
 * A worker: serves its targets on an event loop of its own, and does what the main thread says.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { TargetOptions } from "../../target/target.ts";
import { messageOf } from "../errors.ts";
import type { Permission } from "../host.ts";
import { OpenImages, servedTargetOf, serverChapOf, targetOptionsOf } from "../opened.ts";
import type { ServeServices, Serving, ServingOptions } from "../serving.ts";
import type { Order, RemoteTarget, Report, WorkerJob } from "./messages.ts";
import { remoteLog } from "./remote_log.ts";

/** The way to the main thread. */
export interface Door {
  post(report: Report): void;
  /** Ends the worker. */
  close(): void;
}

/** A server that can be told of more targets. */
export interface GrowingServing extends Serving {
  addTarget(target: TargetOptions): unknown;
}

/** What a worker works with. */
export interface WorkServices extends Pick<ServeServices, "open"> {
  server(options: ServingOptions): GrowingServing;
  /** Gives up every permission but these. */
  confine(keep: readonly Permission[]): void;
  /** Settles after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

/** Milliseconds for running I/O to end when the worker dies: what is written later could be older than what others write. */
export const LAST_MOMENTS = 10_000;

/** The state of a worker. */
export class Work {
  readonly #door: Door;
  readonly #services: WorkServices;
  readonly #images: OpenImages;
  #job: WorkerJob | undefined;
  #log: Logger;
  #server: GrowingServing | undefined;
  #begun: Promise<boolean> = Promise.resolve(false);
  #stopping = false;
  #dying = false;

  constructor(door: Door, services: WorkServices) {
    this.#door = door;
    this.#services = services;
    this.#images = new OpenImages((image) => services.open(image));
    this.#log = remoteLog("info", (report) => door.post(report));
  }

  /** Does what it is told; settles when it has done so. */
  async obey(order: Order): Promise<void> {
    if (order.kind === "serve") {
      this.#begun = this.#begin(order.job);
      await this.#begun;
      return;
    }
    if (order.kind === "stop") this.#stopping = true;
    if (!await this.#begun) return;
    if (order.kind === "elsewhere") this.#add(order.targets);
    else if (order.kind === "drain" || order.kind === "stop") await this.#end(order.kind);
  }

  /** Ends in an orderly way after an error that nobody has expected: who knows in what state things are. */
  async die(reason: string): Promise<void> {
    if (this.#dying) return;
    this.#dying = true;
    const stopped = this.#begun.catch(() => false).then(() => this.#server?.stop()).catch(() => {})
      .then(() => this.#images.close(this.#log)).catch(() => {});
    await Promise.race([stopped, this.#services.pause(LAST_MOMENTS)]);
    this.#door.post({ kind: "died", reason });
    this.#door.close();
  }

  /** Whether it serves. */
  async #begin(job: WorkerJob): Promise<boolean> {
    const { plan, chap, elsewhere, memory } = job;
    this.#job = job;
    this.#log = remoteLog(plan.logLevel, (report) => this.#door.post(report));
    const log = this.#log;
    try {
      await this.#images.open(plan.targets, () => this.#stopping);
      if (this.#stopping) return true;
      const server = this.#services.server({
        listen: plan.listen,
        targets: [
          ...this.#images.all.map((target) => targetOptionsOf(target, plan, chap, log)),
          ...elsewhere.map((target) => this.#remote(job, target)),
        ],
        ...(chap === undefined ? {} : { chap: serverChapOf(chap) }),
        ...(plan.isns === undefined ? {} : { isns: plan.isns }),
        ...(plan.local === undefined ? {} : { local: plan.local }),
        memory,
        log,
      });
      await server.start();
      this.#server = server;
      // Images and portals are open, and nothing else ever will be.
      this.#services.confine(plan.isns === undefined ? [] : ["net"]);
      const targets = this.#images.all.map((target) => servedTargetOf(target, chap));
      this.#door.post({ kind: "ready", ready: { portals: server.portals, targets } });
      return true;
    } catch (error) {
      await this.#images.close(log);
      this.#door.post({ kind: "failed", message: messageOf(error) });
      this.#door.close();
      return false;
    }
  }

  #add(targets: readonly RemoteTarget[]): void {
    if (this.#job === undefined) return;
    for (const target of targets) this.#server?.addTarget(this.#remote(this.#job, target));
  }

  async #end(how: "drain" | "stop"): Promise<void> {
    let failure: unknown;
    try {
      await this.#server?.[how]();
    } catch (error) {
      failure = error;
    }
    await this.#images.close(this.#log, failure);
    if (this.#dying) return;
    this.#dying = true;
    this.#door.post({ kind: "ended", ...(failure === undefined ? {} : { message: messageOf(failure) }) });
    this.#door.close();
  }

  #remote({ plan }: WorkerJob, { name, alias, portals }: RemoteTarget): TargetOptions {
    return {
      name,
      elsewhere: portals,
      ...(alias === undefined ? {} : { alias }),
      ...(plan.allow === undefined ? {} : { allow: plan.allow }),
      ...(plan.allowFrom === undefined ? {} : { allowFrom: plan.allowFrom }),
      ...(plan.redirect === undefined ? {} : { redirect: plan.redirect }),
    };
  }
}
