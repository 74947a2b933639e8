/**
 * A client that says exactly what it is told, over a real socket: for tests of what a server does with bad company.
 * It shares the layouts with the server, but none of its logic.
 *
 * @module
 */

import { opcode, RESERVED_TAG, stage } from "../../lib/iscsi/constants.ts";
import { bhs, dataLengthOf, paddingOf } from "../../lib/iscsi/pdu/bhs.ts";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { loginRequest, loginResponse } from "../../lib/iscsi/pdu/login.ts";
import { logoutRequest } from "../../lib/iscsi/pdu/logout.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { nopIn, nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { encodeText } from "../../lib/iscsi/text.ts";

/** A PDU as it came. */
export interface WirePdu {
  /** The 48 bytes of the basic header segment. */
  readonly header: Uint8Array;
  /** The data segment without padding. */
  readonly data: Uint8Array;
}

/** Whom to log in as, and where to. */
export interface WireLogin {
  /** Name of the target. */
  readonly target: string;
  /** Last byte of the ISID: the same initiator with another one is another session. */
  readonly qualifier?: number;
  /** Name of the initiator. */
  readonly initiator?: string;
}

/** A SCSI command and how it ended. */
export interface WireResult {
  /** SCSI status. */
  readonly status: number;
  /** Data from the target. */
  readonly data: Uint8Array;
}

