/**
 * What the main thread and a worker tell each other.
 *
 * @module
 */

import type { Portal as TargetPortal } from "../../target/portals.ts";
import type { ServedTarget } from "../banner.ts";
import type { ChapPlan } from "../chap.ts";
import type { Portal } from "../portal.ts";
import type { ServePlan } from "../serve_plan.ts";

/** A target that another worker has. */
export interface RemoteTarget {
  readonly name: string;
  readonly alias?: string;
  /** That worker's portals, one for each of ours and in the same order. */
  readonly portals: readonly TargetPortal[];
}

/** What a worker has to do. */
export interface WorkerJob {
  /** The worker's own targets and portals, and what is common to all. */
  readonly plan: ServePlan;
  readonly chap?: ChapPlan;
  /** What the others have, as far as it is known. */
  readonly elsewhere: readonly RemoteTarget[];
  /** Bytes of buffers for data on its way. */
  readonly memory: number;
}

/** What a worker is told. */
export type Order =
  | { readonly kind: "serve"; readonly job: WorkerJob }
  | { readonly kind: "elsewhere"; readonly targets: readonly RemoteTarget[] }
  | { readonly kind: "drain" }
  | { readonly kind: "stop" };

/** What a worker serves. */
export interface Ready {
  /** With real ports, in the order of its plan. */
  readonly portals: readonly Portal[];
  readonly targets: readonly ServedTarget[];
}

/** Severities of log lines, as the logger names its methods. */
export type Severity = "debug" | "info" | "warn" | "error";

/** What a worker tells. */
export type Report =
  | { readonly kind: "log"; readonly severity: Severity; readonly message: string; readonly args: readonly unknown[] }
  /** It serves. */
  | { readonly kind: "ready"; readonly ready: Ready }
  /** It cannot do what it is to do, and has ended. */
  | { readonly kind: "failed"; readonly message: string }
  /** It has come upon an error that nobody has expected, and has ended. */
  | { readonly kind: "died"; readonly reason: string }
  /** It has ended as it was told; with an error when something was not written. */
  | { readonly kind: "ended"; readonly message?: string };
