import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

const stop = [0x1b, 0, 0, 0, 0];
const start = [0x1b, 0, 0, 0, 1];
const eject = [0x1b, 0, 0, 0, 2];
const load = [0x1b, 0, 0, 0, 3];
const ready = [0x00];
const prevent = [0x1e, 0, 0, 0, 1];
const allow = [0x1e, 0, 0, 0, 0];

Deno.test("START STOP UNIT ejects and loads a removable medium, and tells the others", async () => {
  const device = new FakeDevice({ removable: true });
  const other = device.login("iqn.2026-01.test:b");
  assertEquals((await device.send(eject)).status, 0);
  assertEquals(device.store.calls, ["flush"]);
  for (const cdb of [ready, [0x25], [0x28, 0, 0, 0, 0, 0, 0, 0, 1], [0x35], [0x2f, 0, 0, 0, 0, 0, 0, 0, 1], start]) {
    assertEquals((await device.send(cdb)).reason, "2/3a/00");
  }
  const write = await device.send([0x2a, 0, 0, 0, 0, 0, 0, 0, 1], { dataOut: new Uint8Array(512) });
  assertEquals(write.reason, "2/3a/00");
  assertEquals((await device.send(load)).status, 0);
  assertEquals((await device.send(ready)).status, 0);
  assertEquals((await device.send(ready, {}, other)).reason, "6/28/00");
  assertEquals((await device.send(load)).status, 0);
  assertEquals((await device.send(ready, {}, other)).reason, "");
});

Deno.test("START STOP UNIT does not flush with NO_FLUSH", async () => {
  const device = new FakeDevice({ removable: true });
  await device.send([0x1b, 0, 0, 0, 6]);
  assertEquals([device.store.calls, device.unit.loaded], [[], false]);
});

Deno.test("START STOP UNIT leaves a removable medium where it is without LOEJ or with a power condition", async () => {
  const device = new FakeDevice({ removable: true });
  for (const cdb of [stop, start, ...Array.from({ length: 15 }, (_, i) => [0x1b, 0, 0, 0, (i + 1) << 4 | 2])]) {
    assertEquals((await device.send(cdb)).status, 0);
    assertEquals((await device.send(ready)).status, 0);
  }
});

Deno.test("START STOP UNIT stops and starts a fixed medium, and refuses to eject it", async () => {
  const device = new FakeDevice();
  for (const cdb of [eject, load]) {
    const { reason, sense } = await device.send(cdb);
    assertEquals([reason, sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xc9, 0, 4)]);
  }
  assertEquals((await device.send(ready)).status, 0);
  assertEquals((await device.send(stop)).status, 0);
  assertEquals((await device.send(ready)).reason, "2/04/02");
  assertEquals((await device.send([0x28, 0, 0, 0, 0, 0, 0, 0, 1])).reason, "2/04/02");
  assertEquals((await device.send(start)).status, 0);
  assertEquals((await device.send(ready)).status, 0);
});

Deno.test("PREVENT ALLOW MEDIUM REMOVAL holds the medium until each nexus that prevented allows", async () => {
  const device = new FakeDevice({ removable: true });
  const other = device.login("iqn.2026-01.test:b");
  await device.send(prevent);
  await device.send(prevent, {}, other);
  assertEquals((await device.send(eject)).reason, "5/53/02");
  await device.send(allow);
  assertEquals((await device.send(eject)).reason, "5/53/02");
  await device.send(allow, {}, other);
  assertEquals((await device.send(eject)).status, 0);
});

Deno.test("PREVENT ALLOW MEDIUM REMOVAL locks the door both ways", async () => {
  const device = new FakeDevice({ removable: true });
  await device.send(prevent);
  assertEquals((await device.send(load)).status, 0);
  await device.send(allow);
  await device.send(eject);
  await device.send(prevent);
  assertEquals((await device.send(load)).reason, "5/53/02");
  assertEquals((await device.send(eject)).status, 0);
});

Deno.test("PREVENT ALLOW MEDIUM REMOVAL refuses the obsolete values", async () => {
  for (const value of [2, 3]) {
    const { reason, sense } = await new FakeDevice().send([0x1e, 0, 0, 0, value]);
    assertEquals([reason, sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xc9, 0, 4)]);
  }
});
