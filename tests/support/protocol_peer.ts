/**
 * A scripted initiator whose bytes go to a connection of the {@link ProtocolHarness} and come back from it, as over a
 * socket, but at once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Fields, type Layout, readU32, type Values } from "../../lib/bytes/layout.ts";
import { Connection } from "../../lib/iscsi/connection.ts";
import type { ConnectionEvent } from "../../lib/iscsi/events.ts";
import type { SessionHost } from "../../lib/iscsi/host.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import * as pdus from "../../lib/iscsi/pdu/mod.ts";
import { decodeText, type TextPair } from "../../lib/iscsi/text.ts";
import { join, type PduOptions } from "./pdu_bytes.ts";
import { type ProtocolHarness, TARGET } from "./protocol_harness.ts";
import { ScriptedInitiator } from "./scripted_initiator.ts";

/** How an initiator logs in; what is absent is as usual. */
export interface LogIn {
  readonly initiator?: string;
  /** Last byte of the ISID. */
  readonly isid?: number;
  readonly cmdSn?: number;
  /** Keys beside the names, which may be replaced too; those that are `undefined` are left out. */
  readonly keys?: Readonly<Record<string, string | undefined>>;
}

/** What a SCSI command is; what is absent is 0. */
export type CommandOptions = {
  /** Bytes expected from the target: sets R. */
  readonly read?: number;
  /** Bytes expected by the target: sets W. */
  readonly write?: number;
  readonly lun?: number;
  /** Immediate data. */
  readonly data?: Uint8Array;
  readonly pdu?: PduOptions;
} & Omit<Partial<Values<typeof pdus.scsiCommand.fields>>, "read" | "write" | "lun" | "cdb">;

/** How a command has ended. */
export interface Ending {
  readonly status: number;
  /** Sense key, additional sense code and qualifier in hexadecimal, such as `5/24/00`; empty without sense data. */
  readonly sense: string;
  /** Bytes by which less (below zero) or more (above) than expected was moved. */
  readonly residual: number;
  readonly data: Uint8Array;
}

/** An initiator on a connection. */
export class Peer extends ScriptedInitiator {
  readonly connection: Connection;
  /** What the target's log has read. */
  readonly events: ConnectionEvent[] = [];
  /** The connection is gone. */
  ended = false;
  /** Why the target has ended the connection. */
  error: unknown = undefined;
  /** Takes nothing off the connection. */
  stalled = false;
  /** Most bytes that the target gets in one read. */
  cut = Infinity;
  readonly #house: ProtocolHarness;

  constructor(house: ProtocolHarness, host: SessionHost) {
    super();
    this.#house = house;
    const { pool, timeouts, now } = house;
    this.connection = new Connection({
      host,
      pool,
      timeouts,
      now,
      wake: () => this.flush(),
      hangUp: (reason) => this.end(reason),
    });
    this.connection.attachment = this;
  }

  /** Sends a PDU and returns its task tag. */
  send<F extends Fields>(
    layout: Layout<F>,
    values: Partial<Values<F>> = {},
    data?: Uint8Array,
    options?: PduOptions,
  ): number {
    const bytes = this.pdu(layout, values, data, options);
    this.deliver(bytes);
    return readU32(bytes, 16);
  }

  /** Sends bytes. */
  deliver(bytes: Uint8Array): void {
    const { deframer } = this.connection;
    for (let at = 0; at < bytes.length && !this.ended;) {
      const want = deframer.want();
      const length = Math.min(want.length, bytes.length - at, this.cut);
      want.set(bytes.subarray(at, at + length));
      deframer.fill(length);
      at += length;
      this.#receiveAll();
    }
    this.flush();
  }

  /** Takes what the target has sent. */
  flush(): void {
    const { transmit } = this.connection.sender;
    if (this.stalled || this.ended) return;
    for (let bytes = transmit.peek(); bytes !== undefined; bytes = transmit.peek()) {
      const copy = bytes.slice();
      this.connection.sent(copy.length);
      this.receive(copy);
    }
    if (this.connection.closing) this.end();
  }

