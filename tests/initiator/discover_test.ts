import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/initiator/connect.ts";
import { discover } from "../../lib/initiator/discover.ts";
import { LoginRefusedError, SessionClosedError } from "../../lib/initiator/errors.ts";
import { Initiator } from "../../lib/initiator/initiator.ts";
import { Server } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";

const name = "iqn.2001-04.com.example:ram";
const initiatorName = "iqn.2001-04.com.example:initiator";
const size = 1 << 20;

Deno.test("discover() finds the targets of our own server", async () => {
  await withServer(async (port) => {
    const targets = await discover({ hostname: "127.0.0.1", port });
    assertEquals(targets, [{ name, portals: [{ hostname: "127.0.0.1", port, tag: 1 }] }]);
  });
});

for (const headerDigest of ["None", "CRC32C"] as const) {
  for (const immediateData of [false, true]) {
    const how = `digests are ${headerDigest} and ImmediateData is ${immediateData}`;
    Deno.test(`an Initiator writes and reads the disk of our own server when ${how}`, async () => {
      await withServer(async (port) => {
        const parameters = { headerDigest: [headerDigest], dataDigest: [headerDigest], immediateData };
        const transport = await connect({ hostname: "127.0.0.1", port });
        await using initiator = await Initiator.login(transport, { initiatorName, targetName: name, parameters });
        // The first command is told of the power on.
        await initiator.execute(new Uint8Array(6));
        const written = Uint8Array.from({ length: size }, (_, i) => i * 13 + (i >> 9));
        const results = await Promise.all([0, 1, 2, 3].map((i) => {
          const dataOut = written.subarray(i * size / 4, (i + 1) * size / 4);
          return initiator.execute(transfer(0x2a, i * 512), { dataOut });
        }));
        assertEquals(results.map(({ status, residual }) => [status, residual]), new Array(4).fill([0, 0]));
        const read = new Uint8Array(size);
        await Promise.all([0, 1, 2, 3].map((i) => {
          const dataIn = read.subarray(i * size / 4, (i + 1) * size / 4);
          return initiator.execute(transfer(0x28, i * 512), { dataIn });
        }));
        assertEquals(read.every((byte, i) => byte === written[i]), true);
      });
    });
  }
}

Deno.test("Initiator.login() is refused by our own server when there is no such target", async () => {
  await withServer(async (port) => {
    const transport = await connect({ hostname: "127.0.0.1", port });
    const login = Initiator.login(transport, { initiatorName, targetName: `${name}2` });
    const error = await assertRejects(() => login, LoginRefusedError);
    assertEquals(error.status, 0x0203);
  });
});

Deno.test("discover() fails when whoever listens hangs up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const found = discover({ hostname: "127.0.0.1", port });
  (await listener.accept()).close();
  await assertRejects(() => found, SessionClosedError);
});

/** READ(10) or WRITE(10) of 512 blocks. */
function transfer(code: number, lba: number): Uint8Array {
  return Uint8Array.of(code, 0, 0, 0, lba >> 8, lba & 0xff, 0, 2, 0, 0);
}

async function withServer(story: (port: number) => Promise<void>): Promise<void> {
  const server = new Server({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    targets: [{ name, luns: [{ lun: 0, store: new MemoryStore(size) }] }],
  });
  await server.start();
  try {
    await story(server.portals[0]?.port ?? 0);
  } finally {
    await server.stop();
  }
}
