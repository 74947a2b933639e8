/**
 * Our initiator's login (RFC 7143 §6.3): the security stage, with CHAP or without, then the operational stage.
 *
 * @module
 */

import { loginStatus, opcode, stage } from "../iscsi/constants.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { assertIscsiName } from "../iscsi/names.ts";
import { loginRequest, loginResponse } from "../iscsi/pdu/login.ts";
import { decodeText, encodeText, type TextPair } from "../iscsi/text.ts";
import { TextAssembly } from "../iscsi/text_pieces.ts";
import { Authentication, type InitiatorChap } from "./authentication.ts";
import type { PduChannel } from "./channel.ts";
import { LoginRefusedError, SessionClosedError } from "./errors.ts";
import type { SequenceNumbers } from "./numbers.ts";
import {
  type AgreedParameters,
  defaultInitiatorParameters,
  InitiatorNegotiation,
  type InitiatorParameters,
} from "./parameters.ts";

/** Who logs in, and where. */
export interface LoginOptions {
  readonly initiatorName: string;
  readonly initiatorAlias?: string;
  /** The target of a normal session; absent for a discovery session. */
  readonly targetName?: string;
  /** Six bytes; of random type by default (RFC 7143 §11.12.5). */
  readonly isid?: Uint8Array;
  /** By what we prove who we are; absent where everybody may come in. */
  readonly chap?: InitiatorChap;
  /** CRC32C over headers, over data: the login fails when the target does not agree. None of them by default. */
  readonly digests?: { readonly header?: boolean; readonly data?: boolean };
  /** Offered instead of the default for the same key. */
  readonly parameters?: InitiatorParameters;
}

/** What the login brought. */
export interface LoginOutcome {
  readonly tsih: number;
  readonly parameters: AgreedParameters;
  readonly targetAlias: string | undefined;
}

/** What the target said to one step. */
interface Step {
  readonly transit: boolean;
  readonly nextStage: number;
  readonly pairs: TextPair[];
}

/** Steps after which a target that never ends is given up. */
const MAX_STEPS = 32;

/** The tag of all requests of a login. */
const LOGIN_TAG = 0;

/**
 * Logs in.
 *
 * @throws {LoginRefusedError} the target refuses.
 * @throws {AuthenticationError} it has not proven who it is, or wants proof of another kind than we have.
 * @throws {ConnectionError} what it answers makes no sense, or it does not agree to what we must have.
 * @throws {NameError} a name is none.
 * @throws {TypeError} the CHAP users or secrets make no sense.
 */
export async function logIn(
  channel: PduChannel,
  numbers: SequenceNumbers,
  options: LoginOptions,
): Promise<LoginOutcome> {
  assertIscsiName(options.initiatorName);
  if (options.targetName !== undefined) assertIscsiName(options.targetName);
  return await new Login(channel, numbers, options).run();
}

class Login {
  readonly #channel: PduChannel;
  readonly #numbers: SequenceNumbers;
  readonly #options: LoginOptions;
  readonly #isid: Uint8Array;
  readonly #negotiation: InitiatorNegotiation;
  readonly #authentication: Authentication;
  #tsih = 0;

  constructor(channel: PduChannel, numbers: SequenceNumbers, options: LoginOptions) {
    this.#channel = channel;
    this.#numbers = numbers;
    this.#options = options;
    this.#isid = options.isid ?? randomIsid();
    this.#authentication = new Authentication(options.chap);
    this.#negotiation = new InitiatorNegotiation(offersOf(options), options.targetName === undefined);
  }

