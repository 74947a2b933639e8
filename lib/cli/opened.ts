/**
 * The images of a target while they are open: opened one after the other, made into logical units, closed again.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import type { ServerChapOptions } from "../server.ts";
import { StoreSilentError } from "../target/settle.ts";
import type { TargetOptions, UnitOptions } from "../target/target.ts";
import type { ServedLun, ServedTarget } from "./banner.ts";
import type { ChapPlan } from "./chap.ts";
import { messageOf } from "./errors.ts";
import type { PlannedImage, PlannedTarget, ServePlan } from "./serve_plan.ts";
import type { OpenedImage, ServeServices } from "./serving.ts";

/** An open image. */
export interface Opened extends OpenedImage {
  readonly image: PlannedImage;
}

/** A target whose images are open. */
export interface OpenedTarget {
  readonly planned: PlannedTarget;
  readonly images: readonly Opened[];
}

/** Opens the images of targets; what is open is in `all` whatever happens on the way. */
export class OpenImages {
  readonly all: OpenedTarget[] = [];
  readonly #open: ServeServices["open"];
  readonly #patience: number;

  /** `patience`: milliseconds that an image has to be closed in. */
  constructor(open: ServeServices["open"], patience = 10_000) {
    this.#open = open;
    this.#patience = patience;
  }

  /**
   * Opens every image of `targets`, until `enough` says that it need not go on; first those that have to be there, so
   * that one that is not leaves no new ones behind.
   *
   * @throws {Error} at the first one that cannot be opened
   */
  async open(targets: readonly PlannedTarget[], enough: () => boolean = () => false): Promise<void> {
    const all = targets.map((planned) => ({ planned, images: [] as Opened[] }));
    this.all.push(...all);
    const open = all.flatMap(({ planned, images }) => planned.images.map((image) => ({ image, images })));
    for (const { image, images } of open.toSorted((a, b) => Number(canBeMade(a.image)) - Number(canBeMade(b.image)))) {
      if (enough()) return;
      images.push({ image, ...await this.#open(image) });
    }
  }

  /**
   * Closes them, all at once; what cannot be closed well, or does not answer, is logged.
   *
   * @param failure why the server has ended: stores that it says are silent are left as they are, because closing a file
   * may wait for its disk like everything else, and nothing else happens meanwhile
   */
  async close(log: Logger, failure?: unknown): Promise<void> {
    const silent = failure instanceof StoreSilentError ? failure.stores : undefined;
    const images = this.all.splice(0).flatMap(({ images }) => images).filter(({ store }) => !silent?.has(store));
    await Promise.all(images.map((opened) => this.#close(opened, log)));
  }

  async #close({ image, store, release }: Opened, log: Logger): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const silent = new Error(`Cannot close it: its disk does not answer within ${this.#patience} ms`);
      timer = setTimeout(() => reject(silent), this.#patience);
    });
    try {
      await Promise.race([(async () => await store.close())(), late]);
      await release?.();
    } catch (error) {
      log.error("image not closed cleanly", { image: image.location, reason: messageOf(error) });
    } finally {
      clearTimeout(timer);
    }
  }
}

function canBeMade({ size, sizeIfMissing, readOnly }: PlannedImage): boolean {
  return !readOnly && (size !== undefined || sizeIfMissing !== undefined);
}

/** What a server is told of a target. */
export function targetOptionsOf(
  { planned, images }: OpenedTarget,
  plan: ServePlan,
  chap: ChapPlan | undefined,
  log: Logger,
): TargetOptions {
  const { name, alias, maps } = planned;
  const accounts = chap?.accounts.get(name);
  return {
    name,
    ...(alias === undefined ? {} : { alias }),
    ...(plan.allow === undefined ? {} : { allow: plan.allow }),
    ...(plan.allowFrom === undefined ? {} : { allowFrom: plan.allowFrom }),
    ...(chap === undefined || accounts === undefined ? {} : { chap: accounts, shortSecrets: chap.shortSecrets }),
    luns: images.map((one) => unitOf(one, log)),
    lunMaps: maps,
    limits: plan.limits,
    ...(plan.redirect === undefined ? {} : { redirect: plan.redirect }),
    queueDepth: plan.queueDepth,
    ...(plan.alua === undefined ? {} : { alua: plan.alua }),
  };
}

/** What people are told of a target. */
export function servedTargetOf({ planned, images }: OpenedTarget, chap: ChapPlan | undefined): ServedTarget {
  const { name, alias } = planned;
  return {
    name,
    ...(alias === undefined ? {} : { alias }),
    luns: images.map(lunOf).toSorted((a, b) => a.lun - b.lun),
    ...(chap === undefined ? {} : { chapUsers: (chap.accounts.get(name) ?? []).map(({ user }) => user) }),
  };
}

/** What a server is told of CHAP, besides the accounts of each target. */
export function serverChapOf({ discovery, algorithms, shortSecrets, longestDelay }: ChapPlan): ServerChapOptions {
  const throttle = { longest: longestDelay };
  return { algorithms, shortSecrets, throttle, ...(discovery === undefined ? {} : { discovery }) };
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

function lunOf({ image, store }: Opened): ServedLun {
  return {
    lun: image.lun,
    location: image.location,
    size: store.size,
    blockSize: image.blockSize ?? 512,
    readOnly: image.readOnly || store.capabilities.readOnly,
  };
}
