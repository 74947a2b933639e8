import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { Core, type CoreOptions } from "../support/core.ts";

/** Reads `length` bytes with a command that moves `transferLength` and expects `expected`; returns the Data-In PDUs. */
function read(options: CoreOptions, transferLength: number, expected = transferLength) {
  const core = new Core(options);
  const task = core.command({ read: true, expectedDataTransferLength: expected });
  task.transferLength = transferLength;
  const pdus: ReturnType<typeof next>[] = [];
  const next = () => core.flush().expect(dataIn);
  const total = Math.min(transferLength, expected);
  for (let moved = 0; moved < total;) {
    const window = task.window(total - moved) as Uint8Array;
    for (let i = 0; i < window.length; i++) window[i] = moved + i;
    moved += window.length;
  }
  core.session.complete(task);
  core.flush();
  for (let moved = 0; moved < total;) {
    const pdu = core.initiator.expect(dataIn);
    pdus.push(pdu);
    moved += pdu.data.length;
  }
  core.initiator.expectNothing();
  assertEquals(core.session.tasks.size, 0);
  return pdus;
}

const cuts: readonly [segment: number, burst: number, length: number, pdus: [length: number, final: boolean][]][] = [
  [8192, 262144, 512, [[512, true]]],
  [8192, 262144, 8192, [[8192, true]]],
  [8192, 262144, 10000, [[8192, false], [1808, true]]],
  [8192, 8192, 16384, [[8192, true], [8192, true]]],
  [4096, 6000, 12000, [[4096, false], [1904, true], [4096, false], [1904, true]]],
  [1001, 262144, 2500, [[1000, false], [1000, false], [500, true]]],
];

for (const [segment, burst, length, expected] of cuts) {
  Deno.test(`Data-In of ${length} bytes is cut at segments of ${segment} and bursts of ${burst}`, () => {
    const pdus = read({
      connection: { initiatorMaxRecvDataSegmentLength: segment },
      parameters: { maxBurstLength: burst },
    }, length);
    assertEquals(pdus.map(({ data, final }) => [data.length, final]), expected as [number, boolean][]);
    let offset = 0;
    pdus.forEach((pdu, i) => {
      assertEquals([pdu.dataSn, pdu.bufferOffset, pdu.targetTransferTag], [i, offset, 0xffffffff]);
      assertEquals(pdu.hasStatus, i === pdus.length - 1);
      assert(pdu.data.every((byte, at) => byte === (offset + at & 0xff)));
      offset += pdu.data.length;
    });
  });
}

const residuals: readonly [moves: number, expected: number, overflow: boolean, underflow: boolean, count: number][] = [
  [512, 512, false, false, 0],
  [512, 1024, false, true, 512],
  [1024, 512, true, false, 512],
];

for (const [moves, expected, overflow, underflow, count] of residuals) {
  Deno.test(`the last Data-In says the difference when ${moves} bytes move and ${expected} are expected`, () => {
    const last = read({}, moves, expected).at(-1);
    assertEquals([last?.overflow, last?.underflow, last?.residualCount], [overflow, underflow, count]);
    assertEquals([last?.hasStatus, last?.status], [true, 0]);
  });
}

Deno.test("openDataIn() lends nothing when the buffers are full", () => {
  const core = new Core({ limit: 0 });
  const one = core.command({ read: true, expectedDataTransferLength: 262144 });
  const two = core.command({ read: true, expectedDataTransferLength: 262144 });
  assert(one.window(262144) !== undefined);
  assertEquals(two.window(262144), undefined);
});

Deno.test("openDataIn() lends the send buffer itself", () => {
  const core = new Core();
  const task = core.command({ read: true, expectedDataTransferLength: 512 });
  const window = task.window(512) as Uint8Array;
  assertStrictEquals(window.buffer, task.frame.bytes.buffer);
  assertEquals(window.byteOffset, task.frame.start + 48);
});

Deno.test("a command that fails in the middle sends what it has sent, then its status with what is missing", () => {
  const core = new Core({ connection: { initiatorMaxRecvDataSegmentLength: 512 } });
  const task = core.command({ read: true, expectedDataTransferLength: 1024 });
  task.transferLength = 1024;
  task.window(1024);
  task.window(512);
  task.status = 2;
  task.sense = new Uint8Array(18);
  task.transferLength = 512;
  core.session.complete(task);
  const initiator = core.flush();
  const data = initiator.expect(dataIn);
  assertEquals([data.data.length, data.hasStatus], [512, false]);
  const { status, underflow, residualCount, expDataSn } = initiator.expect(scsiResponse);
  assertEquals([status, underflow, residualCount, expDataSn], [2, true, 512, 1]);
  initiator.expectNothing();
});
