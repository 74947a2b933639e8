/**
 * Many large READs at once: more than the send buffers hold. Each part has to leave before the next finds room.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { connect, Initiator } from "../../lib/initiator/mod.ts";
import { Server } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";

const MiB = 1 << 20;

/** A store that never answers at once. */
class PatientStore extends MemoryStore {
  override async read(into: Uint8Array, at: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    super.read(into, at);
  }
}

for (const kind of [MemoryStore, PatientStore]) {
  Deno.test(`Sixteen READs of 1 MiB at once all get their data from a ${kind.name}`, async () => {
    const store = new kind(16 * MiB);
    for (let i = 0; i < 16; i++) store.write(new Uint8Array(MiB).fill(i + 1), i * MiB);
    const name = "iqn.2026-11.com.example:large";
    const server = new Server({
      listen: [{ hostname: "127.0.0.1", port: 0 }],
      // No ping comes to send what was forgotten.
      timeouts: { login: 15_000, ping: 0, answer: 0 },
      targets: [{ name, luns: [{ lun: 0, store }] }],
    });
    await server.start();
    const { port } = server.portals[0] ?? { port: 0 };
    const initiator = await Initiator.login(await connect({ hostname: "127.0.0.1", port }), {
      initiatorName: "iqn.2026-11.com.example:reader",
      targetName: name,
      timeout: 5000,
    });
    try {
      await initiator.execute(new Uint8Array(6), { lun: 0 });
      const reads = Array.from({ length: 16 }, (_, i) => {
        const cdb = new Uint8Array(10);
        cdb[0] = 0x28;
        new DataView(cdb.buffer).setUint32(2, i * 2048);
        new DataView(cdb.buffer).setUint16(7, 2048);
        return initiator.execute(cdb, { lun: 0, dataIn: MiB });
      });
      for (const [i, { status, data }] of (await Promise.all(reads)).entries()) {
        assertEquals([status, data.length, data.every((byte) => byte === i + 1)], [0, MiB, true]);
      }
    } finally {
      await initiator.logout();
      await server.stop();
    }
  });
}
