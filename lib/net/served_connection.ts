/**
 * A connection with its socket: reads PDUs, runs what they ask for, and writes what is to be sent.
 *
 * Data path: everything that came in one read is dealt with before one write answers it.
 *
 * @module
 */

import { Connection, type ConnectionOptions } from "../iscsi/connection.ts";
import type { ConnectionEvent } from "../iscsi/events.ts";
import type { Engine } from "./engine.ts";
import { type Arrival, pduStream } from "./pdu_stream.ts";
import { Turn } from "./turn.ts";

/** A TCP connection; {@link Deno.TcpConn} is one. */
export interface Socket {
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  write(from: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  close(): void;
}

/** What a served connection needs. */
export interface ServedOptions extends Omit<ConnectionOptions, "now"> {
  readonly socket: Socket;
  readonly engine: Engine;
  /** For the log: where the initiator is. */
  readonly peer: string;
  /** Milliseconds that the peer has to take our last word, and then again to hang up; 2000 by default. */
  readonly linger?: number;
  /** Told of what happens. */
  readonly onEvent: (served: ServedConnection, event: ConnectionEvent) => void;
  /** Told once when it is over, with the reason when there was an error. */
  readonly onEnd: (served: ServedConnection, error: unknown) => void;
}

const LINGER = 2000;

/** Bytes that wait to be sent above which nothing more is received: the peer asks faster than it listens. */
const HIGH_WATER = 2 * 1024 * 1024;

/** One connection. */
export class ServedConnection {
  readonly connection: Connection;
  readonly peer: string;
  readonly #options: ServedOptions;
  readonly #received = new Turn();
  readonly #sent = new Turn();
  #writing = false;
  #ended = false;
  #loggedIn = false;
  /** Only what is queued still leaves, and not for ever. */
  #leaving = false;
  #hungUp = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drained: (() => void) | undefined;
  #stored: (() => void) | undefined;

  constructor(options: ServedOptions) {
    this.#options = options;
    this.peer = options.peer;
    this.connection = new Connection({
      host: options.host,
      pool: options.pool,
      timeouts: options.timeouts,
      now: performance.now(),
      wake: () => this.flush(),
      hangUp: (reason) => this.end(reason),
    });
    this.connection.attachment = this;
  }

