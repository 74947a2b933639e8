import { assertEquals } from "@std/assert";
import { BufferPool } from "../../lib/bytes/pool.ts";
import { Room } from "../../lib/iscsi/room.ts";
import { Sender } from "../../lib/iscsi/sender.ts";
import { Frame } from "../../lib/iscsi/transmit.ts";

/** A sender whose buffers are full, the frame that would make room, and its room. */
function full(): { sender: Sender; frame: Frame; room: Room; woken: string[]; wait(name: string): Promise<void> } {
  const sender = new Sender(new BufferPool());
  const frame = new Frame();
  while (!sender.full) sender.transmit.reserve(frame, 200_000);
  const room = new Room(sender);
  const woken: string[] = [];
  return { sender, frame, room, woken, wait: (name) => room.wait().then(() => void woken.push(name)) };
}

Deno.test("wait() waits for nothing while there is room", async () => {
  await new Room(new Sender(new BufferPool())).wait();
});

Deno.test("look() wakes all who wait once there is room, and not before", async () => {
  const { sender, frame, room, woken, wait } = full();
  const waiting = [wait("one"), wait("two")];
  room.look();
  await Promise.resolve();
  assertEquals(woken, []);
  sender.transmit.cancel(frame);
  room.look();
  await Promise.all(waiting);
  assertEquals(woken, ["one", "two"]);
});

Deno.test("wake() wakes all who wait, room or not", async () => {
  const { room, woken, wait } = full();
  const waiting = wait("one");
  room.wake();
  await waiting;
  assertEquals(woken, ["one"]);
});
