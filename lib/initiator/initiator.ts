/**
 * A small iSCSI initiator: one session with one connection, ErrorRecoveryLevel 0. For discovery, measurements and
 * programs that want blocks without a kernel.
 *
 * @module
 */

import { asyncEvent, logoutOutcome, opcode, RESERVED_TAG } from "../iscsi/constants.ts";
import type { Pdu, Placement } from "../iscsi/deframer.ts";
import { ConnectionError, RejectError } from "../iscsi/errors.ts";
import { asyncMessage } from "../iscsi/pdu/async_message.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import { nopIn, nopOut } from "../iscsi/pdu/nop.ts";
import { reject } from "../iscsi/pdu/reject.ts";
import type { TextPair } from "../iscsi/text.ts";
import { PduChannel, type Transport } from "./channel.ts";
import { Command, type CommandOptions, type CommandResult } from "./command.ts";
import { AnswerTimeoutError, SessionClosedError } from "./errors.ts";
import { logIn, type LoginOptions } from "./login.ts";
import { SequenceNumbers } from "./numbers.ts";
import type { AgreedParameters } from "./parameters.ts";
import type { Request } from "./request.ts";
import { RequestTable } from "./request_table.ts";
import { Logout, Ping, TextExchange } from "./requests.ts";
import { type DiscoveredTarget, parseTargets } from "./send_targets.ts";

/** How a session begins and what it does about silence. */
export interface InitiatorOptions extends LoginOptions {
  /** Milliseconds for the login, and for each answer after it; 30000 by default. */
  readonly timeout?: number;
}

const DEFAULT_TIMEOUT = 30_000;

/**
 * An iSCSI session as its initiator. Ends by {@link Initiator.logout}, `await using`, or an error; what is still waiting
 * for an answer then fails.
 */
export class Initiator implements AsyncDisposable {
  readonly #channel: PduChannel;
  readonly #numbers = new SequenceNumbers();
  readonly #timeout: number;
  readonly #requests: RequestTable;
  #parameters: AgreedParameters | undefined;
  #targetAlias: string | undefined;
  #tsih = 0;
  #discovery = false;
  #running: Promise<void> = Promise.resolve();
  /** The target wants us gone. */
  #leaving = false;
  #loggingOut = false;
  #ended: Error | undefined;

