/**
 * Kinds of logical units, which differ in the commands and pages that they have.
 *
 * Tested in tests/scsi/commands/drive_test.ts.
 *
 * @module
 */

/** A direct access block device, or a CD and DVD drive. */
export type UnitKind = "disk" | "cdrom";

/** PERIPHERAL DEVICE TYPE (SPC-5 §6.7.2). */
export const deviceTypes: Readonly<Record<UnitKind, number>> = { disk: 0x00, cdrom: 0x05 };

/** A kind as a bit, so that a command's row can have several. */
export const kindBits: Readonly<Record<UnitKind, number>> = { disk: 1, cdrom: 2 };

/** All kinds. */
export const anyKind = 3;
