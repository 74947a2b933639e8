/**
 * The Task Management Function Request and Response PDUs (RFC 7143 §11.5, §11.6).
 *
 * Tested in tests/iscsi/pdu/mod_test.ts.
 *
 * @module
 */

import { bits, bytes, type Field, type Layout, layout, u24, u32, u8 } from "../../bytes/layout.ts";
import {
  type CommandNumbers,
  commandNumbers,
  common,
  type CommonFields,
  type TargetNumbers,
  targetNumbers,
} from "./bhs.ts";

/** Fields of {@link taskManagementRequest}. */
export type TaskManagementRequestFields = CommonFields & CommandNumbers & {
  /** One of `taskManagementFunction`. */
  function: Field<number>;
  lun: Field<Uint8Array>;
  referencedTaskTag: Field<number>;
  refCmdSn: Field<number>;
  expDataSn: Field<number>;
};

/** Asks for the end of a task, of all tasks of a logical unit, or of more. */
export const taskManagementRequest: Layout<TaskManagementRequestFields> = layout("RFC 7143 §11.5", 48, {
  ...common,
  ...commandNumbers,
  function: bits(1, 6, 0),
  lun: bytes(8, 8),
  referencedTaskTag: u32(20),
  refCmdSn: u32(32),
  expDataSn: u32(36),
});

/** Fields of {@link taskManagementResponse}. */
export type TaskManagementResponseFields = CommonFields & TargetNumbers & {
  /** One of `taskManagementOutcome`. */
  response: Field<number>;
  /** From iSCSIProtocolLevel 2 on (RFC 7144 §6.4). */
  additionalResponseInformation: Field<number>;
};

/** What became of a task management function. */
export const taskManagementResponse: Layout<TaskManagementResponseFields> = layout("RFC 7143 §11.6", 48, {
  ...common,
  ...targetNumbers,
  response: u8(2),
  additionalResponseInformation: u24(8),
});
