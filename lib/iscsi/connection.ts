/**
 * One connection of an initiator (RFC 7143 §4.3, §8), without its socket: PDUs come in through {@link Connection.receive},
 * tasks for the device server go out through the session's queue, bytes to be sent lie in `sender.transmit`, and time is an
 * argument. What the log should know is asked for with {@link Connection.nextEvent}.
 *
 * Data path: no allocation per PDU.
 *
 * @module
 */

import type { Field } from "../bytes/layout.ts";
import type { BufferPool } from "../bytes/pool.ts";
import { Ring } from "../bytes/ring.ts";
import { announceDrop, requestLogout } from "./async_messages.ts";
import type { Burst } from "./burst.ts";
import { placeImmediate } from "./command.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { opcode } from "./constants.ts";
import { placeDataOut } from "./data_out.ts";
import { Deframer, type Pdu, type Placement } from "./deframer.ts";
import { ConnectionError, RejectError } from "./errors.ts";
import { tickSequences } from "./data_recovery.ts";
import type { ConnectionEvent } from "./events.ts";
import type { SessionHost } from "./host.ts";
import { KeepAlive } from "./keep_alive.ts";
import { LoginPhase } from "./login_phase.ts";
import type { ConnectionParameters } from "./parameters.ts";
import { bhs } from "./pdu/bhs.ts";
import { sendReject } from "./rejects.ts";
import { receiveFullFeature, receiveHeld } from "./full_feature.ts";
import { Recovery } from "./recovery.ts";
import { Room } from "./room.ts";
import { type Receipts, StatSnReceipts } from "./response_fence.ts";
import { Sender } from "./sender.ts";
import type { Session } from "./session.ts";
import type { TextNegotiation } from "./text_negotiation.ts";
import { CHUNK_DATA, Frame } from "./transmit.ts";

export type { ConnectionOptions } from "./connection_options.ts";

/** The sequence number fields that every PDU from the target has. */
interface CommandSnFields {
  readonly expCmdSn: Field<number>;
  readonly maxCmdSn: Field<number>;
}

/** The protocol engine of one connection. */
export class Connection implements Placement {
  readonly host: SessionHost;
  readonly pool: BufferPool;
  readonly deframer: Deframer;
  readonly sender: Sender;
  /** For PDUs that are opened and closed in one breath. */
  readonly control: Frame = new Frame();
  readonly keepAlive: KeepAlive;
  /** See {@link ConnectionOptions.wake}. */
  readonly wake: () => void;
  /** See {@link ConnectionOptions.hangUp}. */
  readonly hangUp: (reason: Error) => void;
  /** What was sent and is not acknowledged; `undefined` at ErrorRecoveryLevel 0. */
  recovery: Recovery | undefined = undefined;
  /** What the initiator has acknowledged; `undefined` when nobody asks. */
  receipts: Receipts | undefined = undefined;
  /** Negotiation by Text in full feature phase. */
  text: TextNegotiation | undefined;
  /** Connection identifier (RFC 7143 §11.12.7). */
  cid = 0;
  /** The StatSN of the next response. */
  statSn = 0;
  /** Longest data segment of a Data-In, in bytes, a multiple of four. */
  maxDataIn = 8192;
  /** Longest data segment that the initiator takes, in bytes (RFC 7143 §13.12). */
  initiatorMaxRecvDataSegmentLength = 8192;
  /** A logout was answered: only what is queued still leaves. */
  loggedOut = false;
  /** Is to be closed when everything queued has left. */
  closing = false;
  /** Nothing more will come or go. */
  closed = false;
  /** Has gone, and its tasks go on: they may be reassigned (RFC 7143 §7.2.2). */
  kept = false;
  /** Has gone, and nobody will hear how its tasks end. */
  lost = false;
  /** The data that came with the command that is being received. */
  immediateData: Burst | undefined;
  /** For whoever owns the socket. */
  attachment: unknown = undefined;

  #login: LoginPhase | undefined;
  #session: Session | undefined;
  readonly #events = new Ring<ConnectionEvent>();
  readonly #room: Room;

  constructor(options: ConnectionOptions) {
    this.host = options.host;
    this.pool = options.pool;
    this.deframer = new Deframer(this, options.pool);
    this.sender = new Sender(options.pool);
    this.#room = new Room(this.sender);
    this.keepAlive = new KeepAlive(options.timeouts, options.now);
    this.wake = options.wake ?? (() => {});
    this.hangUp = options.hangUp ?? (() => this.close());
    this.#login = new LoginPhase(this);
  }

  /** Full feature phase has begun. */
  get inFullFeature(): boolean {
    return this.#session !== undefined;
  }

