/**
 * All targets and sessions of a server: who may log in to what, which session a connection belongs to, and what discovery
 * shows.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import { noAuthentication } from "../iscsi/authentication.ts";
import type { Connection } from "../iscsi/connection.ts";
import { loginStatus } from "../iscsi/constants.ts";
import type { TargetRecord } from "../iscsi/discovery.ts";
import { LoginError } from "../iscsi/errors.ts";
import type { SessionHost } from "../iscsi/host.ts";
import type { Login } from "../iscsi/login.ts";
import type { LoginDiscovery, LoginTarget } from "../iscsi/login_host.ts";
import { initiatorPortName } from "../iscsi/names.ts";
import { defaultLocalParameters, type LocalParameters } from "../iscsi/parameters.ts";
import { Session } from "../iscsi/session.ts";
import { Nexus } from "../scsi/nexus.ts";
import { PORTAL_GROUP_TAG, type Target } from "./target.ts";

/** What a catalogue is made of. */
export interface CatalogueOptions {
  readonly targets: readonly Target[];
  readonly pool: BufferPool;
  /** Our side of the negotiation. */
  readonly local?: LocalParameters;
  /** Where initiators are to connect, for example `192.0.2.1:3260`; absent: where they have connected. */
  readonly advertise?: string;
}

/** Ends the connections of a session that makes room for another. */
export type Displace = (session: Session) => void;

/** Targets and sessions. */
export class Catalogue {
  readonly targets: Map<string, Target> = new Map();
  readonly local: LocalParameters;
  /** No new session is let in: the server is about to end. */
  draining = false;
  readonly #sessions = new Map<number, Session>();
  readonly #pool: BufferPool;
  readonly #advertise: string | undefined;
  readonly #displace: Displace;
  #lastTsih = 0;

  /** `displace` is called when an initiator port logs in again (RFC 7143 §6.3.5). */
  constructor(options: CatalogueOptions, displace: Displace) {
    for (const target of options.targets) {
      if (this.targets.has(target.name)) throw new TypeError(`Cannot serve ${target.name}: it is there twice`);
      this.targets.set(target.name, target);
    }
    this.#pool = options.pool;
    this.#advertise = options.advertise;
    this.#displace = displace;
    this.local = options.local ?? defaultLocalParameters;
  }

  /** Every open session, of discovery too. */
  sessions(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /** The catalogue as connections to one address see it; `address` as in TargetAddress, for example `[::1]:3260`. */
  portal(address: string): SessionHost {
    return {
      local: this.local,
      target: (name, initiatorName) => this.#loginTarget(name, initiatorName),
      discovery: () => this.#discovery(),
      sendTargets: (initiatorName, name) => this.#sendTargets(this.#advertise ?? address, initiatorName, name),
      admit: (login, connection, cmdSn) => this.#admit(login, connection, cmdSn),
    };
  }

  /** A session has lost its last connection. */
  leave(session: Session): void {
    if (this.#sessions.get(session.tsih) !== session) return;
    this.#sessions.delete(session.tsih);
    const target = this.targets.get(session.targetName);
    if (target === undefined) return;
    target.sessions.delete(session);
    for (const unit of target.units()) unit.nexusLost(session.nexus);
  }

  #loginTarget(name: string, initiatorName: string): LoginTarget {
    this.#checkOpen();
    const target = this.targets.get(name);
    if (target === undefined) throw new LoginError(loginStatus.notFound, `Cannot find target ${name}: it is not here`);
    if (!target.access.admits(initiatorName)) {
      throw new LoginError(
        loginStatus.authorizationFailure,
        `Cannot let ${initiatorName} in to ${name}: it is not on the list of those who may`,
      );
    }
    return {
      portalGroupTag: PORTAL_GROUP_TAG,
      authentication: [noAuthentication],
      ...(target.alias === undefined ? {} : { alias: target.alias }),
    };
  }

  #discovery(): LoginDiscovery {
    this.#checkOpen();
    return { authentication: [noAuthentication] };
  }

