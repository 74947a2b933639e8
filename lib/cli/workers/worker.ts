/**
 * Where a worker thread begins.
 *
 * @module
 */

import { Server } from "../../server.ts";
import { serveServices } from "../serve_services.ts";
import { systemHost } from "../system_host.ts";
import type { Order } from "./messages.ts";
import { Work } from "./work.ts";

/** What a worker thread has of its surroundings. */
interface Scope {
  postMessage(message: unknown): void;
  close(): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Order>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(type: "unhandledrejection", listener: (event: PromiseRejectionEvent) => void): void;
}

const scope = globalThis as unknown as Scope;
const work = new Work({ post: (report) => scope.postMessage(report), close: () => scope.close() }, {
  open: (image) => serveServices.open(image),
  server: (options) => new Server(options),
  confine: (keep) => systemHost().confine(keep),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});

scope.addEventListener("message", ({ data }) => {
  // What is wrong with an order is a defect, and nothing that can be gone on from.
  work.obey(data).catch(perish);
});
scope.addEventListener("error", (event) => {
  event.preventDefault();
  perish(event.error);
});
scope.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  perish(event.reason);
});

function perish(error: unknown): void {
  work.die(error instanceof Error ? error.stack ?? error.message : String(error));
}