  private constructor(transport: Transport, timeout: number) {
    const placement: Placement = { place: (bytes, base, length) => this.#place(bytes, base, length) };
    this.#channel = new PduChannel(transport, placement);
    this.#requests = new RequestTable({ channel: this.#channel, numbers: this.#numbers });
    this.#timeout = timeout;
  }

  /**
   * Logs in over a stream, which belongs to the session from here on.
   *
   * @throws {LoginRefusedError} the target refuses.
   * @throws {AuthenticationError} it has not proven who it is, or wants proof of another kind than we have.
   * @throws {AnswerTimeoutError} it does not answer.
   * @throws {ConnectionError} it makes no sense, or does not agree to what we must have.
   * @throws {NameError} a name is none.
   * @throws {TypeError} the CHAP users or secrets make no sense.
   */
  static async login(transport: Transport, options: InitiatorOptions): Promise<Initiator> {
    const initiator = new Initiator(transport, options.timeout ?? DEFAULT_TIMEOUT);
    await initiator.#logIn(options);
    return initiator;
  }

  /** What the login agreed on. */
  get parameters(): AgreedParameters {
    if (this.#parameters === undefined) throw new SessionClosedError("Cannot tell the parameters: there was no login");
    return this.#parameters;
  }

  /** The target's name for people, if it has one. */
  get targetAlias(): string | undefined {
    return this.#targetAlias;
  }

  /** Target session identifying handle, 1 to 65535 (RFC 7143 §11.12.6). */
  get tsih(): number {
    return this.#tsih;
  }

  /** The session is over. */
  get closed(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Runs a SCSI command. CHECK CONDITION and other statuses are results.
   *
   * @param cdb 6 to 260 bytes
   * @throws {SessionClosedError} the session ended before the command.
   * @throws {AnswerTimeoutError} the target did not answer.
   * @throws {ConnectionError} it makes no sense.
   * @throws {RejectError} it rejected the command.
   * @throws {TargetFailureError} it failed on the command.
   */
  execute(cdb: Uint8Array, options: CommandOptions = {}): Promise<CommandResult> {
    return this.#ask(new Command(cdb, options, this.parameters));
  }

  /** Negotiates or asks by Text Request; fails like {@link Initiator.execute}. */
  text(pairs: Iterable<TextPair>): Promise<TextPair[]> {
    return this.#ask(new TextExchange(pairs));
  }

  /** The targets that the portal knows of; in a normal session only its own. Fails like {@link Initiator.execute}. */
  async sendTargets(): Promise<DiscoveredTarget[]> {
    const value = this.#discovery ? "All" : "";
    return parseTargets(await this.text([["SendTargets", value]]));
  }

  /** Sends bytes to the target and gives what came back; fails like {@link Initiator.execute}. */
  ping(data: Uint8Array = new Uint8Array(0)): Promise<Uint8Array> {
    return this.#ask(new Ping(data));
  }

  /**
   * Ends the session in good order. Does nothing when it is over.
   *
   * @throws {ConnectionError} the target does not agree.
   * @throws {AnswerTimeoutError} it does not answer.
   */
  async logout(): Promise<void> {
    if (this.closed) return await this.#running;
    const outcome = await this.#ask(new Logout());
    this.close();
    await this.#running;
    if (outcome !== logoutOutcome.closed) throw new ConnectionError(`Cannot log out: the target answered ${outcome}`);
  }

  /** Ends the session by closing the connection. */
  close(): void {
    this.#end(new SessionClosedError("Cannot go on: the session was closed"));
  }

  /** Logs out, and closes the connection whatever comes of that. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.logout();
    } catch {
      this.close();
      await this.#running;
    }
  }

  async #logIn(options: InitiatorOptions): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#channel.close();
    }, this.#timeout);
    const { deframer } = this.#channel;
    try {
      const { parameters, tsih, targetAlias } = await logIn(this.#channel, this.#numbers, options);
      this.#parameters = parameters;
      this.#tsih = tsih;
      this.#targetAlias = targetAlias;
      this.#discovery = options.targetName === undefined;
      deframer.headerDigest = this.#channel.headerDigest = parameters.headerDigest;
      deframer.dataDigest = this.#channel.dataDigest = parameters.dataDigest;
      deframer.maxDataSegmentLength = parameters.maxRecvDataSegmentLength;
    } catch (error) {
      this.#channel.close();
      throw late ? this.#silence("a login") : error;
    } finally {
      clearTimeout(timer);
    }
    this.#running = this.#run();
  }

  /** Takes PDUs until the end. */
  async #run(): Promise<void> {
    try {
      for (let pdu = await this.#channel.receive(); pdu !== undefined; pdu = await this.#channel.receive()) {
        this.#receive(pdu);
        if (this.closed) return;
      }
      this.#end(new SessionClosedError("Cannot go on: the target closed the connection"));
    } catch (error) {
      this.#end(error instanceof Error ? error : new ConnectionError(`Cannot go on: ${error}`));
    }
  }

  #receive(pdu: Pdu): void {
    const { bytes, base } = pdu;
    if (pdu.dataDigestError) throw new ConnectionError("Cannot understand the target: data digest error");
    this.#numbers.follow(bytes, base);
    const code = bhs.opcode.get(bytes, base);
    const tag = bhs.initiatorTaskTag.get(bytes, base);
    if (code === opcode.nopIn && tag === RESERVED_TAG) this.#answerPing(pdu);
    else if (code === opcode.asyncMessage) this.#takeMessage(pdu);
    else if (code === opcode.reject) this.#rejected(pdu);
    else this.#requests.receive(tag, pdu);
    this.#requests.release();
    if (this.#leaving && !this.#loggingOut && this.#requests.idle) {
      this.#loggingOut = true;
      void this[Symbol.asyncDispose]();
    }
  }

  /** The rejected header is the data; what it asked for fails. */
  #rejected({ bytes, base, data }: Pdu): void {
    const reason = reject.reason.get(bytes, base);
    const error = new RejectError(reason, `Cannot have it done: the target rejected a PDU with reason ${reason}`);
    const tag = data.length < bhs.size ? RESERVED_TAG : bhs.initiatorTaskTag.get(data);
    if (!this.#requests.fail(tag, error)) throw new ConnectionError(error.message);
  }

  /** Without a target transfer tag it is only news of the window (RFC 7143 §11.19). */
  #answerPing({ bytes, base }: Pdu): void {
    const targetTransferTag = nopIn.targetTransferTag.get(bytes, base);
    if (targetTransferTag === RESERVED_TAG) return;
    const header = nopOut.encode({
      opcode: opcode.nopOut,
      immediate: true,
      final: true,
      lun: nopIn.lun.get(bytes, base),
      initiatorTaskTag: RESERVED_TAG,
      targetTransferTag,
      cmdSn: this.#numbers.cmdSn,
      expStatSn: this.#numbers.expStatSn,
    });
    this.#channel.send(header);
  }

  /** A request to log out is met when nothing is under way; the end of a connection will show by itself. */
  #takeMessage({ bytes, base }: Pdu): void {
    if (asyncMessage.asyncEvent.get(bytes, base) === asyncEvent.logoutRequested) this.#leaving = true;
  }

  #place(bytes: Uint8Array, base: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#requests.at(bhs.initiatorTaskTag.get(bytes, base))?.place(bytes, base, length);
  }

  async #ask<T>(request: Request<T>): Promise<T> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#leaving && !request.immediate) throw new SessionClosedError("Cannot go on: the target wants a logout");
    this.#requests.add(request);
    const timer = setTimeout(() => this.#end(this.#silence("a request")), this.#timeout);
    try {
      return await request.answer;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#channel.close();
    this.#requests.failAll(error);
  }

  #silence(what: string): AnswerTimeoutError {
    return new AnswerTimeoutError(`Cannot go on: the target has not answered ${what} within ${this.#timeout} ms`);
  }
}
