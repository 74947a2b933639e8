/**
 * What `lunbox serve` needs of a server and of stores, so that its tests can give it others.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { LocalParameters } from "../iscsi/parameters.ts";
import type { BlockStore } from "../store/store.ts";
import type { TargetOptions, UnitOptions } from "../target/target.ts";
import type { ServerChapOptions } from "../server.ts";
import type { ServedTarget } from "./banner.ts";
import type { ChapPlan, SecretSources } from "./chap.ts";
import type { ListenPortal } from "./listen.ts";
import type { Portal } from "./portal.ts";
import type { PlannedImage, ServePlan } from "./serve_plan.ts";

/** What is served. */
export interface ServingOptions {
  readonly listen: readonly ListenPortal[];
  readonly advertise?: Portal;
  readonly targets: readonly TargetOptions[];
  readonly chap?: ServerChapOptions;
  /** Our side of the negotiation, where it is not the usual one. */
  readonly local?: LocalParameters;
  /** The iSNS server to register with. */
  readonly isns?: Portal;
  /** Bytes of buffers for data on its way; 256 MiB by default. */
  readonly memory?: number;
  readonly log: Logger;
}

/** A server that runs, or is about to. */
export interface Serving {
  /** Listens; afterwards `portals` has the real ports. */
  start(): Promise<void>;
  readonly portals: readonly Portal[];
  /** Asks initiators to log out, finishes what runs and ends. */
  drain(): Promise<void>;
  /** Ends at once. */
  stop(): Promise<void>;
  /** Settles when the server has ended; rejects when it failed. */
  readonly finished: Promise<void>;
}

/** What several workers serve. */
export interface FleetServingOptions {
  readonly plan: ServePlan;
  readonly chap: ChapPlan | undefined;
  readonly log: Logger;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** Several workers that serve, or are about to. */
export interface FleetServing extends Serving {
  /** What is served, once it is. */
  readonly served: readonly ServedTarget[];
}

/** An image that was opened. */
export interface OpenedImage {
  readonly store: BlockStore;
  /** 32 hexadecimal digits, the same at every start, from which serial number and names are made. */
  readonly id?: string;
  /** To be called after the store was closed. */
  release?(): void | Promise<void>;
  /** Keeps what has to survive a restart. */
  readonly memory?: UnitOptions["memory"];
}

/** The doors through which `lunbox serve` does its work. */
export interface ServeServices {
  open(image: PlannedImage): Promise<OpenedImage>;
  /** Where secrets come from, besides the environment. */
  readonly secrets: Omit<SecretSources, "env">;
  server(options: ServingOptions): Serving;
  /** A server of several workers, each of which opens its own images. */
  fleet(options: FleetServingOptions): FleetServing;
}