  /**
   * The session.
   *
   * @throws {ConnectionError} before full feature phase.
   */
  get session(): Session {
    if (this.#session === undefined) throw new ConnectionError("Cannot use the session: the login has not ended");
    return this.#session;
  }

  /**
   * Takes one PDU and everything that follows from it.
   *
   * @param now milliseconds
   * @throws {ConnectionError} when the connection cannot go on: close it.
   */
  receive(pdu: Pdu, now: number): void {
    this.keepAlive.heard(now);
    try {
      if (this.#login !== undefined) this.#login.receive(pdu, now);
      else receiveFullFeature(this, pdu);
    } catch (error) {
      if (!(error instanceof RejectError)) throw error;
      this.refuse(error, pdu);
    } finally {
      this.returnImmediate();
    }
  }

  /** Where a data segment goes; see {@link Placement}. */
  place(bytes: Uint8Array<ArrayBuffer>, base: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.#session === undefined) return undefined;
    const code = bhs.opcode.get(bytes, base);
    if (code === opcode.scsiDataOut) return placeDataOut(this, bytes, base, length);
    return code === opcode.scsiCommand ? placeImmediate(this, bytes, base, length) : undefined;
  }

  /**
   * Does what time has brought: pings, and the end of who does not answer.
   *
   * @returns the time at which to call again, in milliseconds
   * @throws {ConnectionError} when the peer has been silent for too long: close the connection.
   */
  tick(now: number): number {
    const due = this.keepAlive.tick(this, now);
    if (this.recovery === undefined || this.closing) return due;
    return Math.min(due, tickSequences(this, now));
  }

  /** What the log should know, oldest first. */
  nextEvent(): ConnectionEvent | undefined {
    return this.#events.shift();
  }

  /** Tells the log. */
  report(event: ConnectionEvent): void {
    this.#events.push(event);
  }

  /** The login has ended well: the connection belongs to a session from now on. */
  enterFullFeature(session: Session, cid: number, parameters: ConnectionParameters): void {
    this.#login = undefined;
    this.#session = session;
    this.cid = cid;
    session.connections.set(cid, this);
    this.deframer.headerDigest = this.sender.headerDigest = parameters.headerDigest;
    this.deframer.dataDigest = this.sender.dataDigest = parameters.dataDigest;
    this.deframer.maxDataSegmentLength = parameters.targetMaxRecvDataSegmentLength;
    this.setMaxDataIn(parameters.initiatorMaxRecvDataSegmentLength);
    const { errorRecoveryLevel, maxConnections, taskReporting } = session.parameters;
    if (maxConnections > 1 && taskReporting !== "RFC3720") this.receipts = new StatSnReceipts(this.statSn);
    if (errorRecoveryLevel === 0) return;
    this.sender.recovery = this.recovery = this.receipts = new Recovery(this.pool, this.statSn);
    this.deframer.skipsBadHeaders = true;
  }

  /** The initiator has declared the longest data segment that it takes (RFC 7143 §13.12). */
  setMaxDataIn(maxRecvDataSegmentLength: number): void {
    this.initiatorMaxRecvDataSegmentLength = maxRecvDataSegmentLength;
    this.maxDataIn = Math.min(maxRecvDataSegmentLength & ~3, CHUNK_DATA);
  }

  /** The StatSN of a response that is being built; the next one gets the next. */
  nextStatSn(): number {
    const statSn = this.statSn;
    this.statSn = statSn + 1 >>> 0;
    return statSn;
  }

  /**
   * The initiator has everything before a StatSN (RFC 7143 §4.2.2.2).
   *
   * @throws {ConnectionError} when it has not said so of too much that waits for it.
   */
  acknowledge(expStatSn: number): void {
    this.receipts?.acknowledge(expStatSn);
    if (this.recovery?.overdue(this.session.window.depth)) {
      throw new ConnectionError("Cannot go on: the initiator does not acknowledge what it was sent");
    }
    this.session.fence?.advance();
  }

  /** Writes the command window into a PDU that is being built. */
  setCommandSns(fields: CommandSnFields, bytes: Uint8Array, start: number): void {
    const { window } = this.session;
    fields.expCmdSn.set(bytes, window.expCmdSn, start);
    fields.maxCmdSn.set(bytes, window.maxCmdSn, start);
  }

  /** The turn of a request that waits may have come by other means than a PDU. */
  resume(): void {
    receiveHeld(this.session);
  }

  /** Rejects a PDU and tells the log. */
  refuse(error: RejectError, pdu: Pdu): void {
    this.report({ kind: "rejected", reason: error.reason, message: error.message });
    sendReject(this, error.reason, pdu);
  }

  /**
   * Asks the initiator to log out within `seconds` (RFC 7143 §11.9.1, event 1). One that is still logging in, or that is
   * known not to answer, is only closed in the end.
   */
  requestLogout(seconds: number): void {
    requestLogout(this, seconds);
  }

  /** Takes over the data that came with the command that is being received. */
  takeImmediate(): Burst | undefined {
    const burst = this.immediateData;
    this.immediateData = undefined;
    return burst;
  }

  /** Gives back the data that came with a command which nobody has taken over. */
  returnImmediate(): void {
    const burst = this.takeImmediate();
    if (burst !== undefined) this.session.bursts.give(burst);
  }

  /** Settles when data can be sent again, or when the connection has closed. */
  room(): Promise<void> {
    return this.lost ? Promise.resolve() : this.#room.wait();
  }

  /** A task has been aborted that may wait for room: all who do look again. */
  interrupt(): void {
    this.#room.wake();
  }

  /** Gives a frame back unsent: whoever waits for room may go on. */
  cancel(frame: Frame): void {
    this.sender.transmit.cancel(frame);
    this.#room.look();
  }

  /** Bytes have left: whoever waits for room may go on. */
  sent(length: number): void {
    this.sender.transmit.sent(length);
    this.#room.look();
  }

  /**
   * The socket is gone, or is about to be: ends the connection's tasks, which the session's queue then hands out to be let
   * go of, and leaves the session.
   *
   * @param reason why; when it is we who give the connection up, another one of the session is told (RFC 7143 §11.9.1)
   */
  close(reason?: unknown): void {
    if (this.closed) return;
    this.closed = true;
    if (reason instanceof ConnectionError) announceDrop(this);
    this.returnImmediate();
    this.deframer.close();
    if (this.#session === undefined) this.lost = true;
    else this.#session.leave(this);
    this.sender.transmit.clear();
    if (this.kept) this.#room.wake();
    else this.dispose();
  }

  /** Nobody will ask any more for what was sent. */
  dispose(): void {
    this.lost = true;
    this.kept = false;
    this.recovery?.clear();
    this.sender.transmit.clear();
    this.#room.wake();
  }
}
