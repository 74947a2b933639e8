/**
 * Every text key as a row with the columns that RFC 7143 §13 prints. Login, Text and their tests are driven by it; adding
 * a key is adding a row.
 *
 * @table
 * @module
 */

import type { LocalParameters } from "./parameters.ts";

/** When a key may be used: `IO` on any login, `LO` on the leading login, `FFPO` after login, `ALL` at any time. */
export type KeyUse = "IO" | "LO" | "FFPO" | "ALL";

/** Where in a login a key may be used; `any` belongs to no stage. */
export type KeyStage = "security" | "operational" | "any";

/** The parameters of ours that have values of type `T`. */
type Own<T> = { [K in keyof LocalParameters]: LocalParameters[K] extends T ? K : never }[keyof LocalParameters];

/** The columns that every key has. */
export interface KeyColumns {
  /** As on the wire. */
  readonly name: string;
  readonly use: KeyUse;
  /** Who may send it first. */
  readonly senders: "initiator" | "target" | "both";
  /** `SW` session-wide, `CO` connection-only. */
  readonly scope: "SW" | "CO";
  readonly stage: KeyStage;
  /** Offered in a discovery session, it is answered with Irrelevant. */
  readonly irrelevantWhen?: "Discovery";
  /** Where the standard prints it. */
  readonly spec: string;
}

/** A key that is declared and not answered. */
export interface DeclarativeRule {
  readonly kind: "declarative";
}

/** A key of an authentication method. */
export interface SecurityRule {
  readonly kind: "security";
}

/** A key that asks for something: SendTargets. */
export interface QueryRule {
  readonly kind: "query";
}

/** Yes or No: `or` is Yes when one side says so, `and` when both do (RFC 7143 §6.2.2). */
export interface BooleanRule {
  readonly kind: "or" | "and";
  readonly own: Own<boolean>;
  readonly default: boolean;
}

/** A number: the smaller (`min`) or larger (`max`) of both sides counts, or each side `declares` its own. */
export interface NumberRule {
  readonly kind: "min" | "max" | "declares";
  readonly own: Own<number>;
  readonly least: number;
  readonly most: number;
  readonly default: number;
}

/** A list in order of preference: the first that the answering side may use counts (RFC 7143 §6.2.1). */
export interface ListRule {
  readonly kind: "list";
  readonly own: Own<readonly string[]>;
  readonly default: string;
}

/** A key of RFC 3720 that has one answer left (RFC 7143 §13.25). */
export interface ObsoleteRule {
  readonly kind: "obsolete";
  readonly answer: "No" | "Reject";
}

/** A key that has an answer and a result. */
export type NegotiatedRule = BooleanRule | NumberRule | ListRule | ObsoleteRule;

/** One text key. */
export type KeyRow = KeyColumns & (DeclarativeRule | SecurityRule | QueryRule | NegotiatedRule);

/** One text key that is negotiated. */
export type NegotiatedRow = KeyColumns & NegotiatedRule;

/** A value that spans two keys: `key` is never above `atMost`. */
export interface CrossKeyRule {
  readonly key: string;
  readonly atMost: string;
  readonly spec: string;
}

/**
 * A value that is never above `atMost` when others are as they are: what is asked for again from ErrorRecoveryLevel 1 on is
 * always the last that was asked for.
 */
export interface ConditionalLimit {
  readonly key: string;
  readonly atMost: number;
  /** A key whose number is above 0. */
  readonly whenPositive: string;
  /** A key that is Yes. */
  readonly whenYes: string;
  readonly spec: string;
}

/** The row of a key, or `undefined` for a key that this table does not know (RFC 7143 §6.2: NotUnderstood). */
export function keyRow(name: string): KeyRow | undefined {
  return byName.get(name);
}

const discovery = { irrelevantWhen: "Discovery" } as const;
const identity = { stage: "any", kind: "declarative" } as const;
const leading = { use: "LO", senders: "both", scope: "SW", stage: "operational" } as const;
const security = { use: "IO", senders: "both", scope: "SW", stage: "security", kind: "security" } as const;
const marker = { use: "IO", senders: "both", scope: "CO", stage: "operational", kind: "obsolete" } as const;
const burst = { least: 512, most: 0xff_ffff } as const;

