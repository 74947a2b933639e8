/**
 * The CDBs of CD and DVD drives: which field lies where.
 *
 * Tested in tests/scsi/commands/disc_test.ts.
 *
 * @module
 */

import { bits, flag, layout, u16, u24, u32, u8 } from "../bytes/layout.ts";

/** GET CONFIGURATION. */
export const getConfigurationCdb = layout("MMC-5 §6.6", 10, {
  requestedType: bits(1, 1, 0),
  startingFeature: u16(2),
  allocationLength: u16(7),
});

/** GET EVENT STATUS NOTIFICATION. */
export const getEventStatusCdb = layout("MMC-5 §6.7", 10, {
  polled: flag(1, 0),
  classes: u8(4),
  allocationLength: u16(7),
});

/** GET PERFORMANCE. What DATA TYPE means, TYPE says: these fields are of the speeds. */
export const getPerformanceCdb = layout("MMC-5 §6.8", 12, {
  dataType: bits(1, 4, 0),
  tolerance: bits(1, 4, 3),
  write: flag(1, 2),
  except: bits(1, 1, 0),
  startLba: u32(2),
  descriptors: u16(8),
  type: u8(10),
});

/** MECHANISM STATUS. */
export const mechanismStatusCdb = layout("MMC-5 §6.11", 12, { allocationLength: u16(8) });

/** READ CD. */
export const readCdCdb = layout("MMC-5 §6.20", 12, {
  sectorType: bits(1, 4, 2),
  lba: u32(2),
  blocks: u24(6),
  mainChannel: bits(9, 7, 3),
  errorInformation: bits(9, 2, 1),
  subChannel: bits(10, 2, 0),
});

/** READ CD MSF; what follows the addresses is as in READ CD. END is the first address that is not read. */
export const readCdMsfCdb = layout("MMC-5 §6.21", 12, { start: u24(3), end: u24(6) });

/** READ DISC INFORMATION. */
export const readDiscInformationCdb = layout("MMC-5 §6.22", 10, { dataType: bits(1, 2, 0), allocationLength: u16(7) });

/** READ DISC STRUCTURE, which was READ DVD STRUCTURE. */
export const readDiscStructureCdb = layout("MMC-5 §6.23", 12, {
  mediaType: bits(1, 3, 0),
  layer: u8(6),
  format: u8(7),
  allocationLength: u16(8),
});

/** READ FORMAT CAPACITIES. */
export const readFormatCapacitiesCdb = layout("MMC-5 §6.24", 10, { allocationLength: u16(7) });

/** READ SUB-CHANNEL. */
export const readSubChannelCdb = layout("MMC-5 §6.25", 10, {
  minutes: flag(1, 1),
  subQ: flag(2, 6),
  format: u8(3),
  track: u8(6),
  allocationLength: u16(7),
});

/** READ TOC/PMA/ATIP. */
export const readTocCdb = layout("MMC-5 §6.26", 10, {
  minutes: flag(1, 1),
  format: bits(2, 3, 0),
  track: u8(6),
  allocationLength: u16(7),
  oldFormat: bits(9, 7, 6),
});

/** READ TRACK INFORMATION. */
export const readTrackInformationCdb = layout("MMC-5 §6.27", 10, {
  addressType: bits(1, 1, 0),
  address: u32(2),
  allocationLength: u16(7),
});

/** SET CD SPEED. */
export const setCdSpeedCdb = layout("MMC-5 §6.37", 12, { rotation: bits(1, 1, 0), readSpeed: u16(2) });

/** SET READ AHEAD. */
export const setReadAheadCdb = layout("MMC-5 §6.38", 12, { trigger: u32(2), readAhead: u32(6) });

/** SET STREAMING. */
export const setStreamingCdb = layout("MMC-5 §6.39", 12, { type: u8(8), length: u16(9) });
