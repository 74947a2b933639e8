/**
 * Workers without threads, for tests of those who keep them: they write down their orders, and report what the test says.
 *
 * @module
 */

import type { Order, Ready, Report } from "../../lib/cli/workers/messages.ts";
import type { Thread } from "../../lib/cli/workers/thread.ts";

/** A worker. */
export class FakeThread implements Thread {
  readonly name: string;
  readonly orders: Order[] = [];
  ended = false;
  onReport: (report: Report) => void = () => {};
  onLoss: (reason: string) => void = () => {};

  constructor(name: string) {
    this.name = name;
  }

  post(order: Order): void {
    this.orders.push(structuredClone(order));
  }

  end(): void {
    this.ended = true;
  }

  /** Its orders by their kinds. */
  get kinds(): string[] {
    return this.orders.map(({ kind }) => kind);
  }

  /** Reports that it serves what it was told to, on free ports from `port` on. */
  serve(port = 5000): void {
    const [order] = this.orders;
    if (order?.kind !== "serve") throw new Error("Cannot serve: nobody has said what");
    const { targets, listen } = order.job.plan;
    const ready: Ready = {
      portals: listen.map((portal, i) => ({ hostname: portal.hostname, port: portal.port || port + i })),
      targets: targets.map(({ name }) => ({ name, luns: [] })),
    };
    this.onReport({ kind: "ready", ready });
  }
}

/** All workers that were started, and a clock that stands still. */
export class FakeCrew {
  readonly threads: FakeThread[] = [];
  /** What is to be done later, in the order in which it was asked for; absent when it was called off. */
  readonly waiting: ({ readonly milliseconds: number; readonly then: () => void } | undefined)[] = [];
  time = 0;

  readonly spawn = (name: string): FakeThread => {
    const thread = new FakeThread(name);
    this.threads.push(thread);
    return thread;
  };

  readonly later = (milliseconds: number, then: () => void): () => void => {
    const index = this.waiting.push({ milliseconds, then }) - 1;
    return () => void (this.waiting[index] = undefined);
  };

  readonly now = (): number => this.time;

  /** The latest worker of a name. */
  latest(name: string): FakeThread {
    const thread = this.threads.findLast((one) => one.name === name);
    if (thread === undefined) throw new Error(`Cannot find worker ${name}: it was not started`);
    return thread;
  }

  /** Does the latest of what is to be done later; how long it would have taken. */
  wait(): number {
    const { milliseconds, then } = this.waiting.pop() ?? { milliseconds: NaN, then: () => {} };
    then();
    return milliseconds;
  }
}
