/**
 * All targets and sessions of a server: who may log in to what, which session a connection belongs to, and what discovery
 * shows.
 *
 * @module
 */

import type { BufferPool } from "../bytes/pool.ts";
import type { ChapGuard } from "../iscsi/chap.ts";
import type { Connection } from "../iscsi/connection.ts";
import { loginStatus } from "../iscsi/constants.ts";
import type { TargetRecord } from "../iscsi/discovery.ts";
import { LoginError } from "../iscsi/errors.ts";
import type { SessionHost } from "../iscsi/host.ts";
import { checkLocalParameters } from "../iscsi/local_parameters.ts";
import type { Login } from "../iscsi/login.ts";
import type { LoginDiscovery, LoginTarget, TargetMove } from "../iscsi/login_host.ts";
import { initiatorPortName } from "../iscsi/names.ts";
import { defaultLocalParameters, type LocalParameters } from "../iscsi/parameters.ts";
import { Session } from "../iscsi/session.ts";
import { Nexus } from "../scsi/nexus.ts";
import { Authenticator } from "./authenticator.ts";
import type { ChapAccounts } from "./chap_accounts.ts";
import { enforceLimits } from "./limits.ts";
import { advertised, DEFAULT_PORTAL_GROUP, type Portal, type PortalAddress, splitHostAddress } from "./portals.ts";
import { type Target, unitsOf } from "./target.ts";

/** What a catalogue is made of. */
export interface CatalogueOptions {
  readonly targets: readonly Target[];
  readonly pool: BufferPool;
  /** Our side of the negotiation. */
  readonly local?: LocalParameters;
  /** Accounts of which one is needed for discovery; absent when none is. */
  readonly discovery?: ChapAccounts | undefined;
  /** Does CHAP. */
  readonly authenticator?: Authenticator;
  /** Slows down who fails to authenticate; absent where nobody is. */
  readonly guards?: LoginGuards;
}

/** What a connection has come to. */
export interface PortalView {
  /** Target portal group tag, 1 to 65535. */
  readonly portalGroup: number;
  /** The address of the initiator, without port; absent when it is not known. */
  readonly peer?: string;
  /** Logins are sent elsewhere. */
  readonly redirect?: TargetMove | undefined;
  /** What discovery tells, in order: of our portals, or of those that another server has for each of ours. */
  addresses(elsewhere?: readonly Portal[]): readonly PortalAddress[];
}

/** Watches over logins from an address. */
export interface LoginGuards {
  of(address: string): ChapGuard;
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
  readonly #accounts: ChapAccounts | undefined;
  readonly #authenticator: Authenticator;
  readonly #guards: LoginGuards | undefined;
  readonly #displace: Displace;
  #lastTsih = 0;

  /** `displace` is called when an initiator port logs in again (RFC 7143 §6.3.5). */
  constructor(options: CatalogueOptions, displace: Displace) {
    for (const target of options.targets) this.add(target);
    this.#pool = options.pool;
    this.#accounts = options.discovery;
    this.#authenticator = options.authenticator ?? new Authenticator();
    this.#guards = options.guards;
    this.#displace = displace;
    this.local = options.local ?? defaultLocalParameters;
    checkLocalParameters(this.local);
  }

  /**
   * Adds a target.
   *
   * @throws {TypeError} when there is one of that name
   */
  add(target: Target): void {
    if (this.targets.has(target.name)) throw new TypeError(`Cannot serve ${target.name}: it is there twice`);
    this.targets.set(target.name, target);
  }

  /** Every open session, of discovery too. */
  sessions(): IterableIterator<Session> {
    return this.#sessions.values();
  }

  /**
   * The catalogue as a connection sees it.
   *
   * @param at what it has come to, or simply the address, for example `[::1]:3260`, of a portal in group 1
   */
  portal(at: PortalView | string): SessionHost {
    const view = typeof at === "string" ? plainView(at) : at;
    return {
      local: this.local,
      target: (name, initiatorName) => this.#loginTarget(view, name, initiatorName),
      discovery: (initiatorName) => this.#discovery(view, initiatorName),
      sendTargets: (initiatorName, name) => this.#sendTargets(view, initiatorName, name),
      admit: (login, connection, cmdSn) => this.#admit(view, login, connection, cmdSn),
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

  #loginTarget(view: PortalView, name: string, initiatorName: string): LoginTarget {
    this.#checkOpen();
    const target = this.targets.get(name);
    if (target === undefined || !target.isAt(view.portalGroup)) {
      throw new LoginError(loginStatus.notFound, `Cannot find target ${name}: it is not here`);
    }
    if (!target.access.admits(initiatorName, view.peer)) {
      throw new LoginError(
        loginStatus.authorizationFailure,
        `Cannot let ${initiatorName} in to ${name}: it is not on the list of those who may`,
      );
    }
    const movedTo = target.redirect ?? view.redirect ?? moveTo(target.elsewhere, view);
    return {
      portalGroupTag: view.portalGroup,
      authentication: this.#authenticator.methods(target.accounts, initiatorName, this.#guardOf(view)),
      ...(target.alias === undefined ? {} : { alias: target.alias }),
      ...(movedTo === undefined ? {} : { movedTo }),
    };
  }

  #discovery(view: PortalView, initiatorName: string): LoginDiscovery {
    this.#checkOpen();
    return { authentication: this.#authenticator.methods(this.#accounts, initiatorName, this.#guardOf(view)) };
  }

  #guardOf({ peer }: PortalView): ChapGuard | undefined {
    return peer === undefined ? undefined : this.#guards?.of(peer);
  }

