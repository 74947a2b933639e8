/**
 * Keeps targets registered with an iSNS server (RFC 4171 §2.9.1): registers, says now and then that they live, registers
 * again when the server has forgotten them or was away, and takes them back at the end.
 *
 * @module
 */

import type { Logger } from "@std/log/logger";
import { readU32 } from "../bytes/layout.ts";
import { isnsTag } from "./constants.ts";
import type { StateChange } from "./events.ts";
import { IsnsExchange, IsnsRefusedError, type IsnsTransport } from "./exchange.ts";
import { valueOf } from "./message.ts";
import { deregistration, heartbeat, type IsnsEntity, registration, scnRegistration } from "./registration.ts";

/** Listens for what a server has to tell. */
export interface IsnsEvents {
  /** TCP port. */
  readonly port: number;
  close(): void;
}

/** What a client needs of the world. */
export interface IsnsNetwork {
  /** Connects to the server. */
  dial(): Promise<IsnsTransport>;
  /** Listens for the server on an address of ours; absent or failing: we are told nothing. */
  listen?(hostname: string, learn: (change: StateChange) => void): IsnsEvents;
  /** Settles after so many milliseconds, or at once when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** What a client is made of. */
export interface IsnsClientOptions {
  readonly network: IsnsNetwork;
  /**
   * What to register, as it is now.
   *
   * @param localHostname our address on the way to the server
   */
  entity(localHostname: string): Omit<IsnsEntity, "eventPort" | "registrationPeriod">;
  readonly log?: Logger | undefined;
  /** Seconds after which the server may forget us; 300 by default. */
  readonly registrationPeriod?: number | undefined;
}

/** Milliseconds for everything that is asked on one connection. */
const PATIENCE = 10_000;

/** Milliseconds for taking everything back at the end. */
const LAST_PATIENCE = 2_000;

/** Shortest registration period that we keep to, in seconds. */
const SHORTEST_PERIOD = 10;

/** Milliseconds before the first attempt to try again, and at most. */
const RETRY = { first: 2_000, most: 60_000 } as const;

/** Keeps one server informed. */
export class IsnsClient {
  readonly #options: IsnsClientOptions;
  /** Seconds: as we would like it, then as the server has it. */
  #period: number;
  readonly #wish: number;
  readonly #end = new AbortController();
  #nap = new AbortController();
  #events: IsnsEvents | undefined;
  #registered: IsnsEntity | undefined;
  #failed = false;
  #running: Promise<void> | undefined;

  constructor(options: IsnsClientOptions) {
    this.#options = options;
    this.#wish = options.registrationPeriod ?? 300;
    this.#period = this.#wish;
  }

  /** The server knows us, as far as we know. */
  get registered(): boolean {
    return this.#registered !== undefined;
  }

  /** Begins. What fails is logged and tried again. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Targets or portals are others now: registers again. */
  changed(): void {
    this.#registered = undefined;
    this.#nap.abort();
  }

  /** Takes everything back, as far as the server can be reached, and ends. */
  async stop(): Promise<void> {
    this.#end.abort();
    this.#nap.abort();
    await this.#running;
    this.#events?.close();
    const entity = this.#registered;
    this.#registered = undefined;
    if (entity === undefined) return;
    try {
      await this.#converse(LAST_PATIENCE, (exchange) => exchange.ask(deregistration(entity)));
    } catch (error) {
      this.#options.log?.warn("iSNS deregistration failed", { reason: messageOf(error) });
    }
  }

  async #run(): Promise<void> {
    let pause: number = RETRY.first;
    while (!this.#end.signal.aborted) {
      this.#nap = new AbortController();
      let next: number;
      try {
        await this.#refresh();
        pause = RETRY.first;
        next = this.#period * 500;
      } catch (error) {
        this.#fail(error);
        next = pause;
        pause = Math.min(2 * pause, RETRY.most);
      }
      await this.#options.network.wait(next, AbortSignal.any([this.#end.signal, this.#nap.signal]));
    }
  }

  /** Says that we live; registers when the server does not know it. */
  async #refresh(): Promise<void> {
    const known = this.#registered;
    await this.#converse(PATIENCE, async (exchange, localHostname) => {
      if (known !== undefined) {
        if (await stillKnown(exchange, known)) return;
        this.#options.log?.warn("the iSNS server has forgotten us");
      }
      await this.#register(exchange, localHostname);
    });
  }

  async #register(exchange: IsnsExchange, localHostname: string): Promise<void> {
    this.#registered = undefined;
    this.#listen(localHostname);
    const entity = {
      ...this.#options.entity(localHostname),
      registrationPeriod: this.#wish,
      eventPort: this.#events?.port,
    };
    if (entity.targets.length === 0) return;
    const answer = await exchange.ask(registration(entity));
    const granted = valueOf(answer, isnsTag.registrationPeriod);
    if (granted?.length === 4) this.#period = Math.min(Math.max(readU32(granted, 0), SHORTEST_PERIOD), this.#wish);
    this.#registered = entity;
    this.#failed = false;
    this.#options.log?.info("registered with iSNS", { entity: entity.identifier, targets: entity.targets.length });
    if (entity.eventPort === undefined) return;
    for (const target of entity.targets) {
      // A server without state changes is still one that knows us.
      await exchange.ask(scnRegistration(entity, target)).catch((error) => {
        this.#options.log?.debug("no iSNS state changes", { reason: messageOf(error) });
      });
    }
  }

  #listen(localHostname: string): void {
    if (this.#events !== undefined) return;
    try {
      this.#events = this.#options.network.listen?.(localHostname, ({ name, change }) => {
        this.#options.log?.info("iSNS state change", { node: name, change });
      });
    } catch (error) {
      this.#options.log?.debug("no iSNS state changes", { reason: messageOf(error) });
    }
  }

  /** Runs a conversation on a connection of its own, which ends when it takes too long. */
  async #converse(
    patience: number,
    talk: (exchange: IsnsExchange, localHostname: string) => Promise<unknown>,
  ): Promise<void> {
    const transport = await this.#options.network.dial();
    const done = new AbortController();
    const late = this.#options.network.wait(patience, done.signal).then(() => {
      if (!done.signal.aborted) throw new Error(`Cannot wait any longer: no answer within ${patience} ms`);
    });
    try {
      await Promise.race([talk(new IsnsExchange(transport), transport.localHostname), late]);
    } finally {
      done.abort();
      late.catch(() => {});
      transport.close();
    }
  }

  /** Once when it begins to fail, not at each attempt. */
  #fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#options.log?.warn("iSNS registration failed, trying again", { reason: messageOf(error) });
  }
}

async function stillKnown(exchange: IsnsExchange, entity: IsnsEntity): Promise<boolean> {
  try {
    const { attributes } = await exchange.ask(heartbeat(entity));
    return attributes.length > 0;
  } catch (error) {
    if (error instanceof IsnsRefusedError) return false;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
