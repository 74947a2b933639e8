import { assertEquals, assertRejects } from "@std/assert";
import { isnsFunction, RESPONSE } from "../../lib/isns/constants.ts";
import type { StateChange } from "../../lib/isns/events.ts";
import { IsnsExchange } from "../../lib/isns/exchange.ts";
import { isnsNetwork } from "../../lib/isns/network.ts";
import { encodeMessage, numberAttribute, textAttribute } from "../../lib/isns/message.ts";

const hostname = "127.0.0.1";

Deno.test("isnsNetwork() connects, and listens to the server that it has connected to", async () => {
  using server = Deno.listen({ hostname, port: 0 });
  const network = isnsNetwork({ hostname, port: server.addr.port });
  const changes: StateChange[] = [];
  const events = network.listen?.(hostname, (change) => changes.push(change));
  if (events === undefined) throw new Error("Cannot test: nothing listens");
  try {
    const accepted = server.accept();
    const transport = await network.dial();
    (await accepted).close();
    assertEquals(transport.localHostname, hostname);
    transport.close();
    transport.close();

    using teller = await Deno.connect({ hostname, port: events.port });
    const name = textAttribute(32, "iqn.x");
    await teller.write(encodeMessage({
      function: isnsFunction.stateChangeNotification,
      flags: 0x4000,
      transaction: 3,
      attributes: [name, numberAttribute(35, 8), name],
    }));
    const answer = new Uint8Array(256);
    const length = await teller.read(answer) ?? 0;
    assertEquals([length > 12, answer[2], answer[9]], [
      true,
      (isnsFunction.stateChangeNotification | RESPONSE) >>> 8,
      3,
    ]);
    assertEquals(changes, [{ name: "iqn.x", change: "added" }]);
  } finally {
    events.close();
  }
});

Deno.test("isnsNetwork() hangs up on others, and on whoever does not speak iSNS", async () => {
  using server = Deno.listen({ hostname, port: 0 });
  const network = isnsNetwork({ hostname, port: server.addr.port });
  const events = network.listen?.(hostname, () => {});
  if (events === undefined) throw new Error("Cannot test: nothing listens");
  try {
    using stranger = await Deno.connect({ hostname, port: events.port });
    assertEquals(await stranger.read(new Uint8Array(1)), null);
    const accepted = server.accept();
    (await network.dial()).close();
    (await accepted).close();
    using babbler = await Deno.connect({ hostname, port: events.port });
    await babbler.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    assertEquals(await babbler.read(new Uint8Array(1)), null);
  } finally {
    events.close();
  }
});

Deno.test("isnsNetwork() says that nobody is there", async () => {
  const free = Deno.listen({ hostname, port: 0 });
  const { port } = free.addr;
  free.close();
  await assertRejects(() => isnsNetwork({ hostname, port }).dial(), Deno.errors.ConnectionRefused);
});

Deno.test("isnsNetwork() waits until it is told otherwise", async () => {
  const network = isnsNetwork({ hostname, port: 1 });
  const controller = new AbortController();
  const waiting = network.wait(3_600_000, controller.signal);
  controller.abort();
  await waiting;
  await network.wait(3_600_000, controller.signal);
  await network.wait(0, new AbortController().signal);
});

Deno.test("IsnsExchange reads a real connection", async () => {
  using server = Deno.listen({ hostname, port: 0 });
  const network = isnsNetwork({ hostname, port: server.addr.port });
  const accepted = server.accept();
  const transport = await network.dial();
  using peer = await accepted;
  await peer.write(encodeMessage({ function: 0x8004, flags: 0x4000, transaction: 1, status: 0, attributes: [] }));
  const answer = await new IsnsExchange(transport).ask({ function: 4, flags: 0x8000, attributes: [] });
  assertEquals(answer.status, 0);
  transport.close();
});