/** One connection of a client. */
export class WireClient implements Disposable {
  readonly #socket: Deno.TcpConn;
  #cmdSn = 1;
  #expStatSn = 0;
  #tag = 1;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /** Connects to `port` of 127.0.0.1 and says nothing. */
  static async connect(port: number): Promise<WireClient> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return new WireClient(socket);
  }

  /** Connects and logs in. */
  static async session(port: number, login: WireLogin): Promise<WireClient> {
    const client = await WireClient.connect(port);
    try {
      await client.login(login);
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Closes the connection without a word. */
  close(): void {
    try {
      this.#socket.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The Login Request with which a session starts, all of it. */
  static loginBytes({ target, qualifier = 0, initiator = "iqn.2026-01.example:wire" }: WireLogin): Uint8Array {
    const header = loginRequest.encode({
      ...{ opcode: opcode.loginRequest, immediate: true, transit: true },
      ...{ currentStage: stage.operational, nextStage: stage.fullFeature, cmdSn: 1 },
      isid: Uint8Array.of(0x80, 0, 0, 0, 0, qualifier),
    });
    const keys = { InitiatorName: initiator, SessionType: "Normal", TargetName: target, ...KEYS };
    return frame(header, encodeText(Object.entries(keys)));
  }

  /**
   * Logs in.
   *
   * @throws {Error} If the target refuses.
   */
  async login(login: WireLogin): Promise<void> {
    await this.write(WireClient.loginBytes(login));
    const { header } = await this.receive();
    const { opcode: kind, statusClass, statusDetail, transit, statSn } = loginResponse.decode(header);
    if (kind !== opcode.loginResponse || statusClass !== 0 || !transit) {
      throw new Error(`Cannot log in: opcode ${kind}, status ${statusClass}/${statusDetail}, T ${transit}`);
    }
    this.#expStatSn = statSn + 1;
  }

  /** Logs out and waits for the answer. */
  async logout(): Promise<void> {
    const header = logoutRequest.encode({ opcode: opcode.logoutRequest, immediate: true, final: true });
    await this.send(header);
    while (bhs.opcode.get((await this.receive()).header) !== opcode.logoutResponse);
  }

  /** Runs a SCSI command, with `write` as immediate data or `read` bytes expected, and waits for its end. */
  async command(cdb: Uint8Array, { lun = 0, write = NONE, read = 0 }): Promise<WireResult> {
    await this.send(
      scsiCommand.encode({
        ...{ opcode: opcode.scsiCommand, final: true, attribute: 1, cdb, lun: encodeLun(lun) },
        ...{ read: read > 0, write: write.length > 0, expectedDataTransferLength: read || write.length },
        cmdSn: this.#cmdSn++,
      }),
      write,
    );
    const into = new Uint8Array(read);
    while (true) {
      const { header, data } = await this.receive();
      const kind = bhs.opcode.get(header);
      if (kind === opcode.scsiDataIn) into.set(data, dataIn.bufferOffset.get(header));
      if (kind === opcode.scsiDataIn && dataIn.hasStatus.get(header)) {
        return { status: dataIn.status.get(header), data: into };
      }
      if (kind === opcode.scsiResponse) return { status: scsiResponse.status.get(header), data: into };
      if (kind === opcode.reject) throw new Error("Cannot run the command: rejected");
    }
  }

  /** Sends a PDU; the tag and the sequence numbers that every request has are filled in. */
  async send(header: Uint8Array, data: Uint8Array = NONE): Promise<void> {
    bhs.initiatorTaskTag.set(header, this.#tag++);
    nopOut.expStatSn.set(header, this.#expStatSn);
    if (bhs.immediate.get(header)) nopOut.cmdSn.set(header, this.#cmdSn);
    await this.write(frame(header, data));
  }

  /** The next PDU; the target's pings are answered on the way. */
  async receive(): Promise<WirePdu> {
    while (true) {
      const header = await this.#read(bhs.size);
      const length = dataLengthOf(header);
      const data = (await this.#read(length + paddingOf(length))).subarray(0, length);
      const ping = bhs.opcode.get(header) === opcode.nopIn && nopIn.targetTransferTag.get(header) !== RESERVED_TAG;
      if (!ping) {
        if (hasStatus(header)) this.#expStatSn = nopIn.statSn.get(header) + 1;
        return { header, data };
      }
      await this.#pong(header);
    }
  }

  /** Writes raw bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }

  /** Reads and forgets until the server closes the connection, or resets it. */
  async untilClosed(): Promise<void> {
    const scrap = new Uint8Array(65536);
    try {
      while (await this.#socket.read(scrap) !== null);
    } catch (error) {
      if (!GONE.some((kind) => error instanceof kind)) throw error;
    }
  }

  async #pong(header: Uint8Array): Promise<void> {
    const answer = nopOut.encode({
      ...{ opcode: opcode.nopOut, immediate: true, final: true, initiatorTaskTag: RESERVED_TAG },
      ...{ lun: nopIn.lun.get(header), targetTransferTag: nopIn.targetTransferTag.get(header) },
      ...{ cmdSn: this.#cmdSn, expStatSn: this.#expStatSn },
    });
    await this.write(answer);
  }

  async #read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const count = await this.#socket.read(bytes.subarray(at));
      if (count === null) throw new Deno.errors.UnexpectedEof("Cannot read a PDU: connection closed");
      at += count;
    }
    return bytes;
  }
}

/** What a socket says of a peer that is gone. */
export const GONE = [
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
  Deno.errors.BrokenPipe,
  Deno.errors.UnexpectedEof,
] as const;

/** A header and its data segment as they go on the wire. */
export function frame(header: Uint8Array, data: Uint8Array = NONE): Uint8Array {
  const whole = new Uint8Array(header.length + data.length + paddingOf(data.length));
  whole.set(header);
  whole.set(data, header.length);
  bhs.dataSegmentLength.set(whole, data.length);
  return whole;
}

// R2T and Data-In without status show StatSN without using one up (RFC 7143 §11.7.5, §11.8.2).
function hasStatus(header: Uint8Array): boolean {
  const kind = bhs.opcode.get(header);
  return kind !== opcode.r2t && (kind !== opcode.scsiDataIn || dataIn.hasStatus.get(header));
}

const NONE = new Uint8Array(0);

const KEYS = {
  HeaderDigest: "None",
  DataDigest: "None",
  InitialR2T: "Yes",
  ImmediateData: "Yes",
  MaxRecvDataSegmentLength: "262144",
  MaxBurstLength: "262144",
  FirstBurstLength: "65536",
  ErrorRecoveryLevel: "0",
};
