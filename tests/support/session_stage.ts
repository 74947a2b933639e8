/**
 * The host's side of a guest's story about sessions: a server of this process with a target in two portal groups, each
 * behind a proxy of its own.
 *
 * @module
 */

import { opcode, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { bhs } from "../../lib/iscsi/pdu/bhs.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { defaultLocalParameters, defaultTimeouts, MemoryStore, Server } from "../../lib/mod.ts";
import { freePort } from "./portal.ts";
import { PduHeaders } from "./pdu_headers.ts";
import { LoginTexts } from "./login_texts.ts";
import { type Listening, Proxy, type Side } from "./proxy.ts";
import { within } from "./deadline.ts";
import { eventually } from "./eventually.ts";

const NAME = "iqn.2026-01.example:two-groups";

/** Server, target and proxies. */
export class SessionStage implements AsyncDisposable {
  /** Name of the target. */
  readonly target = NAME;
  /** What was said at logins to group 1. */
  readonly logins: LoginTexts;
  readonly #server: Server;
  readonly #proxies: readonly [Proxy, Proxy];
  readonly #pings: Pings;

  private constructor(server: Server, proxies: readonly [Proxy, Proxy], logins: LoginTexts, pings: Pings) {
    this.#server = server;
    this.logins = logins;
    this.#proxies = proxies;
    this.#pings = pings;
  }

  /** Sets it up: a ping after two seconds of silence, if the initiator has not pinged before. */
  static async open(): Promise<SessionStage> {
    const logins = new LoginTexts();
    const pings = new Pings();
    const ports = [freePort(), freePort()] as const;
    const proxies = [
      new Proxy(ports[0], { listen: () => logins.listen() }),
      new Proxy(ports[1], { listen: () => pings.listen() }),
    ] as const;
    const server = new Server({
      listen: ports.map((port, index) => ({
        ...{ hostname: "127.0.0.1", port, portalGroup: index + 1 },
        advertise: { hostname: "10.0.2.2", port: proxies[index]?.port ?? 0 },
      })),
      targets: [{ name: NAME, luns: [{ lun: 0, store: new MemoryStore(64 * 1024 * 1024) }] }],
      local: { ...defaultLocalParameters, errorRecoveryLevel: 2 },
      timeouts: { ...defaultTimeouts, ping: 2000 },
    });
    await server.start();
    return new SessionStage(server, proxies, logins, pings);
  }

  /** Ports of the portals of group 1 and 2; digests must not be agreed on at the second one. */
  get ports(): readonly [number, number] {
    return [this.#proxies[0].port, this.#proxies[1].port];
  }

  /** What the guest may ask for. */
  async cue(name: string, word?: string): Promise<void> {
    if (name === "connections") {
      await eventually(`${word} connections`, () => this.#server.connections === Number(word));
    } else if (name === "damage" && (word === "initiator" || word === "target")) {
      // In the middle of data: that is what nearly all of the traffic is by then.
      await within(60, "bytes to damage", this.#proxies[0].damage(word, 200_001));
    } else if (name === "pinged") {
      await eventually("two answered pings of the target", () => this.#pings.answered.target >= 2);
    } else if (name === "echoed") {
      await eventually("two answered pings of the initiator", () => this.#pings.answered.initiator >= 2);
    } else throw new Error(`Cannot do "${name}": unknown`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
  }
}

/** Counts pings of both sides that have got their answers. */
class Pings {
  /** By who has asked. */
  readonly answered: Record<Side, number> = { initiator: 0, target: 0 };

  /** Listens to one more connection. */
  listen(): Listening {
    const asked: Record<Side, Set<number>> = { initiator: new Set(), target: new Set() };
    const streams = {
      initiator: new PduHeaders((header) => {
        if (bhs.opcode.get(header) !== opcode.nopOut) return;
        const { initiatorTaskTag, targetTransferTag } = nopOut.decode(header);
        // An answer has no tag of the initiator's own, a question no tag of the target's (RFC 7143 §11.18).
        if (initiatorTaskTag !== RESERVED_TAG) asked.initiator.add(initiatorTaskTag);
        else if (asked.target.delete(targetTransferTag)) this.answered.target++;
      }),
      target: new PduHeaders((header) => {
        if (bhs.opcode.get(header) !== opcode.nopIn) return;
        const { initiatorTaskTag, targetTransferTag } = nopIn.decode(header);
        if (targetTransferTag !== RESERVED_TAG) asked.target.add(targetTransferTag);
        else if (asked.initiator.delete(initiatorTaskTag)) this.answered.initiator++;
      }),
    };
    return { heard: (side, bytes) => streams[side].push(bytes) };
  }
}
