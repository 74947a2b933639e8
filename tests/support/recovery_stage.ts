/**
 * The host's side of a guest's story about trouble: a server process with two portals, each behind a proxy of its own,
 * and everything that can happen to them.
 *
 * @module
 */

import { assert } from "@std/assert";
import { opcode } from "../../lib/iscsi/constants.ts";
import { bhs } from "../../lib/iscsi/pdu/bhs.ts";
import { taskManagementRequest } from "../../lib/iscsi/pdu/task_management.ts";
import { eventually } from "./eventually.ts";
import { PduHeaders } from "./pdu_headers.ts";
import { type Listening, Proxy } from "./proxy.ts";
import { secondPort, type Served, serveLunbox } from "./served.ts";

/** Server and proxies. */
export class RecoveryStage implements AsyncDisposable {
  /** Task management functions that the initiator has asked for (RFC 7143 §11.5.1), in their order. */
  readonly functions: number[];
  readonly #image: string;
  readonly #proxies: readonly [Proxy, Proxy];
  #served: Served;
  #logs = "";

  private constructor(image: string, served: Served, proxies: readonly [Proxy, Proxy], functions: number[]) {
    this.#image = image;
    this.#served = served;
    this.#proxies = proxies;
    this.functions = functions;
  }

  /** Serves `image`. */
  static async open(image: string): Promise<RecoveryStage> {
    const functions: number[] = [];
    const second = secondPort();
    const served = await serveOn(image, second.listen);
    const listen = (): Listening => {
      const headers = new PduHeaders((header) => {
        if (bhs.opcode.get(header) !== opcode.taskManagementRequest) return;
        functions.push(taskManagementRequest.function.get(header));
      });
      return { heard: (side, bytes) => side === "initiator" ? headers.push(bytes) : undefined };
    };
    const proxies = [new Proxy(served.port, { listen }), new Proxy(second.target, { listen })] as const;
    return new RecoveryStage(image, served, proxies, functions);
  }

  /** Name of the target. */
  get target(): string {
    return this.#served.target;
  }

  /** Ports of the two portals. */
  get ports(): readonly [number, number] {
    return [this.#proxies[0].port, this.#proxies[1].port];
  }

  /** Everything that the servers, one after the other, have said. */
  get log(): string {
    return this.#logs + this.#served.log();
  }

  /** What the guest may ask for; `word` is a portal, 1 or 2, or a number of connections. */
  async cue(name: string, word?: string): Promise<void> {
    const proxy = this.#proxies[word === "2" ? 1 : 0];
    const before = proxy.accepted;
    const back = (): Promise<void> => eventually("the initiator's return", () => proxy.accepted > before);
    switch (name) {
      case "cut":
        // In the middle of a data segment, most likely.
        await proxy.cut(1_000_003);
        return await back();
      case "kill":
        Deno.kill(this.#served.pid, "SIGKILL");
        await this.#served.stop().then(() => assert(false, "a killed server ended well"), () => {});
        await this.#serveAgain();
        return await back();
      case "restart":
        await this.#served.stop();
        await this.#serveAgain();
        return await back();
      case "silence":
        return Deno.kill(this.#served.pid, "SIGSTOP");
      case "speech":
        return Deno.kill(this.#served.pid, "SIGCONT");
      case "away":
        return proxy.takeAway();
      case "back":
        proxy.putBack();
        return await back();
      case "connections":
        return await eventually(`${word} connections`, () => sumOf(this.#proxies) === Number(word));
      default:
        throw new Error(`Cannot do "${name}": unknown`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Deno.kill(this.#served.pid, "SIGCONT");
    await this.#served.stop();
    for (const proxy of this.#proxies) await proxy[Symbol.asyncDispose]();
  }

  async #serveAgain(): Promise<void> {
    this.#logs += this.#served.log();
    const second = secondPort();
    this.#served = await serveOn(this.#image, second.listen);
    this.#proxies[0].upstream = this.#served.port;
    this.#proxies[1].upstream = second.target;
  }
}

function sumOf([first, second]: readonly [Proxy, Proxy]): number {
  return first.open + second.open;
}

// The second portal is the slower way to the disk, so that initiators prefer the first one.
function serveOn(image: string, second: number): Promise<Served> {
  return serveLunbox({ images: [image], args: ["--listen", `127.0.0.1:${second},group=2,access=non-optimized`] });
}
