/**
 * All targets and sessions of a server: who may log in to what, and what discovery shows.
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
import { defaultLocalParameters, type LocalParameters } from "../iscsi/parameters.ts";
import type { Session } from "../iscsi/session.ts";
import { Authenticator } from "./authenticator.ts";
import type { ChapAccounts } from "./chap_accounts.ts";
import { advertised, DEFAULT_PORTAL_GROUP, type Portal, type PortalAddress, splitHostAddress } from "./portals.ts";
import { type Displace, Sessions } from "./sessions.ts";
import type { Target } from "./target.ts";

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

/** Targets and sessions. */
export class Catalogue {
  readonly targets: Map<string, Target> = new Map();
  readonly local: LocalParameters;
  /** No new session is let in: the server is about to end. */
  draining = false;
  readonly #sessions: Sessions;
  readonly #accounts: ChapAccounts | undefined;
  readonly #authenticator: Authenticator;
  readonly #guards: LoginGuards | undefined;

  /** `displace` is called when an initiator port logs in again (RFC 7143 §6.3.5). */
  constructor(options: CatalogueOptions, displace: Displace) {
    for (const target of options.targets) this.add(target);
    this.#sessions = new Sessions({ targets: this.targets, pool: options.pool, displace });
    this.#accounts = options.discovery;
    this.#authenticator = options.authenticator ?? new Authenticator();
    this.#guards = options.guards;
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
    return this.#sessions.all();
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
    this.#sessions.leave(session);
  }

  #admit({ portalGroup }: PortalView, login: Login, connection: Connection, cmdSn: number): Session {
    if (login.tsih !== 0) return this.#sessions.join(portalGroup, login, connection);
    // The login may have begun before.
    this.#checkOpen();
    return this.#sessions.open(portalGroup, login, cmdSn);
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
}

function moveTo(elsewhere: readonly Portal[] | undefined, view: PortalView): TargetMove | undefined {
  const [first] = elsewhere === undefined ? [] : view.addresses(elsewhere);
  return first && { address: first.address, permanent: false };
}

function plainView(address: string): PortalView {
  const own = [{ address, portalGroup: DEFAULT_PORTAL_GROUP }];
  return {
    portalGroup: DEFAULT_PORTAL_GROUP,
    addresses: (elsewhere) =>
      elsewhere === undefined ? own : advertised(elsewhere, { local: splitHostAddress(address) }),
  };
}
