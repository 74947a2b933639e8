/**
 * What has to be known about the tests of libiscsi 1.19 to read their results.
 *
 * @module
 */

/** The suites in which nothing may fail. */
export const REQUIRED_SUITES: ReadonlySet<string> = new Set([
  "Inquiry",
  "Mandatory",
  "NoMedia",
  "PreventAllow",
  "Read6",
  "Read10",
  "Read12",
  "Read16",
  "ReadCapacity10",
  "ReadCapacity16",
  "ReadOnly",
  "StartStopUnit",
  "TestUnitReady",
  "Write10",
  "Write12",
  "Write16",
  "iSCSIResiduals",
  "iSCSITMF",
  "iSCSIcmdsn",
  "iSCSIdatasn",
]);

/** Tests that may pass without a single assertion; run alone, their summary shows it. */
export const ASSERTS_NOTHING: ReadonlySet<string> = new Set([
  "Inquiry.VersionDescriptors",
  "NoMedia.NoMediaSBC",
  "StartStopUnit.NoLoej",
  "StartStopUnit.PwrCnd",
  "WriteSame10.UnmapVPD",
  "WriteSame16.UnmapVPD",
]);

/** Tests that an earlier one of their suite keeps from running. */
export const RUN_ALONE: ReadonlySet<string> = new Set(["iSCSITMF.LUNResetSimpleAsync"]);
