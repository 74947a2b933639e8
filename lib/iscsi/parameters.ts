/**
 * What a login settles: the values that we bring, and the values that a session and a connection then run with.
 *
 * @module
 */

/** A digest algorithm (RFC 7143 §13.1). */
export type Digest = "None" | "CRC32C";

/**
 * Our side of the negotiation (RFC 7143 §13). A value that the initiator does not offer takes the default of the RFC,
 * not ours: we answer offers and make none.
 */
export interface LocalParameters {
  /** Connections in a session, 1 to 65535; the smaller of both sides counts (RFC 7143 §13.2). */
  readonly maxConnections: number;
  /** Data-Out is sent on request only; Yes of either side counts (RFC 7143 §13.10). */
  readonly initialR2T: boolean;
  /** Data may ride on the command; both sides must want it (RFC 7143 §13.11). */
  readonly immediateData: boolean;
  /** Bytes in one data segment that we receive, 512 to 1048576 (RFC 7143 §13.12). */
  readonly maxRecvDataSegmentLength: number;
  /** Bytes in one sequence of Data-In or solicited Data-Out, 512 to 16777215; the smaller counts (RFC 7143 §13.13). */
  readonly maxBurstLength: number;
  /** Bytes of unsolicited data for one command, 512 to 262144; the smaller counts (RFC 7143 §13.14). */
  readonly firstBurstLength: number;
  /** Seconds before a reconnection, 0 to 3600; the larger counts (RFC 7143 §13.15). */
  readonly defaultTime2Wait: number;
  /** Seconds that tasks wait for a reconnection, 0 to 3600; the smaller counts (RFC 7143 §13.16). */
  readonly defaultTime2Retain: number;
  /** R2Ts outstanding for one task, 1 to 65535; the smaller counts (RFC 7143 §13.17). */
  readonly maxOutstandingR2T: number;
  /** Data PDUs of a sequence come in order; Yes of either side counts (RFC 7143 §13.18). */
  readonly dataPduInOrder: boolean;
  /** Sequences of a task come in order; Yes of either side counts (RFC 7143 §13.19). */
  readonly dataSequenceInOrder: boolean;
  /** 0 to 2; the smaller counts (RFC 7143 §13.20). */
  readonly errorRecoveryLevel: number;
  /** 0 to 31; the smaller counts (RFC 7143 §13.24). */
  readonly iscsiProtocolLevel: number;
  /** Header digests that may be used; the initiator's order decides (RFC 7143 §13.1). */
  readonly headerDigest: readonly Digest[];
  /** Data digests that may be used; the initiator's order decides (RFC 7143 §13.1). */
  readonly dataDigest: readonly Digest[];
  /** Ways to report the end of aborted tasks that may be used; the initiator's order decides (RFC 7143 §13.23). */
  readonly taskReporting: readonly string[];
}

/** Values that every initiator in the field lives with. */
export const defaultLocalParameters: LocalParameters = {
  maxConnections: 4,
  initialR2T: true,
  immediateData: true,
  maxRecvDataSegmentLength: 262144,
  maxBurstLength: 1048576,
  firstBurstLength: 262144,
  defaultTime2Wait: 0,
  defaultTime2Retain: 20,
  maxOutstandingR2T: 8,
  dataPduInOrder: true,
  dataSequenceInOrder: true,
  errorRecoveryLevel: 0,
  iscsiProtocolLevel: 2,
  headerDigest: ["None", "CRC32C"],
  dataDigest: ["None", "CRC32C"],
  taskReporting: ["FastAbort", "ResponseFence", "RFC3720"],
};

/** What a session runs with. Of no account in the login of a further connection: there the leading one decides. */
export interface SessionParameters {
  /** Connections in the session (RFC 7143 §13.2). */
  readonly maxConnections: number;
  /** The initiator waits for an R2T before it sends Data-Out (RFC 7143 §13.10). */
  readonly initialR2T: boolean;
  /** Data may ride on the command (RFC 7143 §13.11). */
  readonly immediateData: boolean;
  /** Bytes in one sequence of data (RFC 7143 §13.13). */
  readonly maxBurstLength: number;
  /** Bytes of unsolicited data for one command, never above `maxBurstLength` (RFC 7143 §13.14). */
  readonly firstBurstLength: number;
  /** Seconds before a reconnection (RFC 7143 §13.15). */
  readonly defaultTime2Wait: number;
  /** Seconds that tasks wait for a reconnection (RFC 7143 §13.16). */
  readonly defaultTime2Retain: number;
  /** R2Ts outstanding for one task (RFC 7143 §13.17). */
  readonly maxOutstandingR2T: number;
  /** Data PDUs of a sequence come in order (RFC 7143 §13.18). */
  readonly dataPduInOrder: boolean;
  /** Sequences of a task come in order (RFC 7143 §13.19). */
  readonly dataSequenceInOrder: boolean;
  /** 0 to 2 (RFC 7143 §13.20). */
  readonly errorRecoveryLevel: number;
  /** 0 to 31 (RFC 7143 §13.24). */
  readonly iscsiProtocolLevel: number;
  /** How the end of aborted tasks is reported: as in RFC 3720, with a response fence, or fast (RFC 7143 §13.23). */
  readonly taskReporting: string;
}

/** What a connection runs with. */
export interface ConnectionParameters {
  /** CRC32C over headers (RFC 7143 §13.1). */
  readonly headerDigest: boolean;
  /** CRC32C over data segments (RFC 7143 §13.1). */
  readonly dataDigest: boolean;
  /** Bytes in one data segment that the initiator receives (RFC 7143 §13.12). */
  readonly initiatorMaxRecvDataSegmentLength: number;
  /** Bytes in one data segment that we have said we receive (RFC 7143 §13.12). */
  readonly targetMaxRecvDataSegmentLength: number;
}
