/**
 * The stores and the server that `lunbox serve` works with.
 *
 * @module
 */

import { Server } from "../server.ts";
import { FileNotes } from "../store/file_notes.ts";
import { openStore, parseStoreSpec } from "../store/open.ts";
import type { PlannedImage } from "./serve_plan.ts";
import type { OpenedImage, ServeServices, Serving, ServingOptions } from "./serving.ts";

/** Real images, and a server on real sockets. */
export const serveServices: ServeServices = { open, server };

async function open(image: PlannedImage): Promise<OpenedImage> {
  const { location, ...options } = image;
  const store = await openStore(location, options);
  try {
    const { kind, path } = parseStoreSpec(location);
    if (kind !== "file") return { store };
    const notes = await FileNotes.open(path, { existing: image.readOnly });
    return notes === undefined ? { store } : { store, id: notes.id };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function server({ target, ...options }: ServingOptions): Serving {
  return new Server({ ...options, targets: [target] });
}
