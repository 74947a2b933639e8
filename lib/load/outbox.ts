/**
 * The sending half of a session under load: commands and Data-Out PDUs, as many as fit to each write.
 *
 * Hot path: nothing is allocated for a request; a write costs its promise.
 *
 * Tested in tests/load/session_test.ts.
 *
 * @module
 */

import { crc32c } from "../bytes/crc32c.ts";
import { writeU32 } from "../bytes/layout.ts";
import type { Transport } from "../initiator/channel.ts";
import type { SequenceNumbers } from "../initiator/numbers.ts";
import type { AgreedParameters } from "../initiator/parameters.ts";
import { BHS_LENGTH, DIGEST_LENGTH, RESERVED_TAG } from "../iscsi/constants.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { bhs, paddingOf } from "../iscsi/pdu/bhs.ts";
import { dataOut } from "../iscsi/pdu/data_out.ts";
import { scsiCommand } from "../iscsi/pdu/scsi_command.ts";
import type { CommandForm } from "./command_form.ts";
import type { Slots } from "./slots.ts";

/** Most bytes that one write gathers, where no PDU needs more. */
const GATHER = 512 * 1024;

/** Longest data segment that is sent; a target may take longer ones. */
const SEGMENT = 256 * 1024;

/** Fields of an entry of the queue: slot, target transfer tag, next and last byte, next DataSN. */
const FIELDS = 5;

/** Bytes of a PDU besides its data: header, digests, padding. */
const OVERHEAD = BHS_LENGTH + 2 * DIGEST_LENGTH + 4;

/** Instead of the next byte: the command itself is still to be sent. */
const COMMAND = -1;

/** What sends. */
export interface OutboxOptions {
  readonly transport: Transport;
  readonly numbers: SequenceNumbers;
  readonly parameters: AgreedParameters;
  readonly form: CommandForm;
  readonly slots: Slots;
  /** Sending has failed; nothing more is sent. */
  failed(error: unknown): void;
}

