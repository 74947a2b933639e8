import { assertEquals, assertRejects } from "@std/assert";
import { FilePolicy } from "../../lib/store/file_policy.ts";

/** A policy that has its proof, unless `proof` says how much it wants, and a clock that only the test moves. */
function policy(proof = 0): {
  policy: FilePolicy;
  pass: (time: number) => void;
  transfer: (took: number, length?: number) => void;
  land: (took: number, length?: number) => Promise<void>;
} {
  let now = 1000;
  const policy = new FilePolicy({ clock: () => now, proof });
  return {
    policy,
    pass: (time) => now += time,
    transfer: (took, length = 4096) => {
      policy.start();
      now += took;
      policy.finish(length);
    },
    land: async (took, length = 4096) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const watched = policy.watch(promise, length);
      now += took;
      resolve();
      await watched;
    },
  };
}

Deno.test("FilePolicy stays on the loop while transfers are quick", () => {
  const { policy: p, transfer } = policy();
  for (let i = 0; i < 100; i++) {
    assertEquals(p.onLoop(4096), true);
    transfer(0.25);
  }
});

Deno.test("FilePolicy leaves the loop after slow transfers, for 50 times as long as they took", () => {
  const { policy: p, transfer, pass } = policy();
  transfer(1);
  transfer(4);
  assertEquals(p.onLoop(512), true);
  transfer(6);
  assertEquals(p.onLoop(512), false);
  // 10 ms of slow transfers since the first, 4 of them free.
  pass(293);
  assertEquals(p.onLoop(512), false);
  pass(1);
  assertEquals(p.onLoop(512), true);
});

Deno.test("FilePolicy is back on the loop after a quick probe, and off it after a slow one", () => {
  const { policy: p, transfer, pass } = policy();
  transfer(1);
  transfer(14);
  pass(500);
  assertEquals(p.onLoop(512), true);
  transfer(0.1);
  assertEquals(p.onLoop(512), true);
  transfer(10);
  pass(489);
  assertEquals(p.onLoop(512), false);
  pass(11);
  assertEquals(p.onLoop(512), true);
});

Deno.test("FilePolicy takes one slow transfer among 32 for a hiccup, unless it is a stall", () => {
  const { policy: p, transfer } = policy();
  for (let i = 0; i < 100; i++) {
    transfer(i % 33 === 0 ? 49 : 0.1);
    assertEquals(p.onLoop(512), true);
  }
  for (let i = 0; i < 32; i++) transfer(0.1);
  transfer(51);
  assertEquals(p.onLoop(512), false);
});

Deno.test("FilePolicy forgives a hiccup now and then, but no stream of them", () => {
  const { policy: p, transfer, pass } = policy();
  for (let i = 0; i < 20; i++) {
    transfer(3);
    assertEquals(p.onLoop(512), true);
    pass(150);
  }
  transfer(3);
  transfer(3);
  assertEquals(p.onLoop(512), false);
});

Deno.test("FilePolicy holds the loop up for no more than a fiftieth of the time", () => {
  const { policy: p, transfer, pass } = policy();
  let slow = 0;
  for (let time = 0; time < 100_000;) {
    const took = p.onLoop(512) ? 2 : 0;
    if (took > 0) transfer(took);
    else pass(1);
    slow += took;
    time += Math.max(took, 1);
  }
  assertEquals(slow <= 100_000 / 50 + 8, true, `${slow} ms`);
});

Deno.test("FilePolicy tries the loop again after 5 seconds, whatever was", () => {
  const { policy: p, transfer, pass } = policy();
  transfer(1000);
  pass(4999);
  assertEquals(p.onLoop(512), false);
  pass(1);
  assertEquals(p.onLoop(512), true);
});

Deno.test("FilePolicy grants long transfers more time, and keeps large ones off the loop", () => {
  const { policy: p, transfer } = policy();
  transfer(0.5, 1 << 19);
  assertEquals(p.onLoop((1 << 20) - 1), true);
  assertEquals(p.onLoop(1 << 20), false);
});

Deno.test("FilePolicy lets a file earn the loop by quick transfers in the lanes, one after the other", async () => {
  const { policy: p, land } = policy(3);
  for (const [took, onLoop] of [[1, false], [1, false], [6, false], [1, false], [5, false], [1, true]] as const) {
    assertEquals(p.onLoop(512), false);
    await land(took);
    assertEquals(p.onLoop(512), onLoop);
  }
});

Deno.test("FilePolicy lets a file that was slow on the loop earn it again, when its time has come", async () => {
  const { policy: p, transfer, land, pass } = policy(2);
  await land(1);
  await land(1);
  assertEquals(p.onLoop(512), true);
  transfer(60);
  pass(5000);
  assertEquals(p.onLoop(512), false);
  await land(1);
  await land(1);
  assertEquals(p.onLoop(512), true);
});

Deno.test("FilePolicy keeps a disk that hangs for seconds off the loop for good", async () => {
  const { policy: p, land } = policy(8);
  for (let i = 0; i < 100; i++) {
    await land(i % 8 === 7 ? 5000 : 0.1);
    assertEquals(p.onLoop(512), false);
  }
});

Deno.test("FilePolicy counts nothing for a transfer in the lanes that failed", async () => {
  const { policy: p } = policy(1);
  await assertRejects(() => p.watch(Promise.reject(new Error("Cannot read")), 512), Error, "Cannot read");
  assertEquals(p.onLoop(512), false);
});
