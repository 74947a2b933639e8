/**
 * The stores and the server that `lunbox serve` works with.
 *
 * @module
 */

import { Server } from "../server.ts";
import { StoreOpenError } from "../store/errors.ts";
import { FileNotes } from "../store/file_notes.ts";
import { openStore, parseStoreSpec } from "../store/open.ts";
import { machineSecrets } from "./secrets.ts";
import type { PlannedImage } from "./serve_plan.ts";
import type {
  FleetServing,
  FleetServingOptions,
  OpenedImage,
  ServeServices,
  Serving,
  ServingOptions,
} from "./serving.ts";
import { Fleet } from "./workers/fleet.ts";
import { spawnThread } from "./workers/thread.ts";

/** Real images, and a server on real sockets. */
export const serveServices: ServeServices = { open, secrets: machineSecrets, server, fleet };

async function open(image: PlannedImage): Promise<OpenedImage> {
  const { location, ...options } = image;
  const store = await openStore(location, { ...options, eager: true }).catch(explain);
  try {
    const { kind, path } = parseStoreSpec(location);
    if (kind !== "file") return { store };
    const notes = await FileNotes.open(path, { existing: image.readOnly });
    if (notes === undefined) return { store };
    if (image.readOnly) return { store, id: notes.id };
    // What is open already can be written when the process has no permission left.
    await notes.keepOpen();
    return { store, id: notes.id, memory: notes, release: () => notes.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Says how a missing image is created from the command line. */
function explain(error: unknown): never {
  if (!(error instanceof StoreOpenError) || error.reason !== "missing") throw error;
  const message = error.message.replace(/; .*/, "; to create it, give its size with --size 10G");
  throw new StoreOpenError(message, error.reason, error);
}

function fleet(options: FleetServingOptions): FleetServing {
  const later = (milliseconds: number, then: () => void): () => void => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  };
  return new Fleet({ ...options, later, spawn: (name) => spawnThread(name) });
}

function server(options: ServingOptions): Serving {
  return new Server(options);
}
