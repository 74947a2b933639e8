/**
 * A session under load: as many requests in flight as it has slots, each followed by the next one as soon as it has
 * ended.
 *
 * Hot path: nothing is allocated for a request; a read from the socket costs its promise.
 *
 * @module
 */

import { Ring } from "../bytes/ring.ts";
import { PduChannel, type Transport } from "../initiator/channel.ts";
import { AnswerTimeoutError, SessionClosedError } from "../initiator/errors.ts";
import { logIn, type LoginOptions } from "../initiator/login.ts";
import { SequenceNumbers } from "../initiator/numbers.ts";
import type { AgreedParameters } from "../initiator/parameters.ts";
import { opcode } from "../iscsi/constants.ts";
import type { Deframer, Pdu } from "../iscsi/deframer.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import { dataIn } from "../iscsi/pdu/data_in.ts";
import { r2t } from "../iscsi/pdu/r2t.ts";
import { scsiResponse } from "../iscsi/pdu/scsi_response.ts";
import { status as statuses } from "../scsi/status.ts";
import { CommandForm, type CommandFormOptions } from "./command_form.ts";
import { CommandFailedError, isUnitAttention } from "./errors.ts";
import { answerPing, endsSession, LOGOUT_TAG, logoutHeader, refuse, senseOf } from "./other_pdus.ts";
import { Outbox } from "./outbox.ts";
import { Slots, type SlotsOptions } from "./slots.ts";
import type { Tally } from "./tally.ts";
import { prepareWrite, verifyRead } from "./verify.ts";
import type { Workload } from "./workload.ts";

/** What a session does. */
export interface LoadSessionOptions extends CommandFormOptions, SlotsOptions {
  readonly login: LoginOptions;
  /** Milliseconds that a login may take; and the end of a session. */
  readonly timeout: number;
  /** Which of the run's sessions this is, from 0. */
  readonly index: number;
  readonly workload: Workload;
  readonly tally: Tally;
  /** Marks the data of this run; any number of 32 bits. */
  readonly run: number;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** Milliseconds after which a command is sent again that the target was too busy for. */
const BUSY_DELAY = 10;

/** How often in a row a target may put off all that a session asks for. */
const MAX_RETRIES = 10_000;

/** One session, one connection. */
export class LoadSession {
  /** Milliseconds of the clock when the target was last heard, or the load began. */
  heard = 0;
  readonly #options: LoadSessionOptions;
  readonly #transport: Transport;
  readonly #channel: PduChannel;
  readonly #deframer: Deframer;
  readonly #numbers = new SequenceNumbers();
  readonly #slots: Slots;
  readonly #held = new Ring<number>();
  readonly #waiting = new Ring<number>();
  #outbox: Outbox | undefined;
  #parameters: AgreedParameters | undefined;
  #underWay = 0;
  #retries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #idle = Promise.withResolvers<void>();
  #loggedOut = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();
  #error: unknown;
  #closed = false;

  private constructor(transport: Transport, options: LoadSessionOptions) {
    this.#options = options;
    this.#transport = transport;
    this.#slots = new Slots(options);
    this.#channel = new PduChannel(transport, { place: (bytes, base, length) => this.#place(bytes, base, length) });
    this.#deframer = this.#channel.deframer;
  }

  /**
   * Logs in over a stream, which belongs to the session from here on. Fails like `Initiator.login`.
   *
   * @throws {AnswerTimeoutError} the target does not answer.
   */
  static async open(transport: Transport, options: LoadSessionOptions): Promise<LoadSession> {
    const session = new LoadSession(transport, options);
    await session.#logIn();
    return session;
  }

  /** What the login agreed on. */
  get parameters(): AgreedParameters {
    if (this.#parameters === undefined) throw new SessionClosedError("Cannot tell the parameters: there was no login");
    return this.#parameters;
  }

  /** Requests wait for answers. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  /**
   * Sends what the workload has, until it has nothing more and everything is answered.
   *
   * @throws {CommandFailedError} a command ended badly.
   * @throws {VerifyError} what was read is not what had been written.
   * @throws {ConnectionError} the target makes no sense.
   * @throws {SessionClosedError} the connection broke.
   */
  work(): Promise<void> {
    this.#idle = Promise.withResolvers<void>();
    if (this.#closed) {
      this.#idle.reject(this.#error ?? new SessionClosedError("Cannot go on: the session was closed"));
      return this.#idle.promise;
    }
    this.heard = this.#options.now();
    this.#underWay = this.#slots.depth;
    this.#attempt(() => {
      for (let slot = 0; slot < this.#slots.depth; slot++) this.#next(slot);
    });
    return this.#idle.promise;
  }

