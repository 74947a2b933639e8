/**
 * A second process that opens an image: prints `opened`, or the message of the error.
 *
 * @module
 */

import { FileStore } from "../../lib/store/file_store.ts";

const [path = "", mode] = Deno.args;
try {
  const store = await FileStore.open(path, { readOnly: mode === "ro" });
  await store.close();
  await say("opened");
} catch (error) {
  await say((error as Error).message);
}
// Where locks cannot be tried, the one that was refused is still waited for.
Deno.exit(0);

async function say(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}