  /** Serves until either side ends the connection. Never rejects. */
  async run(): Promise<void> {
    const { connection } = this;
    this.#tick();
    let reason: unknown;
    try {
      const arrivals = pduStream(this.#options.socket, connection.deframer).getReader();
      for (;;) {
        const { value: arrival, done } = await arrivals.read();
        if (done || this.#ended) break;
        for (let pause = this.#receive(arrival); pause !== undefined; pause = this.#receive(arrival)) await pause;
      }
    } catch (error) {
      reason = error;
    }
    this.end(reason);
  }

  /**
   * Deals with what has come, then sends what there is to say to it.
   *
   * @returns what to wait for before the rest of it is dealt with; mostly nothing, when there is no rest
   */
  #receive(arrival: Arrival): Promise<void> | undefined {
    const { connection } = this;
    const now = performance.now();
    if (this.#ended) return undefined;
    for (let pdu = arrival.next(); pdu !== undefined; pdu = arrival.next()) {
      if (connection.closing) continue;
      const length = pdu.dataLength;
      connection.receive(pdu, now);
      if (connection.inFullFeature) this.#run();
      this.#reportEvents();
      const pause = this.#pause(length);
      if (pause !== undefined) return pause;
      if (this.#ended) return undefined;
    }
    this.flush();
    return undefined;
  }

  /** What to wait for before more is dealt with. */
  #pause(length: number): Promise<void> | undefined {
    const turn = this.#received.moved(length);
    const full = this.connection.sender.transmit.queued > HIGH_WATER;
    return full || this.#mustWait ? this.#rest(full, turn) : turn;
  }

  async #rest(full: boolean, turn: Promise<void> | undefined): Promise<void> {
    if (full) await this.#drain();
    if (this.#mustWait) await this.#untilStored();
    await turn;
  }

  #run(): void {
    if (!this.#loggedIn) {
      this.#loggedIn = true;
      // From now on silence counts, not the time that the login takes.
      this.#tick();
    }
    const { session } = this.connection;
    this.#options.engine.run(session);
    if (session.connections.size > 1) this.#attendToOthers();
  }

  /** What has come here may have moved something on other connections of the session. */
  #attendToOthers(): void {
    for (const { attachment } of this.connection.session.connections.values()) {
      if (attachment === this || !(attachment instanceof ServedConnection)) continue;
      attachment.#reportEvents();
      attachment.flush();
    }
  }

  /** Sends what waits to be sent. */
  flush(): void {
    this.#goOn();
    if (this.connection.closing && !this.#leaving) {
      this.#leaving = true;
      this.#linger();
    }
    if (!this.#writing && !this.#ended) this.#write();
  }

  /** Ends the connection at once. */
  end(reason?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    const { connection } = this;
    const { engine, socket } = this.#options;
    connection.close(reason);
    if (connection.inFullFeature) {
      engine.run(connection.session);
      this.#attendToOthers();
    }
    this.#drained?.();
    this.#stored?.();
    try {
      socket.close();
    } catch {
      // It was closed already.
    }
    this.#reportEvents();
    this.#options.onEnd(this, reason);
  }

  /** Writes what waits, if there is anything. Never throws. */
  #write(): void {
    try {
      const bytes = this.connection.sender.transmit.peek();
      this.#writing = bytes !== undefined;
      if (bytes !== undefined) this.#options.socket.write(bytes).then(this.#written, this.#failed);
      else if (this.connection.closing) this.#hangUp();
    } catch (error) {
      this.end(error);
    }
  }

  // Functions, made once: each write has a promise already, and needs no second one.
  readonly #written = (length: number): void => {
    if (this.#ended) return;
    try {
      this.connection.sent(length);
      if (this.connection.sender.transmit.queued <= HIGH_WATER) this.#drained?.();
      this.#goOn();
    } catch (error) {
      return this.end(error);
    }
    const turn = this.#sent.moved(length);
    if (turn === undefined) this.#write();
    else turn.then(this.#turned);
  };

  readonly #turned = (): void => {
    if (!this.#ended) this.#write();
  };

  readonly #failed = (error: unknown): void => this.end(error);

  /** Everything has been said: the peer hangs up, or we do after a while. */
  async #hangUp(): Promise<void> {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.#linger();
    try {
      await this.#options.socket.closeWrite();
    } catch (error) {
      this.end(error);
    }
  }

  #linger(): void {
    if (this.#ended) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), this.#options.linger ?? LINGER);
  }

  /** Settles when the peer has taken some of what it asked for. */
  async #drain(): Promise<void> {
    this.flush();
    if (this.#ended) return;
    await new Promise<void>((resolve) => this.#drained = resolve);
    this.#drained = undefined;
  }

  /** Memory is short, and stores will give back some of what this session has: until then it gets no more. */
  get #mustWait(): boolean {
    if (!this.#options.pool.short || this.#ended) return false;
    return this.connection.inFullFeature && this.connection.session.storing > 0;
  }

  #goOn(): void {
    if (this.#stored !== undefined && !this.#mustWait) this.#stored();
  }

  async #untilStored(): Promise<void> {
    this.flush();
    if (this.#ended) return;
    await new Promise<void>((resolve) => this.#stored = resolve);
    this.#stored = undefined;
  }

  #tick(): void {
    clearTimeout(this.#timer);
    try {
      const now = performance.now();
      const due = this.connection.tick(now);
      this.flush();
      if (due === Infinity || this.connection.closing) return;
      this.#timer = setTimeout(() => this.#tick(), Math.max(due - now, 1));
    } catch (error) {
      this.end(error);
    }
  }

  #reportEvents(): void {
    for (let event = this.connection.nextEvent(); event !== undefined; event = this.connection.nextEvent()) {
      this.#options.onEvent(this, event);
    }
  }
}
