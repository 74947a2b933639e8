/**
 * The part of a connection's life before full feature phase (RFC 7143 §6.3): Login Requests in, Login Responses out.
 *
 * @module
 */

import type { Connection } from "./connection.ts";
import { BHS_LENGTH, ISCSI_VERSION, loginStatus, opcode } from "./constants.ts";
import type { Pdu } from "./deframer.ts";
import { ConnectionError, LoginError } from "./errors.ts";
import { Login, type LoginStep } from "./login.ts";
import { bhs } from "./pdu/bhs.ts";
import { loginRequest, loginResponse } from "./pdu/login.ts";
import type { Session } from "./session.ts";

/** A connection that is logging in. */
export class LoginPhase {
  readonly #connection: Connection;
  readonly #login: Login;
  #first = true;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#login = new Login({ host: connection.host, local: connection.host.local });
  }

  /** Takes one PDU. */
  receive(pdu: Pdu, _now: number): void {
    const { bytes, base } = pdu;
    if (this.#connection.closing) return;
    if (bhs.opcode.get(bytes, base) !== opcode.loginRequest) {
      throw new ConnectionError(`Cannot begin with opcode ${bhs.opcode.get(bytes, base)}: a login comes first`);
    }
    if (this.#first) {
      this.#first = false;
      // The initiator says which StatSN it expects first; any start is ours to choose (RFC 7143 §11.13.4).
      this.#connection.statSn = loginRequest.expStatSn.get(bytes, base);
    }
    const header = bytes.slice(base, base + BHS_LENGTH);
    let step = this.#login.step(header, pdu.data);
    let session: Session | undefined;
    if (step.status === loginStatus.success && this.#login.finished) {
      try {
        session = this.#connection.host.admit(this.#login, this.#connection, loginRequest.cmdSn.get(header));
      } catch (error) {
        if (!(error instanceof LoginError)) throw error;
        step = { ...step, status: error.status, transit: false, nextStage: 0, text: EMPTY, reason: error.message };
      }
    }
    this.#respond(header, step, session);
    if (session !== undefined) this.#enter(session);
    else if (step.status !== loginStatus.success) this.#refuse(step);
  }

  #enter(session: Session): void {
    const connection = this.#connection;
    const parameters = this.#login.parameters;
    if (parameters === undefined) return;
    connection.enterFullFeature(session, this.#login.cid, parameters.connection);
    connection.report({
      kind: "login",
      initiatorName: session.initiatorName,
      targetName: session.targetName,
      tsih: session.tsih,
    });
  }

  #refuse(step: LoginStep): void {
    this.#connection.closing = true;
    this.#connection.report({
      kind: "login refused",
      status: step.status,
      message: step.reason ?? "",
      initiatorName: this.#login.initiatorName ?? this.#login.claim("InitiatorName"),
      targetName: this.#login.targetName ?? this.#login.claim("TargetName"),
    });
  }

  /** RFC 7143 §11.13. The window shows the session's, or for a session to come what it will start with. */
  #respond(header: Uint8Array, step: LoginStep, session: Session | undefined): void {
    const { sender, control } = this.#connection;
    sender.open(control, step.text.length, true);
    const { bytes, start } = control;
    const cmdSn = loginRequest.cmdSn.get(header);
    loginResponse.opcode.set(bytes, opcode.loginResponse, start);
    loginResponse.transit.set(bytes, step.transit, start);
    loginResponse.continued.set(bytes, step.continued, start);
    loginResponse.currentStage.set(bytes, step.currentStage, start);
    loginResponse.nextStage.set(bytes, step.nextStage, start);
    loginResponse.versionMax.set(bytes, ISCSI_VERSION, start);
    loginResponse.versionActive.set(bytes, ISCSI_VERSION, start);
    loginResponse.isid.set(bytes, loginRequest.isid.get(header), start);
    loginResponse.tsih.set(bytes, session?.tsih ?? loginRequest.tsih.get(header), start);
    loginResponse.initiatorTaskTag.set(bytes, loginRequest.initiatorTaskTag.get(header), start);
    loginResponse.statSn.set(bytes, this.#connection.nextStatSn(), start);
    loginResponse.expCmdSn.set(bytes, session?.window.expCmdSn ?? cmdSn, start);
    loginResponse.maxCmdSn.set(bytes, session?.window.maxCmdSn ?? cmdSn, start);
    loginResponse.statusClass.set(bytes, step.status >>> 8, start);
    loginResponse.statusDetail.set(bytes, step.status & 0xff, start);
    bytes.set(step.text, sender.dataStart(control));
    sender.close(control, step.text.length);
  }
}

const EMPTY = new Uint8Array(0);
