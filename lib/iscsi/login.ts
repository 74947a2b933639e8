/**
 * The login of one connection (RFC 7143 §6.3, §11.12, §11.13) as a state machine over Login Requests. It decides stage,
 * status and text; sequence numbers, TSIH and the session belong to the connection.
 *
 * @module
 */

import { loginStatus, stage } from "./constants.ts";
import { Declarations } from "./declarations.ts";
import { LoginError } from "./errors.ts";
import { keepConstants, type LoginConstants } from "./login_constants.ts";
import type { LoginHost, LoginTarget } from "./login_host.ts";
import { identify, type LoginIdentity, type SessionType } from "./login_identity.ts";
import { loginErrorOf, Redirection, refusal } from "./login_refusal.ts";
import { LoginSecurity } from "./login_security.ts";
import { type LoginStage, loginStage } from "./login_stages.ts";
import { Negotiation } from "./negotiation.ts";
import type { ConnectionParameters, LocalParameters, SessionParameters } from "./parameters.ts";
import { loginRequest } from "./pdu/login.ts";
import { decodeText, encodeText, type TextPair } from "./text.ts";
import { TextAssembly, TextPieces } from "./text_pieces.ts";

/** Bytes in one data segment during login, whatever is declared (RFC 7143 §13.12). */
export const LOGIN_SEGMENT = 8192;

/** Requests in one login: more than any exchange needs, so that nobody can log in for ever. */
export const MAX_LOGIN_REQUESTS = 128;

/** What a login needs. */
export interface LoginOptions {
  readonly host: LoginHost;
  /** Our side of the negotiation. */
  readonly local: LocalParameters;
}

/** What to answer to one Login Request. */
export interface LoginStep {
  /** Class and detail as one number, one of `loginStatus`; class 1 and up ends the login. */
  readonly status: number;
  /** T of the response. */
  readonly transit: boolean;
  /** C of the response. */
  readonly continued: boolean;
  /** CSG of the response. */
  readonly currentStage: number;
  /** NSG of the response; 0 without `transit`. */
  readonly nextStage: number;
  /** Data segment of the response, without padding. */
  readonly text: Uint8Array;
  /** Why a login ended, for the log. */
  readonly reason?: string;
}

/** What a login has settled. */
export interface LoginParameters {
  readonly session: SessionParameters;
  readonly connection: ConnectionParameters;
}

/** The login of one connection. */
export class Login {
  readonly #host: LoginHost;
  readonly #local: LocalParameters;
  readonly #declarations = new Declarations();
  readonly #assembly = new TextAssembly();
  readonly #pieces = new TextPieces();
  #constants: LoginConstants | undefined;
  #stage: LoginStage | undefined;
  #identity: LoginIdentity | undefined;
  /** What the first text declared. */
  #claims: ReadonlyMap<string, string> | undefined;
  #initiatorAlias: string | undefined;
  #security: LoginSecurity | undefined;
  #negotiation: Negotiation | undefined;
  #parameters: LoginParameters | undefined;
  #failure: LoginStep | undefined;
  #requests = 0;

  constructor(options: LoginOptions) {
    this.#host = options.host;
    this.#local = options.local;
  }

  /** Full feature phase has been granted: `parameters` counts after this answer. */
  get finished(): boolean {
    return this.#parameters !== undefined;
  }

  /** The login has been refused; every further step is refused the same way. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** The initiator, in the form that compares equal; known after the first whole text. */
  get initiatorName(): string | undefined {
    return this.#identity?.initiatorName;
  }

  /** Who the initiator says it is and what it wants, as it came: for the log, when a login is refused. */
  claim(name: "InitiatorName" | "TargetName"): string {
    return this.#claims?.get(name) ?? "";
  }

  /** For people to read (RFC 7143 §13.7). */
  get initiatorAlias(): string | undefined {
    return this.#initiatorAlias;
  }

  /** Six bytes that tell the sessions of an initiator apart (RFC 7143 §11.12.5); known after the first request. */
  get isid(): Uint8Array | undefined {
    return this.#constants?.isid;
  }

  /** The session that the connection is to join, 0 for a new one (RFC 7143 §11.12.6). */
  get tsih(): number {
    return this.#constants?.tsih ?? 0;
  }

  /** The connection within the session (RFC 7143 §11.12.7). */
  get cid(): number {
    return this.#constants?.cid ?? 0;
  }

  /** What the session is for; known after the first whole text. */
  get sessionType(): SessionType | undefined {
    return this.#identity?.sessionType;
  }

  /** The target of a normal session, in the form that compares equal; known after the first whole text. */
  get targetName(): string | undefined {
    return this.#identity?.targetName;
  }

  /** What the host said of the target of a normal session. */
  get target(): LoginTarget | undefined {
    return this.#identity?.target;
  }

  /** What has been settled, once `finished`. */
  get parameters(): LoginParameters | undefined {
    return this.#parameters;
  }

