import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { demo } from "../../lib/cli/demo.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import type { PlannedImage } from "../../lib/cli/serve_plan.ts";
import type { ServeServices, ServingOptions } from "../../lib/cli/serving.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { FakeHost } from "../support/fake_host.ts";

interface Outcome {
  readonly host: FakeHost;
  readonly images: readonly PlannedImage[];
  readonly options: readonly ServingOptions[];
}

/** What the demo opens and serves; it ends at once. */
async function outcome(...args: string[]): Promise<Outcome> {
  const host = new FakeHost();
  const images: PlannedImage[] = [];
  const options: ServingOptions[] = [];
  const services: ServeServices = {
    open(image) {
      images.push(image);
      return Promise.resolve({ store: new MemoryStore(1 << 20) });
    },
    secrets: { readSecretFile: () => Promise.reject(new Error("no file")), askSecret: () => undefined },
    fleet: () => {
      throw new Error("A demo has one target");
    },
    server(given) {
      options.push(given);
      const done = () => Promise.resolve();
      return { portals: given.listen, finished: Promise.resolve(), start: done, drain: done, stop: done };
    },
  };
  assertEquals(await demo(host, args, services), 0);
  return { host, images, options };
}

Deno.test("demo() serves a disk in memory on this machine, and says how to attach it", async () => {
  const { host, images, options } = await outcome();
  assertEquals(images.map(({ location }) => location), ["memory:256M"]);
  assertEquals(options.map(({ listen }) => listen), [[{ hostname: "127.0.0.1", port: 3260 }]]);
  assertStringIncludes(host.stdout.text, "gone when the demo ends");
  assertStringIncludes(host.stdout.text, "sudo iscsiadm -m node -T ");
  assertEquals([host.stderr.text, host.confined], ["", 1]);
});

Deno.test("demo() takes a size, addresses and who may come", async () => {
  const { images, options } = await outcome("-s", "2G", "--listen", "0.0.0.0:0", "-l", "::1", "--allow", "any");
  assertEquals(images.map(({ location }) => location), ["memory:2G"]);
  assertEquals(options[0]?.listen, [{ hostname: "0.0.0.0", port: 0 }, { hostname: "::1", port: 3260 }]);
  assertEquals(options[0]?.targets[0]?.allow, ["*"]);
});

Deno.test("demo() refuses a size that is none, and to be open by oversight", async () => {
  await assertRejects(() => outcome("--size", "big"), UsageError, `Cannot use --size "big"`);
  await assertRejects(() => outcome("--listen", "0.0.0.0"), UsageError, "Cannot listen on 0.0.0.0:3260");
});