  /** The connection is gone, for the target's reason or for ours. */
  end(error?: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    const { connection } = this;
    const { engine, catalogue } = this.#house;
    connection.close(error);
    if (connection.inFullFeature) {
      this.#house.run(connection.session, this);
      engine.tick(this.#house.now);
      if (connection.session.closed) catalogue.leave(connection.session);
    }
    this.#takeEvents();
  }

  /** Does what time has brought. */
  tick(): void {
    if (this.ended) return;
    try {
      this.connection.tick(this.#house.now);
      this.flush();
    } catch (error) {
      this.end(error);
    }
  }

  /** Logs in and returns the target's answers. */
  logIn({ initiator = "iqn.2026-01.org.example:host", isid = 1, cmdSn, keys }: LogIn = {}): Map<string, string> {
    if (cmdSn !== undefined) this.cmdSn = cmdSn;
    const offers = { InitiatorName: initiator, TargetName: TARGET, ...keys };
    const pairs = Object.entries(offers).filter((pair): pair is [string, string] => pair[1] !== undefined);
    this.deliver(this.login(pairs, { isid: isidOf(isid) }));
    const [{ statusClass, statusDetail, transit, tsih }, answers] = this.expectText(pdus.loginResponse);
    assertEquals([statusClass, statusDetail, transit, tsih > 0], [0, 0, true, true]);
    const agreed = new Map(answers);
    this.headerDigest = agreed.get("HeaderDigest") === "CRC32C";
    this.dataDigest = agreed.get("DataDigest") === "CRC32C";
    return agreed;
  }

  /** Sends a SCSI command and returns its task tag. */
  command(cdb: Uint8Array, options: CommandOptions = {}): number {
    const { read, write, lun = 0, data, pdu, ...values } = options;
    return this.send(
      pdus.scsiCommand,
      {
        attribute: 1,
        read: read !== undefined,
        write: write !== undefined,
        expectedDataTransferLength: write ?? read ?? 0,
        lun: encodeLun(lun),
        cdb: padded(cdb),
        ...values,
      },
      data,
      pdu,
    );
  }

  /** Reads until a command has ended, with whatever data comes before; no other answer may come between. */
  ending(initiatorTaskTag?: number): Ending {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const answer = this.next();
      if (answer === undefined) throw new Error("Cannot read how the command ended: nothing has come");
      const { name, header, data } = answer;
      if (name !== "dataIn" && name !== "scsiResponse") throw new Error(`Cannot read a status: there is ${name}`);
      if (initiatorTaskTag !== undefined) assertEquals(pdus.bhs.initiatorTaskTag.get(header), initiatorTaskTag);
      if (name === "scsiResponse") return endingOf(pdus.scsiResponse.decode(header), data, pieces);
      pieces.push(data);
      if (pdus.dataIn.hasStatus.get(header)) return endingOf(pdus.dataIn.decode(header), new Uint8Array(0), pieces);
    }
  }

  /** The next answer, which must be a Reject, as its reason. */
  rejected(): number {
    return this.expect(pdus.reject).reason;
  }

  /** Sends text in full feature phase and returns what is answered. */
  text(pairs: Iterable<TextPair>, values: Partial<Values<typeof pdus.textRequest.fields>> = {}): Map<string, string> {
    const text = new TextEncoder().encode([...pairs].map(([key, value]) => `${key}=${value}\0`).join(""));
    this.send(pdus.textRequest, values, text);
    return new Map(decodeText(this.expect(pdus.textResponse).data));
  }

  /** The target must have ended the connection by itself. */
  expectEnd(): void {
    if (!this.ended) throw new Error("Cannot see the end: the connection is open");
  }

  #receiveAll(): void {
    const { connection } = this;
    try {
      for (let pdu = connection.deframer.next(); pdu !== undefined; pdu = connection.deframer.next()) {
        if (connection.closing) continue;
        connection.receive(pdu, this.#house.now);
        if (connection.inFullFeature) this.#house.run(connection.session, this);
        this.#takeEvents();
        if (this.ended) return;
      }
    } catch (error) {
      this.flush();
      this.end(error);
    }
  }

  #takeEvents(): void {
    for (let event = this.connection.nextEvent(); event; event = this.connection.nextEvent()) this.events.push(event);
  }
}

/** A session identifier of the random kind, by its last byte. */
export function isidOf(last: number): Uint8Array {
  return Uint8Array.of(0x80, 0x12, 0x34, 0x56, 0x00, last);
}

function endingOf(
  values: { status: number; overflow: boolean; underflow: boolean; residualCount: number },
  data: Uint8Array,
  pieces: readonly Uint8Array[],
): Ending {
  const { status, overflow, underflow, residualCount } = values;
  const sense = [data[4], data[14], data[15]].map((byte = 0, i) => byte.toString(16).padStart(i === 0 ? 1 : 2, "0"));
  return {
    status,
    sense: data.length > 0 ? sense.join("/") : "",
    residual: overflow ? residualCount : underflow ? -residualCount : 0,
    data: join(pieces),
  };
}

function padded(cdb: Uint8Array): Uint8Array {
  const whole = new Uint8Array(16);
  whole.set(cdb.subarray(0, 16));
  return whole;
}
