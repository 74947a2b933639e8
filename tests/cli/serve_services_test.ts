import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createLog } from "../../lib/cli/logging.ts";
import { serveServices } from "../../lib/cli/serve_services.ts";
import { StoreOpenError } from "../../lib/store/errors.ts";
import { KeptOutput } from "../support/fake_host.ts";

const plain = { lun: 0, readOnly: false, removable: false };

/** Runs a story in a folder of its own. */
function story(name: string, tell: (folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await tell(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

story("serveServices.open() creates an image, and gives it an identity that stays", async (folder) => {
  const image = { ...plain, location: `${folder}/disk.img`, sizeIfMissing: 1 << 20 };
  const first = await serveServices.open(image);
  assertEquals(first.store.size, 1 << 20);
  await first.store.close();
  await first.release?.();
  const second = await serveServices.open(image);
  await second.store.close();
  await second.release?.();
  assertMatch(first.id ?? "", /^[0-9a-f]{32}$/);
  assertEquals(second.id, first.id);
});

story("serveServices.open() leaves nothing beside an image that is read-only", async (folder) => {
  const location = `${folder}/disk.img`;
  await Deno.writeFile(location, new Uint8Array(1024));
  const { store, id } = await serveServices.open({ ...plain, location, readOnly: true });
  await store.close();
  assertEquals(id, undefined);
  assertEquals(Array.from(Deno.readDirSync(folder), (entry) => entry.name), ["disk.img"]);
});

story("serveServices.open() says how a missing image is created", async (folder) => {
  const location = `${folder}/disk.img`;
  const error = await assertRejects(() => serveServices.open({ ...plain, location }), StoreOpenError);
  assertEquals(
    error.message,
    `Cannot open ${location}: there is no such file; to create it, give its size with --size 10G`,
  );
});

story("serveServices.open() lets go of an image whose notes make no sense", async (folder) => {
  const location = `${folder}/disk.img`;
  await Deno.writeFile(location, new Uint8Array(1024));
  await Deno.writeTextFile(`${location}.lunbox`, "{");
  await assertRejects(() => serveServices.open({ ...plain, location }), StoreOpenError, "it is no JSON");
});

Deno.test("serveServices.open() opens memory without an identity", async () => {
  const { store, id } = await serveServices.open({ ...plain, location: "memory:1M", blockSize: 4096 });
  assertEquals([store.size, store.blockSize, id], [1 << 20, 4096, undefined]);
  await store.close();
});

Deno.test("serveServices.server() serves on real sockets", async () => {
  const { store } = await serveServices.open({ ...plain, location: "memory:1M" });
  const server = serveServices.server({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    targets: [{ name: "iqn.2026-11.io.lunbox:test", luns: [{ lun: 0, store }] }],
    log: createLog(new KeptOutput(), { level: "error", format: "text" }),
  });
  await server.start();
  const port = server.portals[0]?.port ?? 0;
  assertEquals(port > 0, true);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.close();
  await server.drain();
  await server.finished;
  await store.close();
});
