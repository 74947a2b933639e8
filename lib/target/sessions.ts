/**
 * The sessions of a server, and which of them a connection belongs to that has logged in (RFC 7143 §6.3).
 *
 * Tested in tests/target/catalogue_test.ts.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import type { Connection } from "../iscsi/connection.ts";
import { loginStatus } from "../iscsi/constants.ts";
import { LoginError } from "../iscsi/errors.ts";
import type { Login } from "../iscsi/login.ts";
import { initiatorPortName } from "../iscsi/names.ts";
import { Session } from "../iscsi/session.ts";
import { Nexus } from "../scsi/nexus.ts";
import { enforceLimits } from "./limits.ts";
import { DEFAULT_PORTAL_GROUP } from "./portals.ts";
import { type Target, unitsOf } from "./target.ts";

/** Ends the connections of a session that makes room for another. */
export type Displace = (session: Session) => void;

/** What sessions need. */
export interface SessionsOptions {
  /** By name. */
  readonly targets: ReadonlyMap<string, Target>;
  readonly pool: BufferPool;
  readonly displace: Displace;
}

/** Every open session. */
export class Sessions {
  readonly #targets: ReadonlyMap<string, Target>;
  readonly #pool: BufferPool;
  readonly #displace: Displace;
  readonly #byTsih = new Map<number, Session>();
  #lastTsih = 0;

  constructor({ targets, pool, displace }: SessionsOptions) {
    this.#targets = targets;
    this.#pool = pool;
    this.#displace = displace;
  }

  /** All of them, of discovery too. */
  all(): IterableIterator<Session> {
    return this.#byTsih.values();
  }

  /** A new session, in place of any that the same initiator port has to the same portal group (RFC 7143 §6.3.5). */
  open(portalGroup: number, login: Login, cmdSn: number): Session {
    const { initiatorName, isid, sessionType, parameters, targetName = "" } = login;
    if (initiatorName === undefined || isid === undefined || sessionType === undefined || parameters === undefined) {
      throw new LoginError(loginStatus.targetError, "Cannot open a session: the login is not complete");
    }
    const target = this.#targets.get(targetName);
    if (target !== undefined) {
      this.#endSessionOf(target, portalGroup, initiatorName, isid);
      enforceLimits(target.limits, target.sessions, { initiatorName, joins: false });
    }
    const initiatorPort = initiatorPortName(initiatorName, isid);
    const session = new Session({
      initiatorName,
      isid,
      tsih: this.#newTsih(),
      type: sessionType,
      targetName,
      portalGroupTag: portalGroup,
      parameters: parameters.session,
      cmdSn,
      queueDepth: target?.queueDepth ?? DISCOVERY_DEPTH,
      nexus: new Nexus(
        initiatorPort,
        target?.portOf(portalGroup) ?? nowhere.port,
        target?.mapOf(initiatorName) ?? nowhere,
        parameters.session.iscsiProtocolLevel,
      ),
      pool: this.#pool,
    });
    this.#byTsih.set(session.tsih, session);
    if (target !== undefined) {
      target.sessions.add(session);
      for (const unit of unitsOf(session.nexus.luns)) unit.admit(session.nexus);
    }
    return session;
  }

  /** Another connection of a session, or in place of one with the same CID (RFC 7143 §6.3.4). */
  join(portalGroup: number, login: Login, connection: Connection): Session {
    const session = this.#byTsih.get(login.tsih);
    if (
      session === undefined || session.closed || session.initiatorName !== login.initiatorName ||
      session.targetName !== (login.targetName ?? "") || login.isid === undefined ||
      !sameIsid(session.isid, login.isid)
    ) {
      throw new LoginError(loginStatus.sessionDoesNotExist, `Cannot join session ${login.tsih}: it does not exist`);
    }
    if (session.portalGroupTag !== portalGroup) {
      throw new LoginError(
        loginStatus.cannotIncludeInSession,
        `Cannot join session ${login.tsih}: it is of portal group ${session.portalGroupTag}, not ${portalGroup}`,
      );
    }
    const old = session.connections.get(login.cid);
    if (old !== undefined) return replaceConnection(session, old, connection);
    const { maxConnections, errorRecoveryLevel } = session.parameters;
    // One more may come to take tasks over (RFC 7143 §6.3.4).
    const most = errorRecoveryLevel === 2 ? Math.max(maxConnections, 2) : maxConnections;
    if (session.connections.size >= most) {
      throw new LoginError(
        loginStatus.tooManyConnections,
        `Cannot join session ${login.tsih}: it has all ${session.parameters.maxConnections} connections`,
      );
    }
    const target = this.#targets.get(session.targetName);
    if (target !== undefined) {
      enforceLimits(target.limits, target.sessions, { initiatorName: session.initiatorName, joins: true });
    }
    return session;
  }

  /** A session has lost its last connection. */
  leave(session: Session): void {
    if (this.#byTsih.get(session.tsih) !== session) return;
    this.#byTsih.delete(session.tsih);
    const target = this.#targets.get(session.targetName);
    if (target === undefined) return;
    target.sessions.delete(session);
    for (const unit of target.units()) unit.nexusLost(session.nexus);
  }

  #endSessionOf(target: Target, portalGroup: number, initiatorName: string, isid: Uint8Array): void {
    for (const session of target.sessions) {
      if (session.portalGroupTag !== portalGroup || session.initiatorName !== initiatorName) continue;
      if (!sameIsid(session.isid, isid)) continue;
      this.#displace(session);
      this.leave(session);
      return;
    }
  }

  #newTsih(): number {
    for (let tries = 0; tries < 0xffff; tries++) {
      this.#lastTsih = this.#lastTsih % 0xffff + 1;
      if (!this.#byTsih.has(this.#lastTsih)) return this.#lastTsih;
    }
    throw new LoginError(loginStatus.outOfResources, "Cannot open a session: 65535 are open");
  }
}

/** A connection comes back: the old one counts as logged out (RFC 7143 §6.3.4). */
function replaceConnection(session: Session, old: Connection, connection: Connection): Session {
  session.connections.set(old.cid, connection);
  old.hangUp(new Error("Cannot go on: another connection has taken its place"));
  return session;
}

const DISCOVERY_DEPTH = 16;

/** What a discovery session sees of the logical units. */
const nowhere = {
  port: { name: "", relativeId: 1, groupId: DEFAULT_PORTAL_GROUP },
  at: () => undefined,
  numbers: () => [],
};

function sameIsid(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
