/**
 * A worker whose images are slow to write.
 *
 * @module
 */

import "./slow_images.ts";
import "../../lib/cli/workers/worker.ts";
