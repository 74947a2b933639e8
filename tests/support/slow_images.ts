/**
 * Makes every image that this thread opens slow to write, as disks were: how long an overwrite takes says the medium then,
 * and not the processor.
 *
 * @module
 */

import { serveServices } from "../../lib/cli/serve_services.ts";
import { DelayStore } from "../../lib/store/filters/delay.ts";

/** Milliseconds before each write. */
const WRITE = 100;

const { open } = serveServices;

serveServices.open = async (image) => {
  const opened = await open(image);
  return { ...opened, store: new DelayStore(opened.store, { write: WRITE }) };
};
