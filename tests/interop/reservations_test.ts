import { assertEquals } from "@std/assert";
import { readU32 } from "../../lib/bytes/layout.ts";
import { type CommandResult, connect, Initiator } from "../../lib/initiator/mod.ts";
import { action, keyText, type ReserveOptions, reserveOut } from "../support/reserving.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, serveLunbox, sparse } from "../support/served.ts";

/** A cluster node: always the same initiator port. */
async function logIn({ port, target }: Served, node: number): Promise<Initiator> {
  const initiator = await Initiator.login(await connect({ hostname: "127.0.0.1", port }), {
    initiatorName: `iqn.2026-01.example:node${node}`,
    targetName: target,
    isid: Uint8Array.of(0x80, 0, 0, 0, 0, node),
  });
  // The unit attention of a new nexus.
  await initiator.execute(new Uint8Array(6));
  return initiator;
}

async function persistent(node: Initiator, serviceAction: number, options: ReserveOptions): Promise<number> {
  const { cdb, list } = reserveOut(serviceAction, options);
  return (await node.execute(Uint8Array.from(cdb), { dataOut: list })).status;
}

/** Keys, and key and type of the reservation, in hexadecimal. */
async function reservations(node: Initiator): Promise<string[]> {
  const [keys, reservation] = await Promise.all(
    [0, 1].map((serviceAction) =>
      node.execute(Uint8Array.of(0x5e, serviceAction, 0, 0, 0, 0, 0, 0, 255, 0), { dataIn: 255 })
    ),
  ) as [CommandResult, CommandResult];
  const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const held = readU32(reservation.data, 4) === 0
    ? ""
    : `${hex(reservation.data.subarray(8, 16))}:${reservation.data[21]}`;
  return [hex(keys.data.subarray(8)), held];
}

const write = Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0);

Deno.test("registrations and a reservation survive kill -9 and a restart of the server, and so do later changes", async () => {
  await using scratch = await Scratch.make();
  const images = [await sparse(scratch.path("disk.img"), 1 << 20)];
  const expected = [keyText(1) + keyText(2), `${keyText(1)}:5`];
  for (let round = 0; round < 3; round++) {
    const served = await serveLunbox({ images });
    let killed = false;
    try {
      const nodes = [await logIn(served, 1), await logIn(served, 2), await logIn(served, 3)] as const;
      const [first, second, stranger] = nodes;
      if (round === 0) {
        assertEquals(await persistent(first, action.register, { newKey: 1, aptpl: true }), 0);
        assertEquals(await persistent(second, action.register, { newKey: 2, aptpl: true }), 0);
        assertEquals(await persistent(first, action.reserve, { key: 1, type: 5 }), 0);
      }
      if (round === 2) {
        assertEquals(await reservations(first), ["", ""]);
      } else {
        assertEquals(await reservations(stranger), expected);
        const statuses = await Promise.all(nodes.map((node) => node.execute(write, { dataOut: new Uint8Array(512) })));
        assertEquals(statuses.map(({ status }) => status), [0, 0, 0x18]);
      }
      if (round === 1) assertEquals(await persistent(second, action.clear, { key: 2 }), 0);
      Deno.kill(served.pid, "SIGKILL");
      killed = true;
      for (const node of nodes) node.close();
    } finally {
      await served.stop().catch((error: unknown) => {
        if (!killed) throw error;
      });
    }
  }
});
