import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";
import { action, outcomeOf, persistent, reservations } from "../../support/reserving.ts";

const pairs = [
  { name: "RESERVE (6) and RELEASE (6)", reserve: [0x16], release: [0x17] },
  { name: "RESERVE (10) and RELEASE (10)", reserve: [0x56], release: [0x57] },
];

for (const { name, reserve, release } of pairs) {
  Deno.test(`${name} lock for one nexus, as often as it likes`, async () => {
    const device = new FakeDevice();
    const other = device.login("iqn.2026-01.test:b");
    const send = async (cdb: number[], nexus = device.nexus): Promise<string> =>
      outcomeOf(await device.send(cdb, {}, nexus));
    assertEquals([await send(reserve), await send(reserve)], ["good", "good"]);
    assertEquals([await send(reserve, other), await send(release, other)], ["conflict", "good"]);
    assertEquals(await send([0x00], other), "conflict");
    assertEquals([await send(release), await send(reserve, other)], ["good", "good"]);
    assertEquals(await send([0x00]), "conflict");
  });

  Deno.test(`${name} end with the nexus, and with a reset`, async () => {
    for (const how of ["loss", "reset"]) {
      const device = new FakeDevice();
      const other = device.login("iqn.2026-01.test:b");
      await device.send(reserve);
      if (how === "loss") device.unit.nexusLost(device.nexus);
      else device.unit.reset({ key: 6, asc: 0x29, ascq: 3, name: "" });
      while (device.unit.nexus(other).attentions.take() !== undefined);
      assertEquals(outcomeOf(await device.send([0x00], {}, other)), "good", how);
    }
  });

  Deno.test(`${name} are good and do nothing for who has access by a persistent reservation, else a conflict`, async () => {
    for (
      const { type, registrant } of [{ type: 0, registrant: "conflict" }, { type: 1, registrant: "conflict" }, {
        type: 6,
        registrant: "good",
      }]
    ) {
      const device = new FakeDevice();
      const [other, stranger] = [device.login("iqn.2026-01.test:b"), device.login("iqn.2026-01.test:c")];
      await persistent(device, device.nexus, action.register, { newKey: 1 });
      await persistent(device, other, action.register, { newKey: 2 });
      if (type > 0) await persistent(device, device.nexus, action.reserve, { key: 1, type });
      const before = await reservations(device);
      for (const cdb of [reserve, release]) {
        const outcomes = [];
        for (const nexus of [device.nexus, other, stranger]) {
          outcomes.push(outcomeOf(await device.send(cdb, {}, nexus)));
        }
        assertEquals(outcomes, [type > 0 ? "good" : "conflict", registrant, "conflict"], `type ${type}`);
      }
      assertEquals(await reservations(device), before);
    }
  });
}
