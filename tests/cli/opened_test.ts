import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createLog } from "../../lib/cli/logging.ts";
import { OpenImages } from "../../lib/cli/opened.ts";
import type { PlannedTarget } from "../../lib/cli/serve_plan.ts";
import type { OpenedImage } from "../../lib/cli/serving.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { StoreSilentError } from "../../lib/target/settle.ts";
import { KeptOutput } from "../support/fake_host.ts";

const targets: readonly PlannedTarget[] = ["a b", "c"].map((locations, i) => ({
  name: `iqn.2026-01.example:${i}`,
  images: locations.split(" ").map((location, lun) => ({ location, lun, readOnly: false, removable: false })),
  maps: [],
}));

/** Opens and closes into `events`; fails at the locations of `failing`. */
function opener(events: string[], failing: readonly string[] = []): OpenImages {
  return new OpenImages(({ location }): Promise<OpenedImage> => {
    if (failing.includes(location)) return Promise.reject(new Error(`Cannot open ${location}: busy`));
    events.push(`open ${location}`);
    return Promise.resolve({
      store: new MemoryStore(512),
      release: () => {
        events.push(`release ${location}`);
        if (failing.includes(`release ${location}`)) throw new Error("Cannot close: the disk is gone");
      },
    });
  });
}

Deno.test("OpenImages opens the images of each target, and closes all of them", async () => {
  const events: string[] = [];
  const images = opener(events, ["release a"]);
  await images.open(targets);
  assertEquals(images.all.map(({ images }) => images.map(({ image }) => image.location)), [["a", "b"], ["c"]]);
  const stderr = new KeptOutput();
  await images.close(createLog(stderr, { level: "info", format: "text" }));
  assertEquals(events, ["open a", "open b", "open c", "release a", "release b", "release c"]);
  assertStringIncludes(stderr.text, `image not closed cleanly image=a reason="Cannot close: the disk is gone"`);
});

Deno.test("OpenImages makes new images only when those are open that cannot be made", async () => {
  const sizes = { a: { size: 512 }, b: { sizeIfMissing: 512, readOnly: true }, c: { sizeIfMissing: 512 } };
  const some = targets.map((target) => ({
    ...target,
    images: target.images.map((image) => ({ ...image, ...sizes[image.location as keyof typeof sizes] })),
  }));
  const events: string[] = [];
  const images = opener(events);
  await images.open(some);
  assertEquals(events, ["open b", "open a", "open c"]);
  const without: string[] = [];
  await assertRejects(() => opener(without, ["b"]).open(some), Error, "Cannot open b: busy");
  assertEquals(without, []);
});

Deno.test("OpenImages does not wait for ever for an image whose disk does not answer, and closes the others", async () => {
  const released: string[] = [];
  const images = new OpenImages(({ location }): Promise<OpenedImage> => {
    const store = new MemoryStore(512);
    if (location === "a") store.close = () => new Promise<void>(() => {});
    return Promise.resolve({ store, release: () => void released.push(location) });
  }, 5);
  await images.open(targets);
  const stderr = new KeptOutput();
  await images.close(createLog(stderr, { level: "info", format: "text" }));
  assertEquals(released.toSorted(), ["b", "c"]);
  assertStringIncludes(stderr.text, `image=a reason="Cannot close it: its disk does not answer within 5 ms"`);
});

Deno.test("OpenImages leaves stores as they are that the server has found silent", async () => {
  const events: string[] = [];
  const images = opener(events);
  await images.open(targets);
  const [silent] = images.all.flatMap(({ images }) => images).map(({ store }) => store);
  const failure = new StoreSilentError("Cannot flush it: silence", silent === undefined ? [] : [silent]);
  await images.close(createLog(new KeptOutput(), { level: "info", format: "text" }), failure);
  assertEquals(events.filter((event) => event.startsWith("release")), ["release b", "release c"]);
});

Deno.test("OpenImages knows what is open when an image cannot be opened, or when it is enough", async () => {
  for (const [failing, left, expected] of [[["c"], 9, "a b"], [[], 1, "a"]] as const) {
    let open: number = left;
    const images = opener([], failing);
    const opening = images.open(targets, () => open-- <= 0);
    if (failing.length > 0) await assertRejects(() => opening, Error, "Cannot open c: busy");
    else await opening;
    assertEquals(images.all.flatMap(({ images }) => images).map(({ image }) => image.location).join(" "), expected);
  }
});
