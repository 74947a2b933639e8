import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  alone,
  checkDestination,
  checkSource,
  copySegment,
  thirdPartyFailure,
  zeroRange,
} from "../../../lib/scsi/copy/mover.ts";
import { Operation, operationKinds } from "../../../lib/scsi/operation.ts";
import { ScsiError } from "../../../lib/scsi/sense_data.ts";
import { sense } from "../../../lib/scsi/sense.ts";
import { reservationConflict, StatusError } from "../../../lib/scsi/status.ts";
import { FakeStoreError } from "../../support/array_store.ts";
import { CopyDevice } from "../../support/copying.ts";
import { settle } from "../../support/held_store.ts";

function progress(): { aborted: boolean; bytes: number; moved(bytes: number): void } {
  return {
    aborted: false,
    bytes: 0,
    moved(bytes) {
      this.bytes += bytes;
    },
  };
}

Deno.test("checkSource() and checkDestination() throw what keeps from reading or writing", async (t) => {
  const rows: { name: string; spoil: (device: CopyDevice) => void; reads: string; writes: string }[] = [
    { name: "nothing", spoil: () => {}, reads: "", writes: "" },
    { name: "a reservation against writes", spoil: (d) => deny(d, 1), reads: "", writes: "status 18h" },
    { name: "a reservation against all", spoil: (d) => deny(d, 3), reads: "status 18h", writes: "status 18h" },
    { name: "a stop", spoil: (d) => void (d.unit.stopped = true), reads: "INITIALIZING", writes: "INITIALIZING" },
    {
      name: "a format",
      spoil: (d) => void (d.unit.operation = new Operation(operationKinds.format, false)),
      reads: "FORMAT IN PROGRESS",
      writes: "FORMAT IN PROGRESS",
    },
    { name: "a nexus that only reads", spoil: (d) => readOnly(d), reads: "", writes: "WRITE PROTECTED" },
  ];
  for (const { name, spoil, reads, writes } of rows) {
    await t.step(name, () => {
      const device = new CopyDevice();
      spoil(device);
      for (const [check, message] of [[checkSource, reads], [checkDestination, writes]] as const) {
        if (message === "") check(device.unit, device.nexus);
        else assertThrows(() => check(device.unit, device.nexus), Error, message);
      }
    });
  }
});

function deny(device: CopyDevice, denied: number): void {
  device.unit.nexus(device.nexus).denied = denied;
}

function readOnly(device: CopyDevice): void {
  Object.defineProperty(device.unit.nexus(device.nexus), "readOnly", { value: true });
}

Deno.test("thirdPartyFailure() leaves conflicts and faults of the program as they are", () => {
  const fault = new TypeError("Cannot do that: a mistake");
  const conflict = reservationConflict();
  assertEquals([thirdPartyFailure(fault), thirdPartyFailure(conflict)], [fault, conflict]);
  for (const error of [new FakeStoreError("io"), new ScsiError(sense.writeProtected)]) {
    const { code } = thirdPartyFailure(error) as ScsiError;
    assertEquals(code, sense.thirdPartyDeviceFailure);
  }
});

Deno.test("copySegment() looks at what it has read before it writes it", async () => {
  const device = new CopyDevice();
  const { unit: source, other: destination, nexus } = device;
  const check = (): void => {
    if (device.store.calls.length === 2) throw new StatusError(8);
  };
  const segment = { source, destination, from: 0, to: 0, length: 0x8_0000, check };
  const told = progress();
  await assertRejects(() => copySegment(segment, nexus, told), StatusError);
  assertEquals([told.bytes, device.otherStore.calls], [0x4_0000, ["write 0 262144"]]);
});

Deno.test("copySegment() and zeroRange() do nothing more once they are aborted", async () => {
  const device = new CopyDevice();
  const { unit: source, other: destination, nexus } = device;
  const told = { ...progress(), aborted: true };
  await copySegment({ source, destination, from: 0, to: 0, length: 512 }, nexus, told);
  await zeroRange(destination, { at: 0, length: 512 }, nexus, told);
  assertEquals([device.store.calls, device.otherStore.calls, told.bytes], [[], [], 0]);
});

Deno.test("copies are flushed where there is no write cache", async () => {
  for (const writeCache of [true, false]) {
    const device = new CopyDevice();
    Object.defineProperty(device.other.modePages, "writeCache", { value: writeCache });
    const { unit: source, other: destination, nexus } = device;
    await copySegment({ source, destination, from: 0, to: 0, length: 512 }, nexus, progress());
    await zeroRange(destination, { at: 0, length: 512 }, nexus, progress());
    assertEquals(device.otherStore.calls.filter((call) => call === "flush").length, writeCache ? 0 : 2);
  }
});

Deno.test("alone() waits for others in its range, and for no others", async () => {
  const { unit } = new CopyDevice();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = alone(unit, 0, 1024, progress(), () => gate.promise);
  const second = alone(unit, 512, 512, progress(), () => void order.push("inside"));
  const third = alone(unit, 1024, 512, progress(), () => void order.push("behind"));
  await settle();
  assertEquals(order, ["behind"]);
  gate.resolve();
  await Promise.all([first, second, third]);
  assertEquals([order, unit.ranges.exclusive], [["behind", "inside"], 0]);
});
