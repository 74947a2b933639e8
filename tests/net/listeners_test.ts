import { assert, assertEquals, assertThrows } from "@std/assert";
import { addressReached, openListeners } from "../../lib/net/listeners.ts";

Deno.test("openListeners() listens on every address", () => {
  const open = openListeners([{ hostname: "127.0.0.1", port: 0 }, { hostname: "127.0.0.1", port: 0 }]);
  try {
    assertEquals(open.map(({ listener }) => listener.hostname), ["127.0.0.1", "127.0.0.1"]);
    assert(open[0]?.listener.port !== open[1]?.listener.port);
  } finally {
    for (const { listener } of open) listener.close();
  }
});

Deno.test("openListeners() listens on nothing when one address is taken", () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  free.close();
  try {
    const ports = [(free.addr as Deno.NetAddr).port, (taken.addr as Deno.NetAddr).port];
    assertThrows(
      () => openListeners(ports.map((port) => ({ hostname: "127.0.0.1", port }))),
      Error,
      `Cannot listen on 127.0.0.1:${ports[1]}`,
    );
    Deno.listen({ hostname: "127.0.0.1", port: ports[0] ?? 0 }).close();
  } finally {
    taken.close();
  }
});

Deno.test("addressReached() tells both families of one socket apart", () => {
  const listener = { hostname: "::", port: 1 } as never;
  const address = { hostname: "::", port: 1 };
  const four = { hostname: "0.0.0.0", port: 1 };
  assertEquals(addressReached({ listener, address }, "::ffff:192.0.2.1"), address);
  assertEquals(addressReached({ listener, address, four }, "::ffff:192.0.2.1"), four);
  assertEquals(addressReached({ listener, address, four }, "2001:db8::1"), address);
});
