import { assertEquals } from "@std/assert";
import { FakeMemory } from "../../support/fake_memory.ts";
import { FakeDevice } from "../../support/fake_task.ts";
import { action, fullStatus, keyBytes, persistent } from "../../support/reserving.ts";

function reserveIn(serviceAction: number, length = 0xffff): number[] {
  return [0x5e, serviceAction, 0, 0, 0, 0, 0, length >> 8, length & 0xff, 0];
}

async function reserved(type: number): Promise<FakeDevice> {
  const device = new FakeDevice({ memory: new FakeMemory() });
  const other = device.login("iqn.2026-01.test:b");
  await persistent(device, device.nexus, action.register, { newKey: 0xaa, aptpl: true });
  await persistent(device, other, action.register, { newKey: 0xbb, aptpl: true });
  if (type > 0) await persistent(device, other, action.reserve, { key: 0xbb, type });
  return device;
}

Deno.test("READ KEYS gives every key, and the whole length also when it is cut", async () => {
  const device = await reserved(0);
  const { data } = await device.send(reserveIn(0));
  assertEquals(data, Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 16, ...keyBytes(0xaa), ...keyBytes(0xbb)));
  assertEquals((await device.send(reserveIn(0, 12))).data, data.subarray(0, 12));
});

Deno.test("READ RESERVATION gives the holder's key, and none for all registrants", async () => {
  assertEquals((await (await reserved(0)).send(reserveIn(1))).data, Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0));
  for (const [type, key] of [[1, 0xbb], [6, 0xbb], [8, 0]] as const) {
    const { data } = await (await reserved(type)).send(reserveIn(1));
    const descriptor = [...keyBytes(key), 0, 0, 0, 0, 0, type, 0, 0];
    assertEquals(data, Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 16, ...descriptor), `type ${type}`);
  }
});

Deno.test("REPORT CAPABILITIES claims APTPL only with a memory, and says whether it is on", async () => {
  const plain = await new FakeDevice().send(reserveIn(2));
  assertEquals(plain.data, Uint8Array.of(0, 8, 0x1c, 0x80, 0xea, 0x01, 0, 0));
  const able = await new FakeDevice({ memory: new FakeMemory() }).send(reserveIn(2));
  assertEquals([...able.data.subarray(2, 4)], [0x1d, 0x80]);
  assertEquals([...(await (await reserved(0)).send(reserveIn(2))).data.subarray(2, 4)], [0x1d, 0x81]);
});

Deno.test("READ FULL STATUS names every registered nexus and who of them hold", async () => {
  const ports = ["a", "b"].map((name) => `iqn.2026-01.test:${name},i,0x000001370000`);
  const rows = [
    { type: 0, holders: [false, false] },
    { type: 1, holders: [false, true] },
    { type: 7, holders: [true, true] },
  ];
  for (const { type, holders } of rows) {
    const { data } = await (await reserved(type)).send(reserveIn(3));
    const expected = ports.map((name, i) => {
      const holder = holders[i] ?? false;
      return { name, holder, type: holder ? type : 0, targetPort: 1 };
    });
    assertEquals(fullStatus(data), expected, `type ${type}`);
  }
});

Deno.test("PERSISTENT RESERVE IN has no other service actions", async () => {
  for (let serviceAction = 4; serviceAction < 32; serviceAction++) {
    assertEquals((await new FakeDevice().send(reserveIn(serviceAction))).reason, "5/24/00");
  }
});
