/**
 * Asynchronous Messages (RFC 7143 §11.9): what the target has to say without being asked. Boot firmware of UEFI takes any
 * of them for an error, so none is sent that is not needed.
 *
 * Tested in tests/protocol/async_messages_test.ts.
 *
 * @module
 */

import { writeU16 } from "../bytes/layout.ts";
import type { Connection } from "./connection.ts";
import { asyncEvent, opcode, RESERVED_TAG } from "./constants.ts";
import { asyncMessage } from "./pdu/async_message.ts";

/** What an Asynchronous Message says; what is absent is 0. */
export interface AsyncContent {
  /** The LUN field. */
  readonly lun?: Uint8Array;
  readonly parameter1?: number;
  readonly parameter2?: number;
  readonly parameter3?: number;
  /** Sense data, which goes behind its length (RFC 7143 §11.9.4). */
  readonly sense?: Uint8Array;
}

/** Asks for a logout of the connection within `seconds` (event 1). */
export function requestLogout(connection: Connection, seconds: number): void {
  sendAsync(connection, asyncEvent.logoutRequested, { parameter3: seconds });
}

/** Says on one connection that another one of the session is dropped (event 2). */
export function announceDroppedConnection(connection: Connection, cid: number): void {
  if (!connection.inFullFeature) return;
  const { defaultTime2Wait, defaultTime2Retain } = connection.session.parameters;
  sendAsync(connection, asyncEvent.connectionDropped, {
    parameter1: cid,
    parameter2: defaultTime2Wait,
    parameter3: defaultTime2Retain,
  });
}

/** Says on another connection of its session, if there is one, that a connection is dropped. */
export function announceDrop(dropped: Connection): void {
  if (!dropped.inFullFeature) return;
  const other = dropped.session.connections.values().find((each) => each !== dropped && !each.closed);
  if (other !== undefined) announceDroppedConnection(other, dropped.cid);
}

/** Says that all connections of the session are dropped (event 3). */
export function announceDroppedSession(connection: Connection): void {
  if (!connection.inFullFeature) return;
  const { defaultTime2Wait } = connection.session.parameters;
  sendAsync(connection, asyncEvent.sessionDropped, { parameter2: defaultTime2Wait });
}

/** Says that the tasks of a logical unit end that are allegiant to the connection (event 5, RFC 7143 §4.2.3.4). */
export function announceTerminatedTasks(connection: Connection, lun: Uint8Array): void {
  sendAsync(connection, asyncEvent.tasksTerminated, { lun });
}

/** Reports a SCSI event (event 0): for initiators that are known to take it. */
export function reportScsiEvent(connection: Connection, lun: Uint8Array, sense: Uint8Array): void {
  sendAsync(connection, asyncEvent.scsiEvent, { lun, sense });
}

/** Nothing is said before full feature phase, nor after a logout. */
function sendAsync(connection: Connection, event: number, content: AsyncContent): void {
  if (!connection.inFullFeature || connection.loggedOut || connection.closed) return;
  const { sender, control } = connection;
  const { lun, sense, parameter1 = 0, parameter2 = 0, parameter3 = 0 } = content;
  const length = sense === undefined ? 0 : sense.length + 2;
  sender.open(control, length, true);
  const { bytes, start } = control;
  asyncMessage.opcode.set(bytes, opcode.asyncMessage, start);
  asyncMessage.final.set(bytes, true, start);
  if (lun !== undefined) asyncMessage.lun.set(bytes, lun, start);
  asyncMessage.initiatorTaskTag.set(bytes, RESERVED_TAG, start);
  asyncMessage.statSn.set(bytes, connection.nextStatSn(), start);
  connection.setCommandSns(asyncMessage, bytes, start);
  asyncMessage.asyncEvent.set(bytes, event, start);
  asyncMessage.parameter1.set(bytes, parameter1, start);
  asyncMessage.parameter2.set(bytes, parameter2, start);
  asyncMessage.parameter3.set(bytes, parameter3, start);
  if (sense !== undefined) {
    const data = sender.dataStart(control);
    writeU16(bytes, data, sense.length);
    bytes.set(sense, data + 2);
  }
  sender.close(control, length);
}
