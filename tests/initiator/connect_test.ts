import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/initiator/connect.ts";

Deno.test("connect() gives a stream when somebody listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const transport = await connect({ hostname: "127.0.0.1", port });
  using connection = await listener.accept();
  assertEquals(await transport.write(Uint8Array.of(1, 2, 3)), 3);
  const into = new Uint8Array(8);
  assertEquals(await connection.read(into), 3);
  transport.close();
  assertEquals(await connection.read(into), null);
});

Deno.test("connect() says what the system says when nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  await assertRejects(() => connect({ hostname: "127.0.0.1", port }), Deno.errors.ConnectionRefused);
});
