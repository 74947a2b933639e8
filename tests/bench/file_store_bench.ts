/**
 * What a file store costs per operation when everything is cached.
 *
 * @module
 */

import { FileStore, type FileStoreOptions } from "../../lib/store/file_store.ts";
import { Prng } from "../support/prng.ts";

const size = 64 << 20;
const image = await Deno.makeTempFile({ prefix: "lunbox-", suffix: ".img" });
await Deno.writeFile(image, new Uint8Array(size).fill(1));
const offsets = Array.from({ length: 4096 }, ((prng) => () => prng.below(size / 4096 - 64) * 4096)(new Prng(1)));

const onLoop: FileStoreOptions = { policy: { slow: Infinity } };
const inLanes: FileStoreOptions = { policy: { large: 0 } };
const small = new Uint8Array(4096);
const large = new Uint8Array(1 << 18);
const batch = 1000;

const rows: [string, FileStoreOptions, (store: FileStore) => Promise<void>][] = [
  ["1000 random reads of 4 KiB on the loop", onLoop, (store) => many(store, "read", small)],
  ["1000 random writes of 4 KiB on the loop", onLoop, (store) => many(store, "write", small)],
  ["1000 random reads of 256 KiB on the loop", onLoop, (store) => many(store, "read", large)],
  ["1000 random reads of 4 KiB in the lanes", inLanes, (store) => many(store, "read", small)],
  ["1000 random reads of 256 KiB in the lanes", inLanes, (store) => many(store, "read", large)],
];

for (const [name, options, run] of rows) {
  Deno.bench(name, async (context) => {
    await using store = await FileStore.open(image, options);
    context.start();
    await run(store);
    context.end();
  });
}

/** Runs a batch of operations, 32 of them at once where they are not done at once. */
async function many(store: FileStore, operation: "read" | "write", bytes: Uint8Array): Promise<void> {
  let next = 0;
  const queue = async (): Promise<void> => {
    while (next < batch) {
      const done = store[operation](bytes, offsets[next++] as number);
      if (done !== undefined) await done;
    }
  };
  await Promise.all(Array.from({ length: 32 }, queue));
}

globalThis.addEventListener("unload", () => Deno.removeSync(image));
