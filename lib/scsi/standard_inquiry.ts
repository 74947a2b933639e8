/**
 * Standard INQUIRY data.
 *
 * Tested in tests/scsi/commands/inquiry_test.ts.
 *
 * @module
 */

import { ascii, bits, flag, layout, u16, u8 } from "../bytes/layout.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { Nexus } from "./nexus.ts";
import { deviceTypes } from "./unit_kind.ts";

/** Standard INQUIRY data of 96 bytes. */
export const standardInquiryData = layout("SPC-5 §6.7.2", 96, {
  peripheralQualifier: bits(0, 7, 5),
  peripheralDeviceType: bits(0, 4, 0),
  removable: flag(1, 7),
  version: u8(2),
  normalAca: flag(3, 5),
  hierarchicalSupport: flag(3, 4),
  responseDataFormat: bits(3, 3, 0),
  additionalLength: u8(4),
  targetPortGroupSupport: bits(5, 5, 4),
  thirdPartyCopy: flag(5, 3),
  protect: flag(5, 0),
  multiPort: flag(6, 4),
  commandQueuing: flag(7, 1),
  vendor: ascii(8, 8),
  product: ascii(16, 16),
  revision: ascii(32, 4),
  versionDescriptor1: u16(58),
  versionDescriptor2: u16(60),
  versionDescriptor3: u16(62),
  versionDescriptor4: u16(64),
  versionDescriptor5: u16(66),
  versionDescriptor6: u16(68),
  versionDescriptor7: u16(70),
});

/** Standards by their version descriptors (SPC-5 §6.7.2). */
const standards = {
  versionDescriptor1: 0x00c0, // SAM-6
  versionDescriptor2: 0x00a0, // SAM-5
  versionDescriptor4: 0x05c0, // SPC-5
  versionDescriptor5: 0x0460, // SPC-4
  versionDescriptor6: 0x0600, // SBC-4
  versionDescriptor7: 0x04c0, // SBC-3
} as const;

/** The same for CD and DVD drives. */
const driveStandards = {
  versionDescriptor1: 0x00c0, // SAM-6
  versionDescriptor2: 0x00a0, // SAM-5
  versionDescriptor4: 0x05c0, // SPC-5
  versionDescriptor5: 0x0460, // SPC-4
  versionDescriptor6: 0x0420, // MMC-5
} as const;

/** The descriptor of iSCSI; the protocol level is added to it (RFC 7144 §4.2). */
const iscsi = 0x0960;

/** VERSION: initiators in the field know no later one than SPC-4's; the descriptors tell the rest. */
const version = 0x06;

/** Standard INQUIRY data of a logical unit, or of an address where none is, as a nexus sees it. */
export function standardInquiry(nexus: Nexus, unit?: LogicalUnit): Uint8Array {
  return standardInquiryData.encode({
    peripheralDeviceType: deviceTypes[unit?.kind ?? "disk"],
    removable: unit?.removable ?? false,
    version,
    hierarchicalSupport: true,
    responseDataFormat: 2,
    additionalLength: standardInquiryData.size - 5,
    targetPortGroupSupport: unit?.portGroups?.support ?? 0,
    thirdPartyCopy: unit !== undefined && unit.kind === "disk",
    multiPort: (unit?.portGroups?.ports.length ?? 0) > 1,
    commandQueuing: true,
    vendor: unit?.identity.vendor ?? "",
    product: unit?.identity.product ?? "",
    revision: unit?.identity.revision ?? "",
    ...(unit?.kind === "cdrom" ? driveStandards : standards),
    versionDescriptor3: iscsi + nexus.protocolLevel,
  });
}
