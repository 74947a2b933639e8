/**
 * The doors of `lunbox serve` without disks and sockets behind them.
 *
 * @module
 */

import type { PlannedImage, ServePlan } from "../../lib/cli/serve_plan.ts";
import type {
  FleetServing,
  FleetServingOptions,
  ServeServices,
  Serving,
  ServingOptions,
} from "../../lib/cli/serving.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";

/** A server and stores that keep account of what is asked of them. */
export class FakeServices implements ServeServices {
  readonly events: string[] = [];
  readonly started = Promise.withResolvers<void>();
  readonly drained = Promise.withResolvers<void>();
  readonly drainBegun = Promise.withResolvers<void>();
  readonly finished = Promise.withResolvers<void>();
  options: ServingOptions | undefined;
  readonly secrets = {
    readSecretFile: (path: string) => Promise.resolve({ text: `# ${path}\nalice "a good secret"`, warning: "beware" }),
    askSecret: () => undefined,
  };
  /** What goes wrong. */
  failing: { open?: string; start?: boolean } = {};

  open(image: PlannedImage): Promise<{ store: MemoryStore; id: string }> {
    if (image.location === this.failing.open) return Promise.reject(new Error(`Cannot open ${image.location}: busy`));
    this.events.push(`open ${image.location}`);
    const store = new MemoryStore(1 << 20);
    const close = store.close.bind(store);
    store.close = () => {
      this.events.push(`close ${image.location}`);
      return close();
    };
    return Promise.resolve({ store, id: "0123456789abcdef0123456789abcdef" });
  }

  /** What the workers were told to serve. */
  plan: ServePlan | undefined;

  fleet({ plan, chap, log }: FleetServingOptions): FleetServing {
    this.plan = plan;
    const serving = this.server({ ...plan, targets: [], log });
    const served = plan.targets.map(({ name }, i) => ({
      ...{ name, luns: [{ lun: 0, location: "x", size: 512, blockSize: 512, readOnly: false }] },
      ...{ portals: [{ hostname: "127.0.0.1", port: 49153 + i }] },
      ...(chap === undefined ? {} : { chapUsers: chap.accounts.get(name)?.map(({ user }) => user) ?? [] }),
    }));
    return Object.defineProperty(serving, "served", { value: served }) as FleetServing;
  }

  server(options: ServingOptions): Serving {
    this.options = options;
    const { started, finished } = this;
    return {
      portals: options.listen.map((portal) => ({ ...portal, port: portal.port || 49152 })),
      // Asked for once everything is printed.
      get finished(): Promise<void> {
        started.resolve();
        return finished.promise;
      },
      start: () => {
        if (this.failing.start) return Promise.reject(new Error("Cannot listen on 127.0.0.1:3260: in use"));
        this.events.push("start");
        return Promise.resolve();
      },
      drain: () => {
        this.events.push("drain");
        this.drainBegun.resolve();
        return this.drained.promise;
      },
      stop: () => {
        this.events.push("stop");
        this.drained.resolve();
        return Promise.resolve();
      },
    };
  }
}
