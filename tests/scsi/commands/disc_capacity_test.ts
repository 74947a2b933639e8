import { assertEquals } from "@std/assert";
import { FakeDevice } from "../../support/fake_task.ts";

Deno.test("READ FORMAT CAPACITIES tells how large the disc is, and that one is missing", async () => {
  const device = new FakeDevice({ kind: "cdrom" });
  const cdb = [0x23, 0, 0, 0, 0, 0, 0, 0, 0xff, 0];
  assertEquals([...(await device.send(cdb)).data], [0, 0, 0, 8, 0, 0, 0, 32, 2, 0, 8, 0]);
  await device.send([0x1b, 0, 0, 0, 2]);
  assertEquals([...(await device.send(cdb)).data], [0, 0, 0, 8, 0, 0, 0, 0, 3, 0, 8, 0]);
});
