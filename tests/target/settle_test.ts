import { assertEquals, assertRejects } from "@std/assert";
import { createLog } from "../../lib/cli/logging.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { settleStores, StoreSilentError } from "../../lib/target/settle.ts";
import { Target } from "../../lib/target/target.ts";
import { KeptOutput } from "../support/fake_host.ts";
import { HeldStore } from "../support/held_store.ts";

/** More than anything here takes, less than anybody waits. */
const LONG = 20_000;
const never = new Promise<void>(() => {});

function targetOf(name: string, ...stores: HeldStore[]): Target {
  return new Target({ name: `iqn.2026-11.com.example:${name}`, luns: stores.map((store, lun) => ({ lun, store })) });
}

Deno.test("settleStores() flushes every store when commands have ended", async () => {
  const stores = [new HeldStore(1 << 20), new HeldStore(1 << 20), new HeldStore(1 << 20)] as const;
  const idle = Promise.withResolvers<void>();
  const targets = [targetOf("a", stores[0], stores[1]), targetOf("b", stores[2])];
  const settled = settleStores(targets, { idle: idle.promise, timeout: LONG });
  assertEquals(stores.map(({ calls }) => calls), [[], [], []]);
  idle.resolve();
  await settled;
  assertEquals(stores.map(({ calls }) => calls), [["flush"], ["flush"], ["flush"]]);
});

Deno.test("settleStores() flushes no store that is only read", async () => {
  const store = new MemoryStore(1 << 20);
  const flushed: string[] = [];
  store.flush = () => void flushed.push("flush");
  const luns = [{
    lun: 0,
    store: Object.create(store, { capabilities: { value: { ...store.capabilities, readOnly: true } } }),
  }];
  const target = new Target({ name: "iqn.2026-11.com.example:ro", luns });
  await settleStores([target], { idle: Promise.resolve(), timeout: LONG });
  assertEquals(flushed, []);
});

Deno.test("settleStores() names every store that does not answer, to the log too", async () => {
  const [one, two, three] = [new HeldStore(1 << 20), new HeldStore(1 << 20), new HeldStore(1 << 20)] as const;
  one.holding.add("flush");
  three.holding.add("flush");
  const output = new KeptOutput();
  const log = createLog(output, { level: "info", format: "text" });
  const targets = [targetOf("a", one, two), targetOf("b", three)];
  const error = await assertRejects(
    () => settleStores(targets, { idle: Promise.resolve(), timeout: 5, log }),
    StoreSilentError,
  );
  assertEquals(
    error.message,
    "Cannot flush LUN 0 of iqn.2026-11.com.example:a, LUN 0 of iqn.2026-11.com.example:b: no answer within 5 ms; what " +
      "was not flushed before may be lost",
  );
  assertEquals([two.calls, [...error.stores]], [["flush"], [one, three]]);
  const lines = output.text.trimEnd().split("\n").map((line) => line.replace(/^\S+ /, ""));
  assertEquals(
    lines,
    ["a", "b"].map((name) =>
      `ERROR disk does not answer: it is not flushed target=iqn.2026-11.com.example:${name} lun=0 after="5 ms"`
    ),
  );
  await Promise.all([one.release(), three.release()]);
});

Deno.test("settleStores() says so when commands do not end though every store can be flushed", async () => {
  const store = new HeldStore(1 << 20);
  const settled = settleStores([targetOf("a", store)], { idle: never, timeout: 5 });
  await assertRejects(() => settled, StoreSilentError, "Cannot end commands");
  assertEquals(store.calls, ["flush"]);
});

Deno.test("settleStores() fails with what a store says, and flushes the others", async () => {
  const [one, two] = [new HeldStore(1 << 20), new HeldStore(1 << 20)] as const;
  one.flush = () => {
    throw new Error("Cannot flush the image: it is gone");
  };
  const settled = settleStores([targetOf("a", one, two)], { idle: Promise.resolve(), timeout: LONG });
  await assertRejects(() => settled, Error, "it is gone");
  assertEquals(two.calls, ["flush"]);
});