/** What is to be sent, in order. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: Float64Array;
  /**
   * Entries that the queue holds at most: a command and a burst for each slot, which is what a target can bring about
   * that waits for what it answers.
   */
  readonly #capacity: number;
  #head = 0;
  #length = 0;
  /** PDUs outside of the load. */
  readonly #others: Uint8Array[] = [];
  readonly #segment: number;
  /** Bytes of a write that go with the command, and those that follow without being asked for. */
  readonly #immediate: number;
  readonly #unsolicited: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #view: Uint8Array<ArrayBuffer>;
  #filled = 0;
  #writing = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { slots, parameters } = options;
    this.#capacity = 2 * slots.depth;
    this.#queue = new Float64Array(this.#capacity * FIELDS);
    this.#segment = Math.min(parameters.targetMaxRecvDataSegmentLength, SEGMENT);
    const first = Math.min(slots.size, parameters.firstBurstLength);
    this.#immediate = parameters.immediateData ? Math.min(first, this.#segment) : 0;
    this.#unsolicited = parameters.initialR2T ? this.#immediate : first;
    const longest = OVERHEAD + Math.min(slots.size, this.#segment);
    this.#bytes = new Uint8Array(Math.max(longest, Math.min(GATHER, longest * slots.depth)));
    this.#view = this.#bytes;
  }

  /**
   * Queues the command of a slot, and the data that need not be asked for.
   *
   * @throws {ConnectionError} the target has answered commands that are still in the queue.
   */
  command(slot: number): void {
    this.#push(slot, RESERVED_TAG, COMMAND, this.#unsolicited);
  }

  /**
   * Queues the burst of a write that the target has asked for.
   *
   * @throws {ConnectionError} the target asks for more at a time than it may.
   */
  burst(slot: number, targetTransferTag: number, start: number, end: number): void {
    this.#push(slot, targetTransferTag, start, end);
  }

  /** Queues a whole PDU without data, which goes first. */
  other(header: Uint8Array): void {
    this.#others.push(header);
  }

  /** Sends what is queued; what comes up meanwhile goes along. */
  flush(): void {
    if (!this.#writing) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    const { transport } = this.#options;
    try {
      for (this.#gather(); this.#filled > 0; this.#gather()) {
        if (this.#view.length !== this.#filled) this.#view = this.#bytes.subarray(0, this.#filled);
        let sent = await transport.write(this.#view);
        while (sent < this.#filled) sent += await transport.write(this.#bytes.subarray(sent, this.#filled));
      }
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#writing = false;
    }
  }

  #push(slot: number, targetTransferTag: number, next: number, end: number): void {
    if (this.#length === this.#capacity) {
      throw new ConnectionError("Cannot go on: the target answers, or asks for, more than it was sent");
    }
    const at = (this.#head + this.#length) % this.#capacity * FIELDS;
    const queue = this.#queue;
    queue[at] = slot;
    queue[at + 1] = targetTransferTag;
    queue[at + 2] = next;
    queue[at + 3] = end;
    queue[at + 4] = 0;
    this.#length++;
  }

  /** Fills the buffer with what fits. */
  #gather(): void {
    this.#filled = 0;
    while (this.#filled + OVERHEAD <= this.#bytes.length && this.#others.length > 0) {
      this.#bytes.set(this.#others.shift() as Uint8Array, this.#filled);
      this.#seal(0, 0, 0);
    }
    const room = this.#bytes.length - OVERHEAD;
    const queue = this.#queue;
    while (this.#length > 0) {
      const at = this.#head * FIELDS;
      const slot = queue[at] as number;
      const next = queue[at + 2] as number;
      const end = queue[at + 3] as number;
      const writing = this.#options.slots.writing[slot] === 1;
      const from = next === COMMAND ? 0 : next;
      const to = next === COMMAND ? (writing ? this.#immediate : 0) : Math.min(next + this.#segment, end);
      if (this.#filled + to - from > room) return;
      if (next === COMMAND) this.#putCommand(slot, writing);
      else this.#putData(slot, at, to === end);
      this.#seal(slot, from, to);
      queue[at + 2] = to;
      if (writing && to < end) continue;
      this.#head = (this.#head + 1) % this.#capacity;
      this.#length--;
    }
  }

  #putCommand(slot: number, writing: boolean): void {
    const { slots, numbers, form } = this.#options;
    const at = this.#filled;
    const bytes = this.#bytes;
    bytes.set(writing ? form.write : form.read, at);
    if (writing) scsiCommand.final.set(bytes, this.#unsolicited === this.#immediate, at);
    scsiCommand.initiatorTaskTag.set(bytes, slot, at);
    scsiCommand.cmdSn.set(bytes, slots.cmdSn[slot] as number, at);
    scsiCommand.expStatSn.set(bytes, numbers.expStatSn, at);
    form.place(bytes, at, slots.cell[slot] as number);
  }

  #putData(slot: number, entry: number, final: boolean): void {
    const { numbers, form } = this.#options;
    const at = this.#filled;
    const bytes = this.#bytes;
    bytes.set(form.data, at);
    dataOut.final.set(bytes, final, at);
    dataOut.initiatorTaskTag.set(bytes, slot, at);
    dataOut.targetTransferTag.set(bytes, this.#queue[entry + 1] as number, at);
    dataOut.expStatSn.set(bytes, numbers.expStatSn, at);
    dataOut.dataSn.set(bytes, this.#queue[entry + 4] as number, at);
    dataOut.bufferOffset.set(bytes, this.#queue[entry + 2] as number, at);
    (this.#queue[entry + 4] as number)++;
  }

  /** Closes the PDU that was begun: its length, digests, and bytes `from` to `to` of the slot's data. */
  #seal(slot: number, from: number, to: number): void {
    const { headerDigest, dataDigest } = this.#options.parameters;
    const bytes = this.#bytes;
    const length = to - from;
    bhs.dataSegmentLength.set(bytes, length, this.#filled);
    let end = this.#filled + BHS_LENGTH;
    if (headerDigest) {
      writeU32(bytes, end, crc32c(bytes, this.#filled, end));
      end += DIGEST_LENGTH;
    }
    if (length > 0) {
      const start = end;
      bytes.set(this.#options.slots.memory(slot).part(from, to), start);
      end += length;
      for (let padding = paddingOf(length); padding > 0; padding--) bytes[end++] = 0;
      if (dataDigest) {
        writeU32(bytes, end, crc32c(bytes, start, end));
        end += DIGEST_LENGTH;
      }
    }
    this.#filled = end;
  }
}
