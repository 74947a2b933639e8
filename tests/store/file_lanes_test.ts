import { assertEquals, assertRejects } from "@std/assert";
import { StoreClosedError } from "../../lib/store/errors.ts";
import { FileLanes, type Lane } from "../../lib/store/file_lanes.ts";

/** Lanes whose transfers end when the test says so. */
class Yard {
  readonly running: { lane: number; at: number; end: PromiseWithResolvers<void> }[] = [];
  readonly order: number[] = [];
  made = 0;
  closed = 0;
  most = 0;

  lane(): Lane {
    const lane = this.made++;
    let busy = false;
    const transfer = async (_bytes: Uint8Array, at: number): Promise<void> => {
      if (busy) throw new Error(`lane ${lane} lent twice`);
      busy = true;
      this.order.push(at);
      const entry = { lane, at, end: Promise.withResolvers<void>() };
      this.running.push(entry);
      this.most = Math.max(this.most, this.running.length);
      try {
        await entry.end.promise;
      } finally {
        busy = false;
        this.running.splice(this.running.indexOf(entry), 1);
      }
    };
    return { read: transfer, write: transfer, close: () => this.closed++ };
  }

  /** Ends transfers as they come until `count` have run. */
  async run(count: number): Promise<void> {
    for (let ended = 0; ended < count;) {
      await turns();
      if (this.running.length === 0) throw new Error(`only ${ended} of ${count} transfers came`);
      for (const entry of this.running.slice()) {
        entry.end.resolve();
        ended++;
      }
    }
  }
}

/** Lets everything run that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

const bytes = new Uint8Array(1);

Deno.test("FileLanes lends one lane to one transfer, opens more up to the limit, and keeps the order", async () => {
  const yard = new Yard();
  const lanes = new FileLanes(yard.lane(), { limit: 3, open: () => Promise.resolve(yard.lane()) });
  const transfers = Array.from({ length: 50 }, (_, i) => i % 2 === 0 ? lanes.read(bytes, i) : lanes.write(bytes, i));
  await Promise.all([yard.run(50), ...transfers]);
  assertEquals(yard.order, Array.from({ length: 50 }, (_, i) => i));
  assertEquals([yard.most, lanes.opened], [3, 3]);
  await lanes.close();
  assertEquals(yard.closed, 3);
});

Deno.test("FileLanes stays with one lane while transfers do not overlap", async () => {
  const yard = new Yard();
  const lanes = new FileLanes(yard.lane(), { limit: 3, open: () => Promise.resolve(yard.lane()) });
  for (let i = 0; i < 5; i++) await Promise.all([yard.run(1), lanes.read(bytes, i)]);
  assertEquals(lanes.opened, 1);
  await lanes.close();
});

Deno.test("FileLanes makes do with the lanes it has when no more can be opened", async () => {
  const yard = new Yard();
  let asked = 0;
  const lanes = new FileLanes(yard.lane(), {
    limit: 8,
    open: () => {
      asked++;
      return Promise.resolve(undefined);
    },
  });
  for (let round = 0; round < 2; round++) {
    await Promise.all([yard.run(4), ...[0, 1, 2, 3].map((at) => lanes.read(bytes, at))]);
  }
  assertEquals([lanes.opened, yard.most, asked], [1, 1, 3]);
  await lanes.close();
});

Deno.test("FileLanes gives a lane back when its transfer failed", async () => {
  const yard = new Yard();
  const lanes = new FileLanes(yard.lane(), { limit: 1, open: () => Promise.resolve(undefined) });
  const failing = lanes.read(bytes, 0);
  const waiting = lanes.read(bytes, 1);
  yard.running[0]?.end.reject(new Error("disk"));
  await assertRejects(() => failing, Error, "disk");
  await Promise.all([yard.run(1), waiting]);
  await lanes.close();
});

Deno.test("FileLanes.close() waits for transfers, and refuses those that follow", async () => {
  const yard = new Yard();
  const lanes = new FileLanes(yard.lane(), { limit: 2, open: () => Promise.resolve(yard.lane()) });
  const transfers = [lanes.read(bytes, 0), lanes.read(bytes, 1)];
  const closing = lanes.close();
  await turns();
  assertEquals(yard.closed, 0);
  await Promise.all([yard.run(2), ...transfers]);
  await closing;
  assertEquals(yard.closed, 2);
  await assertRejects(() => lanes.read(bytes, 0), StoreClosedError);
});

Deno.test("FileLanes serves thousands that wait in the order in which they came", async () => {
  const yard = new Yard();
  const lanes = new FileLanes(yard.lane(), { limit: 1, open: () => Promise.resolve(undefined) });
  const transfers = Array.from({ length: 3000 }, (_, i) => lanes.read(bytes, i));
  await Promise.all([yard.run(3000), ...transfers]);
  assertEquals(yard.order, Array.from({ length: 3000 }, (_, i) => i));
  await lanes.close();
});

Deno.test("FileLanes.openAll() opens every lane before any transfer needs it, and stops where no more can be had", async () => {
  const yard = new Yard();
  const lanes = new FileLanes(yard.lane(), { limit: 4, open: () => Promise.resolve(yard.lane()) });
  await lanes.openAll();
  assertEquals([lanes.opened, yard.made], [4, 4]);
  await lanes.close();
  assertEquals(yard.closed, 4);
  const poor = new FileLanes(yard.lane(), { limit: 4, open: () => Promise.resolve(undefined) });
  await poor.openAll();
  assertEquals(poor.opened, 1);
  await poor.close();
});
