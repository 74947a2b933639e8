/** Asymmetric access as a person asks for it, over two real portals. */

import { assertEquals } from "@std/assert";
import { parse } from "../../lib/cli/args.ts";
import { serveOptions } from "../../lib/cli/serve_options.ts";
import { planServe } from "../../lib/cli/serve_plan.ts";
import { connect, Initiator } from "../../lib/initiator/mod.ts";
import { designatorHeader, designatorType } from "../../lib/scsi/designators.ts";
import { groupDescriptor } from "../../lib/scsi/commands/port_groups.ts";
import { standardInquiryData } from "../../lib/scsi/standard_inquiry.ts";
import { Server } from "../../lib/server.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { reasonOf } from "../support/fake_task.ts";
import { hex } from "../support/hex.ts";

const TARGET = "iqn.2026-11.com.example:alua";
const READ = hex("28000000000000000100");
const INQUIRY = hex("120000006000");
const REPORT_GROUPS = hex("a30a00000000000004000000");

/** A server as `lunbox serve` would make it, with portal groups 1 and 2. */
async function started(first: string, second: string, ...words: string[]): Promise<Server> {
  const listen = ["--listen", `127.0.0.1:0${first}`, "--listen", `127.0.0.1:0,group=2${second}`];
  const { values } = parse(["-i", "memory:1M", ...listen, ...words], { options: serveOptions });
  const { alua, listen: portals } = planServe(values, { hostname: "box", cores: 1 });
  const server = new Server({
    listen: portals,
    targets: [{
      name: TARGET,
      ...(alua === undefined ? {} : { alua }),
      luns: [{ lun: 0, store: new MemoryStore(1 << 20) }],
    }],
  });
  await server.start();
  return server;
}

/** Logs in at a portal, by its index, and hears the unit attention of the beginning. */
async function client(server: Server, index: number): Promise<Initiator> {
  const port = server.portals[index]?.port ?? 0;
  const initiator = await Initiator.login(await connect({ hostname: "127.0.0.1", port }), {
    initiatorName: `iqn.2026-11.com.example:client${index}`,
    targetName: TARGET,
  });
  assertEquals(await outcome(initiator, new Uint8Array(6)), "6/29/00");
  return initiator;
}

async function outcome(initiator: Initiator, cdb: Uint8Array, dataIn = 0, dataOut?: Uint8Array): Promise<string> {
  const data = dataOut === undefined ? { dataIn } : { dataOut };
  const { status, sense } = await initiator.execute(cdb, data);
  return status === 0 ? "good" : reasonOf(sense);
}

async function answer(initiator: Initiator, cdb: Uint8Array): Promise<Uint8Array> {
  const { status, data } = await initiator.execute(cdb, { dataIn: 1024 });
  assertEquals(status, 0);
  return data;
}

/** Each group: number, state, whether it is preferred, who changed it, and its ports. */
async function groupsSeen(initiator: Initiator): Promise<unknown[]> {
  const data = await answer(initiator, REPORT_GROUPS);
  const end = 4 + ((data[2] as number) << 8 | (data[3] as number));
  const groups: unknown[] = [];
  for (let at = 4; at < end;) {
    const { group, state, preferred, status, ports } = groupDescriptor.decode(data, at);
    at += groupDescriptor.size;
    const numbers = Array.from({ length: ports }, (_, i) => data[at + i * 4 + 3]);
    groups.push({ group, state, preferred, status, ports: numbers });
    at += ports * 4;
  }
  return groups;
}

/** RELATIVE TARGET PORT and TARGET PORT GROUP of the Device Identification page. */
async function portSeen(initiator: Initiator): Promise<Record<string, number | undefined>> {
  const data = await answer(initiator, hex("120183040000"));
  const seen: Record<string, number | undefined> = {};
  for (let at = 4; at < 4 + (data[3] as number);) {
    const { type, length } = designatorHeader.decode(data, at);
    const number = data[at + 7];
    if (type === designatorType.relativeTargetPort) seen.port = number;
    if (type === designatorType.targetPortGroup) seen.group = number;
    at += designatorHeader.size + length;
  }
  return seen;
}

/** SET TARGET PORT GROUPS: the states of groups. */
function setGroups(initiator: Initiator, states: readonly (readonly [group: number, state: number])[]) {
  const list = new Uint8Array(4 + states.length * 4);
  states.forEach(([group, state], i) => list.set([state, 0, 0, group], 4 + i * 4));
  const cdb = Uint8Array.of(0xa4, 0x0a, 0, 0, 0, 0, 0, 0, 0, list.length, 0, 0);
  return outcome(initiator, cdb, 0, list);
}

Deno.test("portals in groups of different states: one path reads, the other waits, until an initiator swaps them", async () => {
  await using server = await started(",preferred", ",access=standby", "--explicit-alua");
  await using one = await client(server, 0);
  await using two = await client(server, 1);
  for (const [initiator, port] of [[one, 1], [two, 2]] as const) {
    const { targetPortGroupSupport, multiPort } = standardInquiryData.decode(await answer(initiator, INQUIRY));
    assertEquals([targetPortGroupSupport, multiPort], [3, true]);
    assertEquals(await portSeen(initiator), { port, group: port });
    assertEquals(await groupsSeen(initiator), [
      { group: 1, state: 0, preferred: true, status: 0, ports: [1] },
      { group: 2, state: 2, preferred: false, status: 0, ports: [2] },
    ]);
  }
  assertEquals(await outcome(one, READ, 512), "good");
  assertEquals(await outcome(two, READ, 512), "2/04/0b");

  assertEquals(await setGroups(two, [[1, 2], [2, 0]]), "good");
  // Who asked for it is not told of it, the other one is.
  assertEquals(await outcome(two, READ, 512), "good");
  assertEquals(await outcome(one, READ, 512), "6/2a/06");
  assertEquals(await outcome(one, READ, 512), "2/04/0b");
  assertEquals(await groupsSeen(one), [
    { group: 1, state: 2, preferred: true, status: 1, ports: [1] },
    { group: 2, state: 0, preferred: false, status: 1, ports: [2] },
  ]);
});

Deno.test("states that only we may change are reported, and SET TARGET PORT GROUPS is not there", async () => {
  await using server = await started("", ",access=non-optimized");
  await using one = await client(server, 0);
  await using two = await client(server, 1);
  assertEquals(standardInquiryData.decode(await answer(two, INQUIRY)).targetPortGroupSupport, 1);
  assertEquals((await groupsSeen(two)).map((seen) => (seen as { state: number }).state), [0, 1]);
  assertEquals([await outcome(one, READ, 512), await outcome(two, READ, 512)], ["good", "good"]);
  // MAINTENANCE OUT is there, for SET TIMESTAMP and SET IDENTIFYING INFORMATION.
  assertEquals(await setGroups(one, [[2, 0]]), "5/24/00");
});

Deno.test("portal groups of which nobody says how disks are there are alike", async () => {
  await using server = await started("", "");
  await using one = await client(server, 0);
  await using two = await client(server, 1);
  for (const initiator of [one, two]) {
    assertEquals(standardInquiryData.decode(await answer(initiator, INQUIRY)).targetPortGroupSupport, 0);
    assertEquals(await outcome(initiator, READ, 512), "good");
    assertEquals(await outcome(initiator, REPORT_GROUPS, 1024), "5/24/00");
  }
});
