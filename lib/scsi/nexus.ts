/**
 * The I_T nexus: one initiator port talking to one target port (SAM-5 §4.4). Unit attentions, reservations and
 * everything else that differs between initiators hangs on it.
 *
 * @module
 */

import type { LogicalUnit } from "./logical_unit.ts";

/** A target port as VPD 83h, 88h and REPORT TARGET PORT GROUPS name it. */
export interface TargetPort {
  /** SCSI name string, for iSCSI `iqn…,t,0x0001`. */
  readonly name: string;
  /** RELATIVE TARGET PORT IDENTIFIER, 1 to 65535. */
  readonly relativeId: number;
  /** TARGET PORT GROUP, 0 to 65535. */
  readonly groupId: number;
  /** Name of the target device that the port belongs to, for iSCSI `iqn…`; VPD 83h leaves it out when absent. */
  readonly device?: string;
}

/** What a nexus sees of a device: its logical units by the numbers that this initiator knows them by. */
export interface LunMap {
  /** The logical unit at a number, or `undefined`. Called for every command. */
  at(lun: number): LogicalUnit | undefined;
  /** All numbers in use, ascending. */
  numbers(): readonly number[];
  /** This initiator may only read a logical unit, whatever others may; absent when it may write to all. */
  readOnly?(unit: LogicalUnit): boolean;
}

/** An I_T nexus. Made when a session enters full feature phase; its identity is the object. */
export class Nexus {
  /** SCSI initiator port name, for iSCSI `iqn…,i,0x00023d000001`. */
  readonly initiatorPort: string;
  readonly targetPort: TargetPort;
  readonly luns: LunMap;
  /** The iSCSI protocol level that both sides keep to, 0 to 31 (RFC 7144 §7.1.1). */
  readonly protocolLevel: number;
  /** The transport also carries QUERY TASK, QUERY TASK SET, QUERY ASYNCHRONOUS EVENT and I_T NEXUS RESET. */
  readonly queries: boolean;

  constructor(initiatorPort: string, targetPort: TargetPort, luns: LunMap, protocolLevel = 1) {
    this.initiatorPort = initiatorPort;
    this.targetPort = targetPort;
    this.luns = luns;
    this.protocolLevel = protocolLevel;
    this.queries = protocolLevel >= 2;
  }
}
