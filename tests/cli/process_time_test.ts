import { assert, assertEquals } from "@std/assert";
import { processTimes } from "../../lib/cli/process_time.ts";

/** Keeps the processor busy until the clock of this process has gone on. */
function work(own: () => number): void {
  const start = own();
  let sum = 0;
  while (own() < start + 0.02) for (let i = 0; i < 100_000; i++) sum += i;
  assert(sum > 0);
}

Deno.test("own() tells what this process has used", () => {
  const times = processTimes();
  const start = times.own();
  work(times.own);
  assert(times.own() >= start + 0.02);
  times.close();
});

const linux = { ignore: Deno.build.os !== "linux" };

Deno.test("secondsOf() tells what a process has used, and nothing of one that is not there", linux, () => {
  const times = processTimes();
  const before = times.secondsOf(Deno.pid);
  work(times.own);
  const after = times.secondsOf(Deno.pid);
  assert(before !== undefined && after !== undefined && after > before, `${before} and ${after}`);
  // Two clocks of one process: they agree but for what is spent between the looks.
  assert(Math.abs((times.secondsOf(Deno.pid) ?? 0) - times.own()) < 1);
  assertEquals(times.secondsOf(0x7fff_fffe), undefined);
  times.close();
});

Deno.test("listenerOf() finds who listens on a port, if that may be seen", linux, async () => {
  const times = processTimes();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { state } = await Deno.permissions.query({ name: "read" });
  const found = times.listenerOf({ hostname: "127.0.0.1", port });
  listener.close();
  // Deno lets nobody see other processes who may not do everything.
  assert(found === Deno.pid || (found === undefined && !(await mayDoAll())), `${found}, reading is ${state}`);
  assertEquals(times.listenerOf({ hostname: "127.0.0.1", port }), undefined);
  times.close();
});

async function mayDoAll(): Promise<boolean> {
  const names = ["env", "ffi", "net", "read", "run", "sys", "write", "import"] as const;
  const states = await Promise.all(names.map((name) => Deno.permissions.query({ name } as Deno.PermissionDescriptor)));
  return states.every(({ state }) => state === "granted");
}
