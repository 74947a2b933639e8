/**
 * Listens on several addresses at once: on all of them, or on none.
 *
 * @module
 */

import { type ListenAddress, Listener } from "./listener.ts";

/** A listener, and what it was asked for. */
export interface OpenListener<T extends ListenAddress> {
  readonly listener: Listener;
  readonly address: T;
  /** `0.0.0.0` with the same port: the operating system gives IPv4 connections to the listener on `::`. */
  four?: T;
}

/**
 * Begins to listen, first on `::`.
 *
 * @throws {Error} when an address cannot be listened on; then none is.
 */
export function openListeners<T extends ListenAddress>(addresses: readonly T[]): OpenListener<T>[] {
  const open: OpenListener<T>[] = [];
  const sorted = addresses.toSorted((a, b) => Number(b.hostname === "::") - Number(a.hostname === "::"));
  try {
    for (const address of sorted) openOne(address, open);
  } catch (error) {
    for (const { listener } of open) listener.close();
    throw error;
  }
  return open;
}

/** The address that a connection has come to, of those that its listener stands for. */
export function addressReached<T extends ListenAddress>(open: OpenListener<T>, localHostname: string): T {
  return open.four !== undefined && localHostname.includes(".") ? open.four : open.address;
}

function openOne<T extends ListenAddress>(address: T, open: OpenListener<T>[]): void {
  const both = address.hostname !== "0.0.0.0" || address.port === 0
    ? undefined
    : open.find(({ listener, four }) => listener.port === address.port && isSix(listener) && four === undefined);
  try {
    open.push({ listener: new Listener(address), address });
  } catch (error) {
    if (both === undefined) throw error;
    both.four = address;
  }
}

function isSix({ hostname }: Listener): boolean {
  return hostname === "::";
}
