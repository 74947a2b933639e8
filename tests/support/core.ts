/**
 * A connection in full feature phase without a login, a socket or a device server: for tests of the small parts of
 * `lib/iscsi`.
 *
 * @module
 */

import { BufferPool } from "../../lib/bytes/pool.ts";
import type { Fields, Layout, Values } from "../../lib/bytes/layout.ts";
import { Connection } from "../../lib/iscsi/connection.ts";
import type { SessionHost } from "../../lib/iscsi/host.ts";
import { defaultTimeouts, type Timeouts } from "../../lib/iscsi/keep_alive.ts";
import {
  type ConnectionParameters,
  defaultLocalParameters,
  type SessionParameters,
} from "../../lib/iscsi/parameters.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { Session } from "../../lib/iscsi/session.ts";
import { type IscsiTask, phase } from "../../lib/iscsi/task.ts";
import { Nexus } from "../../lib/scsi/nexus.ts";
import { FakeLuns } from "./fake_task.ts";
import { openHost } from "./login_steps.ts";
import { ScriptedInitiator } from "./scripted_initiator.ts";

/** How a {@link Core} differs from the plain one. */
export interface CoreOptions {
  readonly parameters?: Partial<SessionParameters>;
  readonly connection?: Partial<ConnectionParameters>;
  readonly queueDepth?: number;
  /** Bytes that the pool lends. */
  readonly limit?: number;
  readonly type?: "Normal" | "Discovery";
  readonly timeouts?: Timeouts;
}

/** What RFC 7143 §13 has as defaults. */
export const sessionParameters: SessionParameters = {
  maxConnections: 1,
  initialR2T: true,
  immediateData: true,
  maxBurstLength: 262144,
  firstBurstLength: 65536,
  defaultTime2Wait: 2,
  defaultTime2Retain: 20,
  maxOutstandingR2T: 1,
  dataPduInOrder: true,
  dataSequenceInOrder: true,
  errorRecoveryLevel: 0,
  iscsiProtocolLevel: 1,
  taskReporting: "RFC3720",
};

const connectionParameters: ConnectionParameters = {
  headerDigest: false,
  dataDigest: false,
  initiatorMaxRecvDataSegmentLength: 262144,
  targetMaxRecvDataSegmentLength: 262144,
};

/** A house with one target and nobody to admit. */
export const coreHost: SessionHost = {
  ...openHost,
  local: defaultLocalParameters,
  sendTargets: () => [],
  admit(): Session {
    throw new Error("Cannot admit anyone: this is a test");
  },
};

/** A session, its connection, and the initiator at the other end. The test is the device server. */
export class Core {
  readonly pool: BufferPool;
  readonly session: Session;
  readonly connection: Connection;
  readonly initiator: ScriptedInitiator = new ScriptedInitiator();
  now = 0;

  constructor(options: CoreOptions = {}) {
    this.pool = new BufferPool(options.limit === undefined ? {} : { limit: options.limit });
    this.session = newSession(this.pool, options);
    this.connection = new Connection({
      host: coreHost,
      pool: this.pool,
      timeouts: options.timeouts ?? defaultTimeouts,
      now: 0,
    });
    const parameters = { ...connectionParameters, ...options.connection };
    this.connection.enterFullFeature(this.session, 1, parameters);
    this.initiator.headerDigest = parameters.headerDigest;
    this.initiator.dataDigest = parameters.dataDigest;
  }

  /** Builds a PDU and lets the connection receive it. */
  send<F extends Fields>(layout: Layout<F>, values: Partial<Values<F>> = {}, data?: Uint8Array): void {
    this.receive(this.initiator.pdu(layout, values, data));
  }

  /** Lets the connection receive bytes. */
  receive(bytes: Uint8Array): void {
    feed(this.connection, bytes, this.now);
  }

  /** Sends a SCSI command and takes it as the device server does; it waits in `phase.running`. */
  command(values: Partial<Values<typeof scsiCommand.fields>> = {}, data?: Uint8Array): IscsiTask {
    this.send(scsiCommand, values, data);
    return this.next();
  }

  /** The next task for the device server. */
  next(): IscsiTask {
    const task = this.session.nextTask();
    if (task === undefined) throw new Error("Cannot take a task: none is ready");
    if (task.phase !== phase.dropped) task.phase = phase.running;
    return task;
  }

  /** Hands what was sent to the initiator. */
  flush(): ScriptedInitiator {
    const { transmit } = this.connection.sender;
    for (let bytes = transmit.peek(); bytes !== undefined; bytes = transmit.peek()) {
      this.initiator.receive(bytes);
      this.connection.sent(bytes.length);
    }
    return this.initiator;
  }

  /** Ends the connection, lets go of all tasks and returns how many bytes are still lent. */
  end(): number {
    this.connection.close();
    for (let task = this.session.nextTask(); task !== undefined; task = this.session.nextTask()) {
      this.session.release(task);
    }
    this.session.tasks.forEach((task) => this.session.release(task));
    return this.pool.lent;
  }
}

/** A session without connections. */
export function newSession(pool: BufferPool, options: CoreOptions = {}): Session {
  const { parameters, queueDepth = 8, type = "Normal" } = options;
  return new Session({
    initiatorName: "iqn.1991-05.com.example:host",
    isid: Uint8Array.of(0x80, 0x12, 0x34, 0x56, 0, 1),
    tsih: 1,
    type,
    targetName: type === "Normal" ? "iqn.2024-01.org.lunbox:disk" : "",
    portalGroupTag: 1,
    parameters: { ...sessionParameters, ...parameters },
    cmdSn: 1,
    queueDepth,
    nexus: new Nexus("host,i,1", { name: "disk,t,1", relativeId: 1, groupId: 1 }, new FakeLuns()),
    pool,
  });
}

/** Gives bytes to a connection as a socket does. */
export function feed(connection: Connection, bytes: Uint8Array, now = 0): void {
  const { deframer } = connection;
  for (let at = 0; at < bytes.length;) {
    const want = deframer.want();
    const length = Math.min(want.length, bytes.length - at);
    want.set(bytes.subarray(at, at + length));
    deframer.fill(length);
    at += length;
    for (let pdu = deframer.next(); pdu !== undefined; pdu = deframer.next()) connection.receive(pdu, now);
  }
}
