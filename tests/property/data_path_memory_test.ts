/**
 * The data path in memory: a million operations make next to no garbage, and leave nothing behind.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import v8 from "node:v8";
import { bhs } from "../../lib/iscsi/pdu/bhs.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { NullStore } from "../../lib/store/null_store.ts";
import { read10, write10 } from "../support/cdbs.ts";
import { ProtocolHarness } from "../support/protocol_harness.ts";

const OPERATIONS = 1_000_000;

/** Commands that are sent, run and answered together: every fourth one writes. */
const DEPTH = 32;

const SIZE = 4096;

/** Bytes of garbage that an operation may make: a view of its data, and a share of what a batch needs. */
const VIEW = 300;

/** Bytes by which the heap may be larger in the end: garbage that is not collected yet, and less than 48 for each. */
const UNCOLLECTED = 48_000_000;

const TARGET = "iqn.2026-01.org.lunbox:null";
const HEADER = scsiCommand.size;

/** Bytes that have ever been allocated for objects; `undefined` where V8 does not count them. */
function allocated(): number | undefined {
  return (v8.getHeapStatistics() as { total_allocated_bytes?: number }).total_allocated_bytes;
}

/** A session whose commands are made once and sent again and again. */
class Storm {
  readonly #house = new ProtocolHarness({
    targets: [{ name: TARGET, luns: [{ lun: 0, store: new NullStore(2 ** 30) }] }],
  });
  readonly #peer = this.#house.connect();
  readonly #batch: Uint8Array<ArrayBuffer>;
  readonly #starts: number[] = [];
  #cmdSn: number;
  #expStatSn = 0;

  constructor() {
    const peer = this.#peer;
    peer.logIn({ keys: { TargetName: TARGET, ImmediateData: "Yes" } });
    peer.command(new Uint8Array(6));
    assertEquals(peer.ending().status, 2);
    this.#cmdSn = peer.cmdSn;
    const pieces: Uint8Array[] = [];
    let at = 0;
    for (let i = 0; i < DEPTH; i++) {
      const values = { attribute: 1, final: true, expectedDataTransferLength: SIZE, initiatorTaskTag: i + 1000 };
      const bytes = i % 4 === 3
        ? peer.pdu(scsiCommand, { ...values, write: true, cdb: write10(i * 8, 8) }, new Uint8Array(SIZE).fill(i))
        : peer.pdu(scsiCommand, { ...values, read: true, cdb: read10(i * 8, 8) });
      pieces.push(bytes);
      this.#starts.push(at);
      at += bytes.length;
    }
    this.#batch = new Uint8Array(at);
    for (const [i, piece] of pieces.entries()) this.#batch.set(piece, this.#starts[i]);
  }

  /** Runs one batch. */
  run(): void {
    for (const start of this.#starts) {
      scsiCommand.cmdSn.set(this.#batch, this.#cmdSn, start);
      scsiCommand.expStatSn.set(this.#batch, this.#expStatSn, start);
      this.#cmdSn = this.#cmdSn + 1 >>> 0;
    }
    const { connection } = this.#peer;
    const { deframer } = connection;
    let answers = 0;
    for (let at = 0; at < this.#batch.length;) {
      const want = deframer.want();
      const length = Math.min(want.length, this.#batch.length - at);
      want.set(length === this.#batch.length ? this.#batch : this.#batch.subarray(at, at + length));
      deframer.fill(length);
      at += length;
      for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) connection.receive(pdu, 0);
      this.#house.engine.run(connection.session);
      answers += this.#drain();
    }
    if (answers !== DEPTH) throw new Error(`${answers} commands were answered`);
  }

  /** What is lent, and what is kept to be lent again. */
  lent(): Record<"tasks" | "bursts" | "buffers" | "kept", number> {
    const { tasks, bursts } = this.#peer.connection.session;
    const { pool } = this.#house;
    return { tasks: tasks.size, bursts: bursts.lent, buffers: pool.lent, kept: pool.kept };
  }

  /** Takes what is sent; gives the number of commands that have ended well. */
  #drain(): number {
    const { connection } = this.#peer;
    const { transmit } = connection.sender;
    let count = 0;
    for (let bytes = transmit.peek(); bytes !== undefined; bytes = transmit.peek()) {
      for (let at = 0; at < bytes.length; at += HEADER + bhs.dataSegmentLength.get(bytes, at)) {
        // Status is in byte 3 of SCSI Response and, with the S bit, of Data-In alike.
        if (bytes[at + 3] === 0) count++;
        this.#expStatSn = dataIn.statSn.get(bytes, at) + 1 >>> 0;
      }
      connection.sent(bytes.length);
    }
    return count;
  }
}

Deno.test(`${OPERATIONS} reads and writes make next to no garbage, and leave nothing behind`, () => {
  const storm = new Storm();
  const batches = OPERATIONS / DEPTH;
  // The pools fill, and code is compiled.
  for (let i = 0; i < batches / 10; i++) storm.run();
  const warm = { lent: storm.lent(), allocated: allocated(), heap: v8.getHeapStatistics().used_heap_size };
  for (let i = 0; i < batches; i++) storm.run();
  assertEquals(storm.lent(), warm.lent);
  assertEquals({ ...warm.lent, kept: 0 }, { tasks: 0, bursts: 0, buffers: 0, kept: 0 });
  const grown = v8.getHeapStatistics().used_heap_size - warm.heap;
  assert(grown < UNCOLLECTED, `the heap has grown by ${grown} bytes`);
  const [before, after] = [warm.allocated, allocated()];
  if (before === undefined || after === undefined) return;
  const perOperation = (after - before) / OPERATIONS;
  assert(perOperation <= VIEW, `${perOperation} bytes of garbage for each operation`);
});
