/**
 * The numbers of RFC 7143 by name, each table where the standard prints it.
 *
 * @module
 */

/** PDU opcodes without the immediate bit: below 20h from the initiator, above from the target (RFC 7143 §11.2.1.2). */
export const opcode = {
  nopOut: 0x00,
  scsiCommand: 0x01,
  taskManagementRequest: 0x02,
  loginRequest: 0x03,
  textRequest: 0x04,
  scsiDataOut: 0x05,
  logoutRequest: 0x06,
  snackRequest: 0x10,
  nopIn: 0x20,
  scsiResponse: 0x21,
  taskManagementResponse: 0x22,
  loginResponse: 0x23,
  textResponse: 0x24,
  scsiDataIn: 0x25,
  logoutResponse: 0x26,
  r2t: 0x31,
  asyncMessage: 0x32,
  reject: 0x3f,
} as const;

/** Tag that names no task or transfer (RFC 7143 §11.2.1.8, §11.7.4). */
export const RESERVED_TAG = 0xffffffff;

/** Bytes of a basic header segment (RFC 7143 §11.2.1). */
export const BHS_LENGTH = 48;

/** Bytes of a header or data digest (RFC 7143 §11.2.3). */
export const DIGEST_LENGTH = 4;

/** The TCP port that IANA gives to iSCSI (RFC 7143 §15). */
export const ISCSI_PORT = 3260;

/** Protocol version offered and accepted in Version-max, Version-min and Version-active (RFC 7143 §11.12.4). */
export const ISCSI_VERSION = 0x00;

/** Task attributes of a SCSI Command (RFC 7143 §11.3.1). */
export const taskAttribute = { untagged: 0, simple: 1, ordered: 2, headOfQueue: 3, aca: 4 } as const;

/** iSCSI service response of a SCSI Response (RFC 7143 §11.4.3); 80h to FFh are the vendor's. */
export const scsiServiceResponse = { completed: 0x00, targetFailure: 0x01 } as const;

/** Login stages of CSG and NSG; 2 is not used (RFC 7143 §11.12.3). */
export const stage = { security: 0, operational: 1, fullFeature: 3 } as const;

/** Status-Class and Status-Detail of a Login Response as one number, class first (RFC 7143 §11.13.5). */
export const loginStatus = {
  success: 0x0000,
  targetMovedTemporarily: 0x0101,
  targetMovedPermanently: 0x0102,
  initiatorError: 0x0200,
  authenticationFailure: 0x0201,
  authorizationFailure: 0x0202,
  notFound: 0x0203,
  targetRemoved: 0x0204,
  unsupportedVersion: 0x0205,
  tooManyConnections: 0x0206,
  missingParameter: 0x0207,
  cannotIncludeInSession: 0x0208,
  sessionTypeNotSupported: 0x0209,
  sessionDoesNotExist: 0x020a,
  invalidDuringLogin: 0x020b,
  targetError: 0x0300,
  serviceUnavailable: 0x0301,
  outOfResources: 0x0302,
} as const;

/** Reason of a Reject (RFC 7143 §11.17.1). */
export const rejectReason = {
  dataDigestError: 0x02,
  snackReject: 0x03,
  protocolError: 0x04,
  commandNotSupported: 0x05,
  immediateCommandReject: 0x06,
  taskInProgress: 0x07,
  invalidDataAck: 0x08,
  invalidPduField: 0x09,
  longOperationReject: 0x0a,
  waitingForLogout: 0x0c,
} as const;

/** Task management functions (RFC 7143 §11.5.1; 9 and up RFC 7144 §6.3). */
export const taskManagementFunction = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
  queryTask: 9,
  queryTaskSet: 10,
  itNexusReset: 11,
  queryAsynchronousEvent: 12,
} as const;

/** Outcome of a task management function (RFC 7143 §11.6.1; 7 RFC 7144 §6.4.2). */
export const taskManagementOutcome = {
  functionComplete: 0,
  taskDoesNotExist: 1,
  lunDoesNotExist: 2,
  taskStillAllegiant: 3,
  reassignmentNotSupported: 4,
  functionNotSupported: 5,
  authorizationFailed: 6,
  functionSucceeded: 7,
  functionRejected: 255,
} as const;

/** Reason of a Logout Request (RFC 7143 §11.14.1). */
export const logoutReason = { closeSession: 0, closeConnection: 1, removeForRecovery: 2 } as const;

/** Outcome of a logout (RFC 7143 §11.15.1). */
export const logoutOutcome = { closed: 0, cidNotFound: 1, recoveryNotSupported: 2, cleanupFailed: 3 } as const;

/** Event of an Asynchronous Message (RFC 7143 §11.9.1). */
export const asyncEvent = {
  scsiEvent: 0,
  logoutRequested: 1,
  connectionDropped: 2,
  sessionDropped: 3,
  negotiationRequested: 4,
  tasksTerminated: 5,
  vendorSpecific: 255,
} as const;

/** What a SNACK asks for (RFC 7143 §11.16.1). */
export const snackType = { dataOrR2t: 0, status: 1, dataAck: 2, rData: 3 } as const;

/** Kinds of additional header segments (RFC 7143 §11.2.2.1). */
export const ahsType = { extendedCdb: 1, bidirectionalReadLength: 2 } as const;