/** All keys, in the order of RFC 7143 §12 and §13. */
export const keys: readonly KeyRow[] = [
  { ...security, name: "AuthMethod", spec: "RFC 7143 §12.1" },
  { ...security, name: "KRB_AP_REQ", spec: "RFC 7143 §12.1.1" },
  { ...security, name: "KRB_AP_REP", spec: "RFC 7143 §12.1.1" },
  { ...security, name: "SRP_U", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "TargetAuth", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "SRP_GROUP", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "SRP_A", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "SRP_B", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "SRP_M", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "SRP_s", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "SRP_HM", spec: "RFC 7143 §12.1.2" },
  { ...security, name: "CHAP_A", spec: "RFC 7143 §12.1.3" },
  { ...security, name: "CHAP_I", spec: "RFC 7143 §12.1.3" },
  { ...security, name: "CHAP_C", spec: "RFC 7143 §12.1.3" },
  { ...security, name: "CHAP_N", spec: "RFC 7143 §12.1.3" },
  { ...security, name: "CHAP_R", spec: "RFC 7143 §12.1.3" },

  {
    name: "HeaderDigest",
    use: "IO",
    senders: "both",
    scope: "CO",
    stage: "operational",
    kind: "list",
    own: "headerDigest",
    default: "None",
    spec: "RFC 7143 §13.1",
  },
  {
    name: "DataDigest",
    use: "IO",
    senders: "both",
    scope: "CO",
    stage: "operational",
    kind: "list",
    own: "dataDigest",
    default: "None",
    spec: "RFC 7143 §13.1",
  },
  {
    ...leading,
    ...discovery,
    name: "MaxConnections",
    kind: "min",
    own: "maxConnections",
    least: 1,
    most: 65535,
    default: 1,
    spec: "RFC 7143 §13.2",
  },
  {
    name: "SendTargets",
    use: "FFPO",
    senders: "initiator",
    scope: "SW",
    stage: "any",
    kind: "query",
    spec: "RFC 7143 §13.3",
  },
  { ...identity, name: "TargetName", use: "IO", senders: "initiator", scope: "SW", spec: "RFC 7143 §13.4" },
  { ...identity, name: "InitiatorName", use: "IO", senders: "initiator", scope: "SW", spec: "RFC 7143 §13.5" },
  { ...identity, name: "TargetAlias", use: "ALL", senders: "target", scope: "SW", spec: "RFC 7143 §13.6" },
  { ...identity, name: "InitiatorAlias", use: "ALL", senders: "initiator", scope: "SW", spec: "RFC 7143 §13.7" },
  { ...identity, name: "TargetAddress", use: "ALL", senders: "target", scope: "SW", spec: "RFC 7143 §13.8" },
  { ...identity, name: "TargetPortalGroupTag", use: "IO", senders: "target", scope: "SW", spec: "RFC 7143 §13.9" },
  {
    ...leading,
    ...discovery,
    name: "InitialR2T",
    kind: "or",
    own: "initialR2T",
    default: true,
    spec: "RFC 7143 §13.10",
  },
  {
    ...leading,
    ...discovery,
    name: "ImmediateData",
    kind: "and",
    own: "immediateData",
    default: true,
    spec: "RFC 7143 §13.11",
  },
  {
    ...burst,
    name: "MaxRecvDataSegmentLength",
    use: "ALL",
    senders: "both",
    scope: "CO",
    stage: "operational",
    kind: "declares",
    own: "maxRecvDataSegmentLength",
    default: 8192,
    spec: "RFC 7143 §13.12",
  },
  {
    ...leading,
    ...discovery,
    ...burst,
    name: "MaxBurstLength",
    kind: "min",
    own: "maxBurstLength",
    default: 262144,
    spec: "RFC 7143 §13.13",
  },
  // Irrelevant with InitialR2T=Yes and ImmediateData=No, says the RFC; but a number is what every initiator accepts.
  {
    ...leading,
    ...discovery,
    ...burst,
    name: "FirstBurstLength",
    kind: "min",
    own: "firstBurstLength",
    default: 65536,
    spec: "RFC 7143 §13.14",
  },
  {
    ...leading,
    name: "DefaultTime2Wait",
    kind: "max",
    own: "defaultTime2Wait",
    least: 0,
    most: 3600,
    default: 2,
    spec: "RFC 7143 §13.15",
  },
  {
    ...leading,
    name: "DefaultTime2Retain",
    kind: "min",
    own: "defaultTime2Retain",
    least: 0,
    most: 3600,
    default: 20,
    spec: "RFC 7143 §13.16",
  },
  {
    ...leading,
    ...discovery,
    name: "MaxOutstandingR2T",
    kind: "min",
    own: "maxOutstandingR2T",
    least: 1,
    most: 65535,
    default: 1,
    spec: "RFC 7143 §13.17",
  },
  {
    ...leading,
    ...discovery,
    name: "DataPDUInOrder",
    kind: "or",
    own: "dataPduInOrder",
    default: true,
    spec: "RFC 7143 §13.18",
  },
  {
    ...leading,
    ...discovery,
    name: "DataSequenceInOrder",
    kind: "or",
    own: "dataSequenceInOrder",
    default: true,
    spec: "RFC 7143 §13.19",
  },
  {
    ...leading,
    name: "ErrorRecoveryLevel",
    kind: "min",
    own: "errorRecoveryLevel",
    least: 0,
    most: 2,
    default: 0,
    spec: "RFC 7143 §13.20",
  },
  { ...identity, name: "SessionType", use: "LO", senders: "initiator", scope: "SW", spec: "RFC 7143 §13.21" },
  {
    ...leading,
    ...discovery,
    name: "TaskReporting",
    kind: "list",
    own: "taskReporting",
    default: "RFC3720",
    spec: "RFC 7143 §13.23",
  },
  {
    ...leading,
    ...discovery,
    name: "iSCSIProtocolLevel",
    kind: "min",
    own: "iscsiProtocolLevel",
    least: 0,
    most: 31,
    default: 1,
    spec: "RFC 7143 §13.24",
  },
  { ...marker, name: "IFMarker", answer: "No", spec: "RFC 7143 §13.25" },
  { ...marker, name: "OFMarker", answer: "No", spec: "RFC 7143 §13.25" },
  { ...marker, name: "IFMarkInt", answer: "Reject", spec: "RFC 7143 §13.25" },
  { ...marker, name: "OFMarkInt", answer: "Reject", spec: "RFC 7143 §13.25" },
];

/** Limits that one key sets to another. */
export const crossKeyRules: readonly CrossKeyRule[] = [
  { key: "FirstBurstLength", atMost: "MaxBurstLength", spec: "RFC 7143 §13.14" },
];

/** Limits that hold under conditions. */
export const conditionalLimits: readonly ConditionalLimit[] = [
  {
    key: "MaxOutstandingR2T",
    atMost: 1,
    whenPositive: "ErrorRecoveryLevel",
    whenYes: "DataSequenceInOrder",
    spec: "RFC 7143 §13.19",
  },
];

const byName: ReadonlyMap<string, KeyRow> = new Map(keys.map((row) => [row.name, row]));
