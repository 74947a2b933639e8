import { assertEquals } from "@std/assert";
import { SessionTimer } from "../../lib/net/session_timer.ts";
import { within } from "../support/deadline.ts";

Deno.test("look() looks again when it is time, and no more when there is nothing to wait for", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  const timer = new SessionTimer({
    tick(now): number {
      looks++;
      if (looks < 3) return now + 1;
      resolve();
      return Infinity;
    },
  });
  timer.look();
  assertEquals(looks, 1);
  await within(20, "the last look", promise);
  assertEquals(looks, 3);
});

Deno.test("stop() ends the wait", () => {
  let looks = 0;
  const timer = new SessionTimer({
    tick(now): number {
      looks++;
      return now + 3_600_000;
    },
  });
  timer.look();
  timer.look();
  timer.stop();
  timer.stop();
  assertEquals(looks, 2);
});
