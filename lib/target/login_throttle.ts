/**
 * Makes guessing of secrets slow: whoever fails to authenticate waits longer and longer before the next try. Nobody is
 * locked out: the longest wait is short, who comes from an address that has not failed does not wait for others, and who
 * has come in once as a user keeps coming in from there.
 *
 * Failures are counted by the address they come from, which is listened to less and less often, and by the user whose
 * secret was not known, so that many connections at once are no way around that. Tables have a fixed size, whatever
 * strangers make up.
 *
 * @module
 */

import { parseIpAddress } from "./ip_address.ts";

/** How strict to be. */
export interface LoginThrottleOptions {
  /** Milliseconds that somebody who keeps failing waits at most; 0 switches it off. 5000 by default. */
  readonly longest?: number;
  /** Failures in a row that are free; 4 by default. */
  readonly free?: number;
}

/** What is to be done with somebody who comes. */
export interface Admission {
  /** Milliseconds to wait before being listened to; `undefined` when too many wait already. */
  readonly wait: number | undefined;
  /** The first one of an address to wait or to be turned away since it has been well behaved: worth telling. */
  readonly news: boolean;
}

/** Milliseconds of the first wait; each further one is twice as long. */
const FIRST = 250;

/** Milliseconds without a failure after which all is forgotten. */
const FORGET = 10 * 60_000;

/** Connections of one address that may wait at a time; more would wait for longer than an initiator does. */
const WAITING = 3;

/** Addresses that are remembered, and pairs of user and address. The least recent one is forgotten first. */
const REMEMBERED = 4096;

/** Counters of users: those that share one by their hash wait for each other, but no name pushes another out. */
const USERS = 4096;

/** Failures of one address or of one counter. */
interface Failures {
  count: number;
  /** With those that a login of another user has made up for. */
  total: number;
  /** When the last one was, in milliseconds. */
  last: number;
  /** Before this time nobody is listened to. */
  next: number;
  told: boolean;
}

/** Counts failures. Times are milliseconds of a clock that never goes back. */
export class LoginThrottle {
  readonly #longest: number;
  readonly #free: number;
  readonly #addresses = new Map<string, Failures>();
  readonly #users: (Failures | undefined)[] = new Array<Failures | undefined>(USERS).fill(undefined);
  readonly #welcome = new Map<string, true>();

  /** Throws a `RangeError` when a number cannot be. */
  constructor(options: LoginThrottleOptions = {}) {
    const { longest = 5000, free = 4 } = options;
    if (!(longest >= 0 && longest <= 60_000)) {
      throw new RangeError(`Cannot slow logins by ${longest} ms: it is a number from 0 to 60000`);
    }
    if (!(Number.isInteger(free) && free >= 0)) throw new RangeError(`Cannot grant ${free} failures: it is a count`);
    this.#longest = longest;
    this.#free = free;
  }

  /** Somebody connects from an address. Those of one address that has failed are listened to one after the other. */
  admit(address: string, now: number): Admission {
    const failures = this.#recent(this.#addresses.get(networkOf(address)), now);
    const delay = failures === undefined ? 0 : this.#delay(failures);
    if (failures === undefined || delay === 0) return { wait: 0, news: false };
    const start = Math.max(now, failures.next);
    const news = start > now && !failures.told;
    if (news) failures.told = true;
    if (start - now > WAITING * delay) return { wait: undefined, news };
    failures.next = start + delay;
    return { wait: start - now, news };
  }

  /** Milliseconds before this address may try the secret of a user again; 0 for now. */
  userWait(user: string, address: string, now: number): number {
    const own = this.#recent(this.#addresses.get(networkOf(address)), now);
    if (own === undefined || own.total <= this.#free || this.#welcome.has(pair(user, address))) return 0;
    const failures = this.#recent(this.#users[slotOf(user)], now);
    return failures === undefined ? 0 : Math.max(failures.next - now, 0);
  }

  /** Somebody did not know the secret of a user. */
  failed(address: string, user: string, now: number): void {
    if (this.#longest === 0) return;
    const network = networkOf(address);
    const failures = this.#count(this.#addresses.get(network), now);
    this.#addresses.delete(network);
    this.#addresses.set(network, failures);
    forgetOldest(this.#addresses);
    this.#users[slotOf(user)] = this.#count(this.#users[slotOf(user)], now);
  }

  /** Somebody knew the secret. */
  passed(address: string, user: string): void {
    const failures = this.#addresses.get(networkOf(address));
    if (failures !== undefined) {
      // Whoever knows one secret may come in at once, but not guess those of others the faster for it.
      failures.count = 0;
      failures.next = 0;
      failures.told = false;
    }
    const known = pair(user, address);
    this.#welcome.delete(known);
    this.#welcome.set(known, true);
    forgetOldest(this.#welcome);
  }

  #count(before: Failures | undefined, now: number): Failures {
    const failures = this.#recent(before, now) ?? { count: 0, total: 0, last: now, next: now, told: false };
    failures.count++;
    failures.total++;
    failures.last = now;
    failures.next = Math.max(failures.next, now + this.#delay(failures));
    return failures;
  }

  #recent(failures: Failures | undefined, now: number): Failures | undefined {
    return failures === undefined || now - failures.last > FORGET ? undefined : failures;
  }

  #delay({ count }: Failures): number {
    return count <= this.#free ? 0 : Math.min(FIRST * 2 ** (count - this.#free - 1), this.#longest);
  }
}

/** An address as it is counted: IPv6 by its network of 64 bits, which one household has for itself. */
function networkOf(address: string): string {
  const bytes = parseIpAddress(address);
  return bytes === undefined ? address : bytes.subarray(0, bytes.length === 16 ? 8 : 4).join(".");
}

function pair(user: string, address: string): string {
  return `${networkOf(address)} ${user}`;
}

function slotOf(user: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < user.length; i++) hash = Math.imul(hash ^ user.charCodeAt(i), 0x01000193);
  return (hash ^ hash >>> 16) & (USERS - 1);
}

function forgetOldest(table: Map<string, unknown>): void {
  if (table.size <= REMEMBERED) return;
  for (const oldest of table.keys()) {
    table.delete(oldest);
    return;
  }
}
