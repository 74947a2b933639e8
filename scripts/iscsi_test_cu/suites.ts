/**
 * What has to be known about the tests of libiscsi 1.19 to read their results.
 *
 * @module
 */

import type { TestResult } from "./report.ts";

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
export const RUN_ALONE: ReadonlySet<string> = new Set([
  "iSCSITMF.AbortTaskSimpleAsync",
  "iSCSITMF.LUNResetSimpleAsync",
]);

/** Tests that try each of several things and skip the ones a unit does not have: what they say when that is all. */
export const SKIPS_A_PART: Readonly<Record<string, string>> = {
  "Sanitize.Readonly": "SANITIZE CRYPTO_ERASE is not implemented",
  "Sanitize.Reservations": "SANITIZE CRYPTO_ERASE is not implemented",
};

/** Suites, and tests, that begin with writing to the disk without asking whether they may. */
export const WRITE_UNASKED: ReadonlySet<string> = new Set([
  "CompareAndWrite",
  "ExtendedCopy",
  "GetLBAStatus.UnmapSingle",
  "OrWrite",
  "ProutReserve",
  "ReceiveCopyResults.CopyStatus",
  "Unmap",
  "Write10",
  "Write12",
  "Write16",
  "WriteAtomic16",
  "WriteSame10",
  "WriteSame16",
  "WriteVerify10",
  "WriteVerify12",
  "WriteVerify16",
  "iSCSIResiduals.Write10Residuals",
  "iSCSIResiduals.Write12Residuals",
  "iSCSIResiduals.Write16Residuals",
  "iSCSIResiduals.WriteVerify10Residuals",
  "iSCSIResiduals.WriteVerify12Residuals",
  "iSCSIResiduals.WriteVerify16Residuals",
  "iSCSITMF.AbortTaskSimpleAsync",
]);

/** A test that asks for something else than the standards do. */
export interface Mistake {
  /** For example `Read10.Simple`. */
  readonly test: string;
  /** The assertion that fails, as the suite prints it; a failure of any other is a failure. */
  readonly line: string;
  /** What it asks for, and what the standard says. */
  readonly why: string;
}

/** What libiscsi 1.19 gets wrong. */
export const MISTAKES: readonly Mistake[] = [
  {
    test: "GetLBAStatus.UnmapSingle",
    line: "test_get_lba_status_unmap_single.c:135",
    why:
      "asks for the status from LBA i + 1 on and expects a first descriptor of LBA i + 8, where a physical block has " +
      "8 logical ones; the first descriptor begins at the LBA that is asked for (SBC-4 §5.6)",
  },
  {
    test: "ReportSupportedOpcodes.OneCommand",
    line: "test_report_supported_opcodes_one_command.c:126",
    why: "reads no usage data of more than 16 bytes; a CDB of 32 bytes has 32 (SPC-5 §6.34)",
  },
  {
    test: "WriteSame10.UnmapUntilEnd",
    line: "test_writesame10_unmap_until_end.c:71",
    why:
      "sends blocks of FFh with UNMAP and expects zeros; only where unmapped blocks read as the block that was sent " +
      "may they be unmapped instead of written (SBC-4, WRITE SAME)",
  },
];

/** A result in the light of what is known about its test. */
export function understood(result: TestResult): TestResult {
  const name = `${result.suite}.${result.test}`;
  const mistake = MISTAKES.find(({ test }) => test === name);
  const part = SKIPS_A_PART[name];
  if (result.outcome === "fail" && mistake !== undefined) {
    const failed = result.notes.filter((note) => /^\d+\. \S+\.c:\d+/.test(note));
    const known = failed.length > 0 && failed.every((note) => note.includes(`${mistake.line} `));
    return known ? { ...result, outcome: "mistake" } : result;
  }
  if (result.outcome === "skip" && part !== undefined) {
    const skipped = result.notes.filter((note) => note.includes("[SKIPPED]"));
    return skipped.every((note) => note.includes(part)) ? { ...result, outcome: "pass" } : result;
  }
  return result;
}

/** Whether `names`, of suites and of tests, have this one. */
export function listed(names: ReadonlySet<string>, { suite, test }: TestResult): boolean {
  return names.has(suite) || names.has(`${suite}.${test}`);
}