  async run(): Promise<LoginOutcome> {
    let current: number = stage.security;
    let pairs = this.#identity();
    for (let count = 0; count < MAX_STEPS; count++) {
      const step = await this.#step(current, pairs);
      pairs = this.#negotiation.take(step.pairs);
      if (current === stage.security) pairs.push(...this.#authentication.next(step.pairs));
      if (!step.transit) continue;
      if (current === stage.security) this.#authentication.finish();
      if (step.nextStage === stage.fullFeature) return this.#outcome();
      if (current === stage.security) pairs = [...pairs, ...this.#negotiation.offers()];
      current = stage.operational;
    }
    throw new ConnectionError(`Cannot log in: the target has not come to an end after ${MAX_STEPS} steps`);
  }

  #identity(): TextPair[] {
    const { initiatorName, initiatorAlias, targetName } = this.#options;
    const pairs: TextPair[] = [["InitiatorName", initiatorName]];
    if (initiatorAlias !== undefined) pairs.push(["InitiatorAlias", initiatorAlias]);
    if (targetName !== undefined) pairs.push(["TargetName", targetName]);
    pairs.push(["SessionType", targetName === undefined ? "Discovery" : "Normal"]);
    return [...pairs, ["AuthMethod", this.#authentication.offer]];
  }

  #outcome(): LoginOutcome {
    const targetAlias = this.#negotiation.value("TargetAlias");
    const parameters = this.#negotiation.agreed();
    const { header, data } = this.#options.digests ?? {};
    const missing = header && !parameters.headerDigest ? "header" : data && !parameters.dataDigest ? "data" : undefined;
    if (missing !== undefined) throw new ConnectionError(`Cannot log in: the target takes no ${missing} digests`);
    return { tsih: this.#tsih, parameters, targetAlias };
  }

  /** One request and its whole answer, however many PDUs that takes. */
  async #step(current: number, pairs: readonly TextPair[]): Promise<Step> {
    const text = new TextAssembly();
    const leaving = current !== stage.security || this.#authentication.leaving;
    this.#send(current, leaving, encodeText(pairs));
    for (;;) {
      const { bytes, base, data } = await this.#response(current);
      text.add(data);
      if (!loginResponse.continued.get(bytes, base)) {
        const transit = loginResponse.transit.get(bytes, base);
        if (transit && !leaving) throw new ConnectionError("Cannot log in: the target leaves the stage unasked");
        const nextStage = loginResponse.nextStage.get(bytes, base);
        return { transit, nextStage, pairs: decodeText(text.take()) };
      }
      this.#send(current, false, new Uint8Array(0));
    }
  }

  #send(current: number, transit: boolean, text: Uint8Array): void {
    const header = loginRequest.encode({
      opcode: opcode.loginRequest,
      immediate: true,
      transit,
      currentStage: current,
      nextStage: transit ? (current === stage.security ? stage.operational : stage.fullFeature) : 0,
      isid: this.#isid,
      tsih: this.#tsih,
      initiatorTaskTag: LOGIN_TAG,
      cmdSn: this.#numbers.cmdSn,
      expStatSn: this.#numbers.expStatSn,
    });
    this.#channel.send(header, text);
  }

  async #response(current: number): Promise<{ bytes: Uint8Array; base: number; data: Uint8Array }> {
    const pdu = await this.#channel.receive();
    if (pdu === undefined) throw new SessionClosedError("Cannot log in: the target closed the connection");
    const { bytes, base, data } = pdu;
    if (loginResponse.opcode.get(bytes, base) !== opcode.loginResponse) {
      throw new ConnectionError("Cannot log in: the target answered with something else than a Login Response");
    }
    const status = loginResponse.statusClass.get(bytes, base) << 8 | loginResponse.statusDetail.get(bytes, base);
    if (status !== loginStatus.success) throw new LoginRefusedError(status, movedTo(status, data));
    this.#numbers.follow(bytes, base);
    if (loginResponse.currentStage.get(bytes, base) !== current) {
      throw new ConnectionError("Cannot log in: the target answered in another stage");
    }
    this.#tsih = loginResponse.tsih.get(bytes, base);
    return pdu;
  }
}

/** The address in a redirection. */
function movedTo(status: number, data: Uint8Array): string | undefined {
  if (status >>> 8 !== loginStatus.targetMovedTemporarily >>> 8) return undefined;
  return decodeText(data).find(([key]) => key === "TargetAddress")?.[1];
}

function offersOf({ digests, parameters }: LoginOptions): InitiatorParameters {
  return {
    ...defaultInitiatorParameters,
    ...parameters,
    ...(digests?.header ? { headerDigest: ["CRC32C"] } : {}),
    ...(digests?.data ? { dataDigest: ["CRC32C"] } : {}),
  };
}

function randomIsid(): Uint8Array {
  const isid = crypto.getRandomValues(new Uint8Array(6));
  isid[0] = 0x80;
  return isid;
}
