import { assertEquals, assertInstanceOf } from "@std/assert";
import { Turn } from "../../lib/net/turn.ts";

Deno.test("moved() goes on until a connection has had its share", () => {
  const turn = new Turn();
  assertEquals(turn.moved(524_287), undefined);
});

Deno.test("moved() gives way after 512 KiB and starts to count anew", async () => {
  const turn = new Turn();
  turn.moved(524_287);
  const others = turn.moved(1);
  assertInstanceOf(others, Promise);
  await others;
  assertEquals(turn.moved(524_287), undefined);
});

Deno.test("moved() lets work of others run before it settles", async () => {
  const order: string[] = [];
  const others = new Promise<void>((resolve) => setTimeout(() => resolve(), 0)).then(() => order.push("others"));
  await others;
  const turn = new Turn().moved(1 << 20);
  queueMicrotask(() => order.push("microtask"));
  await turn;
  order.push("turn");
  assertEquals(order, ["others", "microtask", "turn"]);
});