  /** Ends the session with an error, or without one. May be called again. */
  close(error: unknown = new SessionClosedError("Cannot go on: the session was closed")): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    clearTimeout(this.#timer);
    this.#channel.close();
    this.#loggedOut.resolve();
    // Only who works is told; an end that nobody waits for is none to shout about.
    this.#idle.promise.catch(() => {});
    this.#idle.reject(error);
  }

  /** Logs out, and closes the connection whatever comes of that. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) {
      const timer = setTimeout(() => this.close(), this.#options.timeout);
      this.#outbox?.other(logoutHeader(this.#numbers));
      this.#outbox?.flush();
      await this.#loggedOut.promise;
      clearTimeout(timer);
      this.close();
    }
    await this.#running;
  }

  async #logIn(): Promise<void> {
    const { login, timeout } = this.#options;
    const numbers = this.#numbers;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#channel.close();
    }, timeout);
    try {
      this.#parameters = (await logIn(this.#channel, numbers, login)).parameters;
    } catch (error) {
      this.#channel.close();
      if (!late) throw error;
      throw new AnswerTimeoutError(`Cannot go on: the target has not answered a login within ${timeout} ms`);
    } finally {
      clearTimeout(timer);
    }
    const parameters = this.#parameters;
    this.#deframer.headerDigest = parameters.headerDigest;
    this.#deframer.dataDigest = parameters.dataDigest;
    this.#deframer.maxDataSegmentLength = parameters.maxRecvDataSegmentLength;
    this.#outbox = new Outbox({
      transport: this.#transport,
      numbers,
      parameters,
      form: new CommandForm(this.#options),
      slots: this.#slots,
      failed: (error) => this.close(broken(error)),
    });
    this.#running = this.#run(this.#outbox);
  }

  /** Takes what the target sends, until the end. */
  async #run(outbox: Outbox): Promise<void> {
    try {
      while (!this.#closed) {
        const length = await this.#transport.read(this.#deframer.want()).catch((error) => {
          throw broken(error);
        });
        if (length === null) throw new SessionClosedError("Cannot go on: the target closed the connection");
        this.#deframer.fill(length);
        this.heard = this.#options.now();
        for (let pdu = this.#deframer.next(); pdu !== undefined; pdu = this.#deframer.next()) {
          this.#receive(pdu, outbox);
        }
        while (this.#held.length > 0 && this.#numbers.open) this.#send(this.#held.shift() as number);
        outbox.flush();
      }
    } catch (error) {
      this.close(error);
    }
  }

  #receive(pdu: Pdu, outbox: Outbox): void {
    const { bytes, base } = pdu;
    if (pdu.dataDigestError) throw new ConnectionError("Cannot understand the target: data digest error");
    this.#numbers.follow(bytes, base);
    const code = bhs.opcode.get(bytes, base);
    const tag = bhs.initiatorTaskTag.get(bytes, base);
    if (code === opcode.nopIn) return answerPing(pdu, this.#numbers, outbox);
    if (code === opcode.logoutResponse && tag === LOGOUT_TAG) return this.#loggedOut.resolve();
    if (code === opcode.asyncMessage && !endsSession(pdu)) return;
    if (this.#slots.active[tag] !== 1) throw refuse(pdu);
    if (code === opcode.scsiDataIn) {
      this.#slots.received[tag] = (this.#slots.received[tag] as number) + pdu.dataLength;
      if (dataIn.hasStatus.get(bytes, base)) this.#ended(tag, dataIn.status.get(bytes, base), nothing);
    } else if (code === opcode.scsiResponse) {
      const failed = scsiResponse.response.get(bytes, base) !== 0;
      if (failed) throw new ConnectionError("Cannot go on: the target failed on a command");
      this.#ended(tag, scsiResponse.status.get(bytes, base), pdu.data);
    } else if (code === opcode.r2t) {
      const start = r2t.bufferOffset.get(bytes, base);
      const end = start + r2t.desiredDataTransferLength.get(bytes, base);
      if (this.#slots.writing[tag] === 0 || start >= end || end > this.#slots.size) throw refuse(pdu);
      outbox.burst(tag, r2t.targetTransferTag.get(bytes, base), start, end);
    } else {
      throw refuse(pdu);
    }
  }

  /** A command has its status. */
  #ended(slot: number, status: number, data: Uint8Array): void {
    const slots = this.#slots;
    const { workload, tally, verify } = this.#options;
    slots.active[slot] = 0;
    if (status !== statuses.good) return this.#unwell(slot, status, data);
    this.#retries = 0;
    const writing = slots.writing[slot] === 1;
    const cell = slots.cell[slot] as number;
    const took = this.heard - (slots.started[slot] as number);
    if (!writing && slots.received[slot] !== slots.size) {
      throw new ConnectionError(`Cannot read ${slots.size} bytes: the target sent ${slots.received[slot]}`);
    }
    tally.record(writing, took);
    if (verify && !writing && verifyRead(slots, slot, workload, this.#options.run)) tally.verified++;
    workload.done(cell);
    this.#next(slot);
  }

  /** What a busy target, or one with something to tell, has put off is sent again; anything else is the end. */
  #unwell(slot: number, status: number, data: Uint8Array): void {
    const { tally, size, lun } = this.#options;
    const sense = senseOf(data);
    const busy = status === statuses.busy || status === statuses.taskSetFull;
    if ((!busy && !isUnitAttention(status, sense)) || this.#retries++ > MAX_RETRIES) {
      const verb = this.#slots.writing[slot] === 1 ? "write" : "read";
      const at = (this.#slots.cell[slot] as number) * size;
      throw new CommandFailedError(`${verb} ${size} bytes at ${at} of LUN ${lun}`, status, sense);
    }
    if (tally.counting) tally.retries++;
    if (!busy) return this.#send(slot);
    this.#waiting.push(slot);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#attempt(() => {
        for (let count = this.#waiting.length; count > 0; count--) this.#send(this.#waiting.shift() as number);
      });
    }, BUSY_DELAY);
  }

  /** Sends what `queue` queues; what goes wrong is the end of the session, as it is while the target is heard. */
  #attempt(queue: () => void): void {
    try {
      queue();
      this.#outbox?.flush();
    } catch (error) {
      this.close(error);
    }
  }

  /** Gives a slot its next request. */
  #next(slot: number): void {
    const { workload, index, verify, run } = this.#options;
    const slots = this.#slots;
    const cell = workload.next(index);
    if (cell < 0) {
      if (--this.#underWay === 0) this.#idle.resolve();
      return;
    }
    slots.cell[slot] = cell;
    slots.writing[slot] = workload.writing ? 1 : 0;
    slots.started[slot] = this.heard;
    if (verify && workload.writing) prepareWrite(slots, slot, workload, run);
    this.#send(slot);
  }

  #send(slot: number): void {
    if (this.#closed) return;
    if (!this.#numbers.open) return this.#held.push(slot);
    this.#slots.active[slot] = 1;
    this.#slots.received[slot] = 0;
    this.#slots.cmdSn[slot] = this.#numbers.takeCmdSn();
    this.#outbox?.command(slot);
  }

  /** Where Data-In goes: it comes in order, and never more than was asked for. */
  #place(bytes: Uint8Array, base: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    if (bhs.opcode.get(bytes, base) !== opcode.scsiDataIn) return undefined;
    const slot = bhs.initiatorTaskTag.get(bytes, base);
    const at = dataIn.bufferOffset.get(bytes, base);
    const expected = this.#slots.active[slot] === 1 && this.#slots.writing[slot] === 0 &&
      at === this.#slots.received[slot];
    if (expected && at + length <= this.#slots.size) return this.#slots.memory(slot).part(at, at + length);
    throw new ConnectionError(`Cannot take Data-In of ${length} bytes at ${at}: they were not asked for`);
  }
}

const nothing = new Uint8Array(0);

function broken(cause: unknown): SessionClosedError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new SessionClosedError(`Cannot go on: the connection broke: ${message}`, { cause });
}
