import { assertEquals } from "@std/assert";
import { createLog } from "../../lib/cli/logging.ts";
import { Stopping } from "../../lib/cli/stopping.ts";
import { FakeHost } from "../support/fake_host.ts";

/** A host, and the requests that were understood in their order. */
function setUp(): { host: FakeHost; stopping: Stopping; seen: string[] } {
  const host = new FakeHost();
  const stopping = new Stopping(host, createLog(host.stderr, { level: "info", format: "text" }));
  const seen: string[] = [];
  for (const request of [stopping.first, stopping.second, stopping.third]) request.then((name) => seen.push(name));
  return { host, stopping, seen };
}

Deno.test("Stopping counts requests", async () => {
  const { host, stopping, seen } = setUp();
  assertEquals(stopping.asked, false);
  for (const expected of ["first", "second", "third"]) {
    host.time += 1000;
    host.signal();
    await Promise.resolve();
    assertEquals([seen.at(-1), stopping.asked], [expected, true]);
  }
});

Deno.test("Stopping takes the echoes of a Ctrl-C for one request", async () => {
  const { host, seen } = setUp();
  for (const time of [0, 0, 1, 200, 499]) {
    host.time = time;
    host.signal();
  }
  await Promise.resolve();
  assertEquals(seen, ["first"]);
  host.time = 500;
  host.signal();
  await Promise.resolve();
  assertEquals(seen, ["first", "second"]);
});

Deno.test("Stopping says which signal it follows", () => {
  const { host } = setUp();
  host.signal("SIGTERM");
  assertEquals(host.stderr.text.includes("signal=SIGTERM"), true);
});

Deno.test("Stopping takes no signals when it is released", () => {
  const { host, stopping } = setUp();
  stopping.release();
  assertEquals([host.signal(), stopping.asked], [false, false]);
});