  /** RFC 7143 §11.13.5: a temporary state, so that initiators come again. */
  #checkOpen(): void {
    if (this.draining) {
      throw new LoginError(loginStatus.serviceUnavailable, "Cannot let anyone in: the server is about to stop");
    }
  }

  #sendTargets(address: string, initiatorName: string, name?: string): TargetRecord[] {
    const records: TargetRecord[] = [];
    for (const target of this.targets.values()) {
      if (name !== undefined && target.name !== name) continue;
      if (!target.access.admits(initiatorName)) continue;
      records.push({ name: target.name, addresses: [`${address},${PORTAL_GROUP_TAG}`] });
    }
    return records;
  }

  #admit(login: Login, connection: Connection, cmdSn: number): Session {
    return login.tsih === 0 ? this.#open(login, cmdSn) : this.#join(login, connection);
  }

  /** A new session, in place of any that the same initiator port has to the same portal group (RFC 7143 §6.3.5). */
  #open(login: Login, cmdSn: number): Session {
    const { initiatorName, isid, sessionType, parameters, targetName = "" } = login;
    if (initiatorName === undefined || isid === undefined || sessionType === undefined || parameters === undefined) {
      throw new LoginError(loginStatus.targetError, "Cannot open a session: the login is not complete");
    }
    const target = this.targets.get(targetName);
    if (target !== undefined) this.#endSessionOf(target, initiatorName, isid);
    const initiatorPort = initiatorPortName(initiatorName, isid);
    const session = new Session({
      initiatorName,
      isid,
      tsih: this.#newTsih(),
      type: sessionType,
      targetName,
      portalGroupTag: PORTAL_GROUP_TAG,
      parameters: parameters.session,
      cmdSn,
      queueDepth: target?.queueDepth ?? DISCOVERY_DEPTH,
      nexus: new Nexus(initiatorPort, target?.port ?? nowhere.port, target ?? nowhere),
      pool: this.#pool,
    });
    this.#sessions.set(session.tsih, session);
    if (target !== undefined) {
      target.sessions.add(session);
      for (const unit of target.units()) unit.admit(session.nexus);
    }
    return session;
  }

  #endSessionOf(target: Target, initiatorName: string, isid: Uint8Array): void {
    for (const session of target.sessions) {
      if (session.initiatorName !== initiatorName || !sameBytes(session.isid, isid)) continue;
      this.#displace(session);
      this.leave(session);
      return;
    }
  }

  /** Another connection of a session, or in place of one with the same CID (RFC 7143 §6.3.4). */
  #join(login: Login, connection: Connection): Session {
    const session = this.#sessions.get(login.tsih);
    if (
      session === undefined || session.closed || session.initiatorName !== login.initiatorName ||
      session.targetName !== (login.targetName ?? "") || login.isid === undefined ||
      !sameBytes(session.isid, login.isid)
    ) {
      throw new LoginError(loginStatus.sessionDoesNotExist, `Cannot join session ${login.tsih}: it does not exist`);
    }
    const taken = session.connections.has(login.cid) && session.connections.get(login.cid) !== connection;
    if (taken || session.connections.size >= session.parameters.maxConnections) {
      throw new LoginError(
        loginStatus.tooManyConnections,
        `Cannot join session ${login.tsih}: it has all ${session.parameters.maxConnections} connections`,
      );
    }
    return session;
  }

  #newTsih(): number {
    for (let tries = 0; tries < 0xffff; tries++) {
      this.#lastTsih = this.#lastTsih % 0xffff + 1;
      if (!this.#sessions.has(this.#lastTsih)) return this.#lastTsih;
    }
    throw new LoginError(loginStatus.outOfResources, "Cannot open a session: 65535 are open");
  }
}

const DISCOVERY_DEPTH = 16;

/** What a discovery session sees of the logical units. */
const nowhere = {
  port: { name: "", relativeId: 1, groupId: PORTAL_GROUP_TAG },
  at: () => undefined,
  numbers: () => [],
};

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
