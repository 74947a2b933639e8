import { assertEquals } from "@std/assert";
import { standardInquiryData } from "../../../lib/scsi/standard_inquiry.ts";
import { FakeDevice } from "../../support/fake_task.ts";

Deno.test("INQUIRY says what the unit is", async () => {
  const { data, status } = await new FakeDevice().send([0x12, 0, 0, 0, 255]);
  assertEquals([status, data.length], [0, 96]);
  const fields = standardInquiryData.decode(data);
  assertEquals(fields, {
    ...fields,
    peripheralQualifier: 0,
    peripheralDeviceType: 0,
    removable: false,
    version: 6,
    normalAca: false,
    hierarchicalSupport: true,
    responseDataFormat: 2,
    additionalLength: 91,
    targetPortGroupSupport: 0,
    thirdPartyCopy: true,
    protect: false,
    multiPort: false,
    commandQueuing: true,
    vendor: "LUNBOX",
    product: "DISK",
    revision: "1",
  });
});

Deno.test("INQUIRY claims the standards by their version descriptors", async () => {
  const { data } = await new FakeDevice().send([0x12, 0, 0, 0, 255]);
  const claimed = Array.from({ length: 8 }, (_, i) => (data[58 + 2 * i] as number) << 8 | (data[59 + 2 * i] as number));
  assertEquals(claimed, [0x00c0, 0x00a0, 0x0961, 0x05c0, 0x0460, 0x0600, 0x04c0, 0]);
});

Deno.test("INQUIRY says that a medium is removable", async () => {
  const { data } = await new FakeDevice({ removable: true }).send([0x12, 0, 0, 0, 255]);
  assertEquals(data[1], 0x80);
});

Deno.test("INQUIRY refuses a page code without EVPD, and a page that is not there", async () => {
  for (const cdb of [[0x12, 0, 0x80, 0, 255], [0x12, 1, 0x81, 0, 255]]) {
    const { reason, sense } = await new FakeDevice().send(cdb);
    assertEquals([reason, sense?.subarray(15)], ["5/24/00", Uint8Array.of(0xc0, 0, 2)]);
  }
});

Deno.test("INQUIRY is answered when the medium is away", async () => {
  const device = new FakeDevice({ removable: true });
  device.unit.loaded = false;
  assertEquals((await device.send([0x12, 0, 0, 0, 36])).data.length, 36);
});
