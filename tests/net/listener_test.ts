import { assert, assertEquals, assertThrows } from "@std/assert";
import { Listener } from "../../lib/net/listener.ts";

const LOOPBACK = "127.0.0.1";

Deno.test("run() hands out connections until the listener is closed", async () => {
  const listener = new Listener({ hostname: LOOPBACK, port: 0 });
  assertEquals(listener.hostname, LOOPBACK);
  assert(listener.port > 0);
  const accepted: Deno.TcpConn[] = [];
  const two = Promise.withResolvers<void>();
  const running = listener.run((conn) => {
    if (accepted.push(conn) === 2) two.resolve();
  });
  const clients = await Promise.all([0, 1].map(() => Deno.connect({ hostname: LOOPBACK, port: listener.port })));
  await two.promise;
  listener.close();
  listener.close();
  await running;
  for (const conn of [...accepted, ...clients]) conn.close();
});

Deno.test("run() goes on when one connection cannot be dealt with", async () => {
  const listener = new Listener({ hostname: LOOPBACK, port: 0 });
  const second = Promise.withResolvers<Deno.TcpConn>();
  let count = 0;
  const running = listener.run((conn) => {
    if (++count === 1) throw new Error("Cannot serve this one");
    second.resolve(conn);
  });
  const first = await Deno.connect({ hostname: LOOPBACK, port: listener.port });
  assertEquals(await first.read(new Uint8Array(1)), null);
  const other = await Deno.connect({ hostname: LOOPBACK, port: listener.port });
  (await second.promise).close();
  listener.close();
  await running;
  first.close();
  other.close();
});

Deno.test("a listener says what to do when something else listens there", () => {
  const listener = new Listener({ hostname: LOOPBACK, port: 0 });
  const { port } = listener;
  assertThrows(
    () => new Listener({ hostname: LOOPBACK, port }),
    Error,
    `Cannot listen on ${LOOPBACK}:${port}: something else does already; choose another port or stop it`,
  );
  listener.close();
});

Deno.test("a listener names the address that the operating system does not know", () => {
  const address = { hostname: "no host.invalid", port: 0 };
  const error = assertThrows(() => new Listener(address), Error, "Cannot listen on no host.invalid:0: ");
  assert(error.cause instanceof Error);
});