  /**
   * Takes one Login Request.
   *
   * @param header 48 bytes, lent for the call
   * @param data the data segment without padding, lent for the call
   */
  step(header: Uint8Array, data: Uint8Array): LoginStep {
    if (this.#failure !== undefined) return this.#failure;
    try {
      return this.#advance(header, data);
    } catch (error) {
      return this.#fail(loginErrorOf(error));
    }
  }

  #advance(header: Uint8Array, data: Uint8Array): LoginStep {
    if (this.finished) throw new LoginError(loginStatus.invalidDuringLogin, "Cannot log in: the login has ended");
    if (++this.#requests > MAX_LOGIN_REQUESTS) throw refusal(`more than ${MAX_LOGIN_REQUESTS} requests`);
    this.#constants = keepConstants(header, this.#constants);
    const current = this.#checkStage(header);
    const continued = loginRequest.continued.get(header);
    if (this.#pieces.pending) {
      if (continued || data.length > 0) throw refusal("text has come before the answer was taken");
      return this.#respond(header, current);
    }
    this.#assembly.add(data);
    if (continued) return this.#respond(header, current);
    this.#pieces.begin(encodeText(this.#answer(header, current)));
    return this.#respond(header, current);
  }

  /** Checks the flags and the stages (RFC 7143 §11.12.1 to §11.12.3). */
  #checkStage(header: Uint8Array): LoginStage {
    const currentStage = loginRequest.currentStage.get(header);
    const current = this.#stage ?? loginStage(currentStage);
    if (current === undefined) throw refusal(`there is no stage ${currentStage}`);
    if (current.stage !== currentStage) throw refusal(`stage ${currentStage} came instead of ${current.stage}`);
    this.#stage = current;
    if (!loginRequest.transit.get(header)) return current;
    if (loginRequest.continued.get(header)) throw refusal("the T and C bits are both set");
    const nextStage = loginRequest.nextStage.get(header);
    if (!current.next.includes(nextStage)) throw refusal(`no way leads from stage ${currentStage} to ${nextStage}`);
    return current;
  }

  /** Deals with a whole text. */
  #answer(header: Uint8Array, current: LoginStage): TextPair[] {
    const { declared, security, negotiated } = this.#declarations.sort(
      decodeText(this.#assembly.take()),
      current.phase,
    );
    this.#initiatorAlias = declared.get("InitiatorAlias") ?? this.#initiatorAlias;
    const answers = this.#greet(declared);
    const guard = this.#security as LoginSecurity;
    const negotiation = this.#negotiation as Negotiation;
    if (current.stage === stage.security) answers.push(...guard.answer(security));
    else if (!guard.mayLeave()) throw refusal("authentication has not ended");
    answers.push(...negotiation.answer(negotiated));
    if (current.stage === stage.operational && loginRequest.transit.get(header)) {
      const ours = negotiation.declare();
      this.#declarations.volunteer(ours);
      answers.push(...ours);
    }
    return answers;
  }

  /** Learns from the first text who is there; says which target answers. */
  #greet(declared: ReadonlyMap<string, string>): TextPair[] {
    if (this.#identity !== undefined) {
      for (const name of declared.keys()) {
        if (name !== "InitiatorAlias") throw refusal(`${name} was not in the first request`);
      }
      return [];
    }
    this.#claims = declared;
    const identity = identify(declared, this.#host);
    this.#identity = identity;
    const { target, authentication, sessionType } = identity;
    this.#security = new LoginSecurity(authentication);
    this.#negotiation = new Negotiation(this.#local, {
      discovery: sessionType === "Discovery",
      leading: this.tsih === 0,
    });
    if (target === undefined) return [];
    if (target.movedTo !== undefined) throw new Redirection(target.movedTo);
    const ours: TextPair[] = [["TargetPortalGroupTag", String(target.portalGroupTag)]];
    if (target.alias !== undefined) ours.push(["TargetAlias", target.alias]);
    this.#declarations.volunteer(ours);
    return ours;
  }

  /** Sends the next piece of the answer, and grants the transition with the last one. */
  #respond(header: Uint8Array, current: LoginStage): LoginStep {
    const { text, continued } = this.#pieces.next(LOGIN_SEGMENT);
    const transit = !continued && loginRequest.transit.get(header) && (this.#security?.mayLeave() ?? false);
    const nextStage = transit ? loginRequest.nextStage.get(header) : 0;
    if (transit) this.#enter(nextStage);
    return { status: loginStatus.success, transit, continued, currentStage: current.stage, nextStage, text };
  }

  #enter(nextStage: number): void {
    this.#stage = loginStage(nextStage);
    if (nextStage !== stage.fullFeature || this.#negotiation === undefined) return;
    this.#parameters = { session: this.#negotiation.session(), connection: this.#negotiation.connection() };
  }

  #fail(error: LoginError): LoginStep {
    const step = {
      status: error.status,
      transit: false,
      continued: false,
      currentStage: this.#stage?.stage ?? stage.security,
      nextStage: 0,
      text: error instanceof Redirection ? error.text : new Uint8Array(0),
      reason: error.message,
    };
    // A login that has ended well stays so, whatever comes after.
    if (!this.finished) this.#failure = step;
    return step;
  }
}