  /** RFC 7143 §11.13.5: a temporary state, so that initiators come again. */
  #checkOpen(): void {
    if (this.draining) {
      throw new LoginError(loginStatus.serviceUnavailable, "Cannot let anyone in: the server is about to stop");
    }
  }

  #sendTargets(view: PortalView, initiatorName: string, name?: string): TargetRecord[] {
    const records: TargetRecord[] = [];
    for (const target of this.targets.values()) {
      if (name !== undefined && target.name !== name) continue;
      if (!target.access.admits(initiatorName, view.peer)) continue;
      const at = view.addresses(target.elsewhere).filter(({ portalGroup }) => target.isAt(portalGroup));
      // A target without an address would be looked for here (RFC 7143 Appendix C).
      if (at.length === 0) continue;
      records.push({ name: target.name, addresses: at.map(({ address, portalGroup }) => `${address},${portalGroup}`) });
    }
    return records;
  }

  #admit(view: PortalView, login: Login, connection: Connection, cmdSn: number): Session {
    return login.tsih === 0 ? this.#open(view, login, cmdSn) : this.#join(view, login, connection);
  }

  /** A new session, in place of any that the same initiator port has to the same portal group (RFC 7143 §6.3.5). */
  #open({ portalGroup }: PortalView, login: Login, cmdSn: number): Session {
    const { initiatorName, isid, sessionType, parameters, targetName = "" } = login;
    // The login may have begun before.
    this.#checkOpen();
    if (initiatorName === undefined || isid === undefined || sessionType === undefined || parameters === undefined) {
      throw new LoginError(loginStatus.targetError, "Cannot open a session: the login is not complete");
    }
    const target = this.targets.get(targetName);
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
    this.#sessions.set(session.tsih, session);
    if (target !== undefined) {
      target.sessions.add(session);
      for (const unit of unitsOf(session.nexus.luns)) unit.admit(session.nexus);
    }
    return session;
  }

  #endSessionOf(target: Target, portalGroup: number, initiatorName: string, isid: Uint8Array): void {
    for (const session of target.sessions) {
      if (session.portalGroupTag !== portalGroup || session.initiatorName !== initiatorName) continue;
      if (!sameBytes(session.isid, isid)) continue;
      this.#displace(session);
      this.leave(session);
      return;
    }
  }

  /** Another connection of a session, or in place of one with the same CID (RFC 7143 §6.3.4). */
  #join({ portalGroup }: PortalView, login: Login, connection: Connection): Session {
    const session = this.#sessions.get(login.tsih);
    if (
      session === undefined || session.closed || session.initiatorName !== login.initiatorName ||
      session.targetName !== (login.targetName ?? "") || login.isid === undefined ||
      !sameBytes(session.isid, login.isid)
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
    const target = this.targets.get(session.targetName);
    if (target !== undefined) {
      enforceLimits(target.limits, target.sessions, { initiatorName: session.initiatorName, joins: true });
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

/** A connection comes back: the old one counts as logged out (RFC 7143 §6.3.4). */
function replaceConnection(session: Session, old: Connection, connection: Connection): Session {
  session.connections.set(old.cid, connection);
  old.hangUp(new Error("Cannot go on: another connection has taken its place"));
  return session;
}

function moveTo(elsewhere: readonly Portal[] | undefined, view: PortalView): TargetMove | undefined {
  const [first] = elsewhere === undefined ? [] : view.addresses(elsewhere);
  return first && { address: first.address, permanent: false };
}

const DISCOVERY_DEPTH = 16;

/** What a discovery session sees of the logical units. */
const nowhere = {
  port: { name: "", relativeId: 1, groupId: DEFAULT_PORTAL_GROUP },
  at: () => undefined,
  numbers: () => [],
};

function plainView(address: string): PortalView {
  const own = [{ address, portalGroup: DEFAULT_PORTAL_GROUP }];
  return {
    portalGroup: DEFAULT_PORTAL_GROUP,
    addresses: (elsewhere) =>
      elsewhere === undefined ? own : advertised(elsewhere, { local: splitHostAddress(address) }),
  };
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
