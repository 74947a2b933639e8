/**
 * What an iSNS server tells us, and how it is answered: state changes and inquiries whether we live (RFC 4171 §5.6.5.8,
 * §5.6.5.13).
 *
 * @module
 */

import { isnsFlag, isnsFunction, isnsTag, RESPONSE, scnBit } from "./constants.ts";
import { type IsnsMessage, textOf } from "./message.ts";

/** A node that has come, gone or changed. */
export interface StateChange {
  readonly name: string;
  readonly change: "added" | "removed" | "updated";
}

/** An answer, and what we have learned. */
export interface EventAnswer {
  /** To be sent. */
  readonly answer: IsnsMessage;
  readonly changes: readonly StateChange[];
}

/** Answers a message of a server; `undefined` for one that needs no answer. */
export function answerEvent(message: IsnsMessage): EventAnswer | undefined {
  if ((message.function & RESPONSE) !== 0) return undefined;
  const { attributes, transaction } = message;
  const answer = { function: message.function | RESPONSE, flags: isnsFlag.fromClient, transaction };
  switch (message.function) {
    case isnsFunction.entityStatusInquiry:
      return { answer: { ...answer, status: 0, attributes }, changes: [] };
    case isnsFunction.stateChangeNotification:
      // The first name says whom of us it is for, and comes back.
      return { answer: { ...answer, status: 0, attributes: attributes.slice(0, 1) }, changes: changesOf(message) };
    default:
      return { answer: { ...answer, status: NOT_SUPPORTED, attributes: [] }, changes: [] };
  }
}

/** Message Not Supported (RFC 4171 §5.4). */
const NOT_SUPPORTED = 15;

/** After the destination and the time come nodes, each behind what has happened to it (RFC 4171 §5.6.5.8). */
function changesOf({ attributes }: IsnsMessage): StateChange[] {
  const changes: StateChange[] = [];
  let bits = 0;
  for (const [tag, value] of attributes.slice(1)) {
    if (tag === isnsTag.iscsiScnBitmap && value.length === 4) bits = value[3] as number;
    if (tag === isnsTag.iscsiName && bits !== 0) changes.push({ name: textOf(value), change: changeOf(bits) });
  }
  return changes;
}

function changeOf(bits: number): StateChange["change"] {
  if ((bits & (scnBit.objectRemoved | scnBit.domainMemberRemoved)) !== 0) return "removed";
  return (bits & (scnBit.objectAdded | scnBit.domainMemberAdded)) !== 0 ? "added" : "updated";
}
