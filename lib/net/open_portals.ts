/**
 * The portals of a server while they are listened on.
 *
 * @module
 */

import type { PortalView } from "../target/catalogue.ts";
import { advertised, type Portal } from "../target/portals.ts";
import type { Target } from "../target/target.ts";
import { addressReached, type OpenListener, openListeners } from "./listeners.ts";

/** Portals that open and close together. */
export class OpenPortals {
  readonly #planned: readonly Portal[];
  #listeners: OpenListener<Portal>[] = [];

  /** Nothing is listened on yet. */
  constructor(planned: readonly Portal[]) {
    this.#planned = planned;
  }

  /**
   * Begins to listen.
   *
   * @param accept is handed each connection, with what it has come to
   * @throws {Error} when an address cannot be listened on; then none is.
   */
  open(accept: (conn: Deno.TcpConn, view: PortalView) => void): void {
    this.#listeners = openListeners(this.#planned);
    for (const open of this.#listeners) {
      open.listener.run((conn) => accept(conn, this.#viewOf(addressReached(open, conn.localAddr.hostname), conn)));
    }
  }

  /** Makes the SCSI target ports that a target has here: initiators ask each for all of them. */
  prepare(target: Target): void {
    for (const { portalGroup } of this.#planned) if (target.isAt(portalGroup)) target.portOf(portalGroup);
  }

  /** Takes no more connections. */
  close(): void {
    for (const { listener } of this.#listeners.splice(0)) listener.close();
  }

  /** What is listened on, with real ports, in the order in which it was asked for. */
  get all(): Portal[] {
    return [...this.#real().values()];
  }

  /** By what was asked for. */
  #real(): Map<Portal, Portal> {
    const real = new Map<Portal, Portal>();
    for (const { listener: { hostname, port }, address, four } of this.#listeners) {
      real.set(address, { ...address, hostname, port });
      if (four !== undefined) real.set(four, four);
    }
    const open = this.#planned.map((portal) => [portal, real.get(portal)] as const);
    return new Map(open.filter((pair): pair is [Portal, Portal] => pair[1] !== undefined));
  }

  #viewOf(portal: Portal, { localAddr, remoteAddr }: Deno.TcpConn): PortalView {
    return {
      portalGroup: portal.portalGroup,
      peer: remoteAddr.hostname,
      redirect: portal.redirect,
      addresses: (elsewhere) => {
        if (elsewhere !== undefined) {
          const counterpart = elsewhere[this.#planned.indexOf(portal)];
          const sorted = elsewhere.toSorted((a, b) => Number(b === counterpart) - Number(a === counterpart));
          return advertised(sorted, { local: localAddr });
        }
        const real = this.#real();
        return advertised([...real.values()], { portal: real.get(portal) ?? portal, local: localAddr });
      },
    };
  }
}
