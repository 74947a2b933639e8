/**
 * Designation descriptors: the names of a logical unit, of the target port that it is seen through and of its device.
 *
 * Tested in tests/scsi/vpd_test.ts.
 *
 * @module
 */

import { ascii, bits, flag, layout, u16, u8 } from "../bytes/layout.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { Nexus } from "./nexus.ts";

/** The header of a designation descriptor. */
export const designatorHeader = layout("SPC-5", 4, {
  protocol: bits(0, 7, 4),
  codeSet: bits(0, 3, 0),
  protocolValid: flag(1, 7),
  association: bits(1, 5, 4),
  type: bits(1, 3, 0),
  length: u8(3),
});

/** What a designator names (SPC-5). */
export const association = { logicalUnit: 0, targetPort: 1, targetDevice: 2 } as const;

/** Kinds of designators (SPC-5). */
export const designatorType = { t10: 1, naa: 3, relativeTargetPort: 4, targetPortGroup: 5, scsiName: 8 } as const;

const codeSet = { binary: 1, ascii: 2, utf8: 3 } as const;
/** PROTOCOL IDENTIFIER of iSCSI (SPC-5 §7.6.1). */
const iscsi = 5;
const pageHeader = 4;

interface Designator {
  readonly codeSet: number;
  readonly association: number;
  readonly type: number;
  readonly value: Uint8Array;
}

/** The Device Identification page with its header left blank; without a unit, it names the port and the device. */
export function designators(unit: LogicalUnit | undefined, nexus: Nexus): Uint8Array {
  return encodeList([...unit === undefined ? [] : unitDesignators(unit), ...portDesignators(nexus)], pageHeader);
}

/** The designation descriptor of the device that a nexus reaches; empty when it has no name. */
export function deviceDesignator(nexus: Nexus): Uint8Array {
  return encodeList(deviceDesignators(nexus), 0);
}

const portDescriptor = layout("SPC-5", 12, { relativeId: u16(2), designatorsLength: u16(10) });

/** The SCSI Ports page with its header left blank: the ports of all groups, or the one that the nexus goes through. */
export function scsiPorts({ portGroups }: LogicalUnit, { targetPort }: Nexus): Uint8Array {
  const parts = (portGroups?.ports ?? [targetPort]).map(({ relativeId, name }) => {
    const part = encodeList([scsiName(association.targetPort, name)], portDescriptor.size);
    return portDescriptor.encode({ relativeId, designatorsLength: part.length - portDescriptor.size }, part);
  });
  const data = new Uint8Array(parts.reduce((sum, { length }) => sum + length, pageHeader));
  let at = pageHeader;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}

/** Designation descriptors, one behind the other, with room for what comes in front of them. */
function encodeList(list: readonly Designator[], room: number): Uint8Array {
  const length = list.reduce((sum, { value }) => sum + designatorHeader.size + value.length, room);
  const data = new Uint8Array(length);
  let at = room;
  for (const { value, ...fields } of list) {
    const ofPort = fields.association !== association.logicalUnit;
    const header = { ...fields, protocol: ofPort ? iscsi : 0, protocolValid: ofPort, length: value.length };
    designatorHeader.encode(header, data, at);
    data.set(value, at + designatorHeader.size);
    at += designatorHeader.size + value.length;
  }
  return data;
}

function unitDesignators({ identity }: LogicalUnit): Designator[] {
  const { logicalUnit } = association;
  const hex = Array.from(identity.naa, (byte) => byte.toString(16).padStart(2, "0")).join("");
  // Hyper-V compares only the first 8 characters behind the vendor: the end of the NAA differs where serials may not.
  const t10 = `${hex.slice(-8)}-${identity.serial}`;
  const value = new Uint8Array(8 + t10.length);
  ascii(0, 8).set(value, identity.vendor);
  ascii(8, t10.length).set(value, t10);
  return [
    { codeSet: codeSet.binary, association: logicalUnit, type: designatorType.naa, value: identity.naa },
    { codeSet: codeSet.ascii, association: logicalUnit, type: designatorType.t10, value: value.subarray(0, 252) },
    scsiName(logicalUnit, identity.scsiName ?? `naa.${hex}`),
  ];
}

function deviceDesignators({ targetPort: { device } }: Nexus): Designator[] {
  return device === undefined ? [] : [scsiName(association.targetDevice, device)];
}

function portDesignators(nexus: Nexus): Designator[] {
  const { targetPort } = nexus;
  return [
    portNumber(designatorType.relativeTargetPort, targetPort.relativeId),
    portNumber(designatorType.targetPortGroup, targetPort.groupId),
    scsiName(association.targetPort, targetPort.name),
    ...deviceDesignators(nexus),
  ];
}

function portNumber(type: number, number: number): Designator {
  const value = new Uint8Array(4);
  u16(2).set(value, number);
  return { codeSet: codeSet.binary, association: association.targetPort, type, value };
}

/** A SCSI name string: UTF-8, ended by at least one zero, a multiple of 4 bytes (SPC-5). */
function scsiName(of: number, name: string): Designator {
  const text = new TextEncoder().encode(name);
  const value = new Uint8Array(Math.floor(text.length / 4) * 4 + 4);
  value.set(text);
  return { codeSet: codeSet.utf8, association: of, type: designatorType.scsiName, value };
}
