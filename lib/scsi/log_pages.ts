/**
 * Log pages as a table: what a logical unit tells of its history.
 *
 * Tested in tests/scsi/commands/log_test.ts.
 *
 * @module
 */

import { ascii, bits, layout, u16, u32, u64, u8 } from "../bytes/layout.ts";
import { type Counters, traffic } from "./counters.ts";
import { binary, counter, logFormat, type LogParameter, numbers } from "./log_parameters.ts";
import type { LogicalUnit } from "./logical_unit.ts";
import type { SelfTestResult } from "./self_test.ts";
import { hasThresholds, thresholdSetSize } from "./threshold_page.ts";

/** A log page that has parameters; those that list pages are made from this table. */
export interface LogPage {
  readonly name: string;
  readonly spec: string;
  readonly page: number;
  readonly subpage: number;
  /** Whether a logical unit has the page; absent for all. */
  supported?(unit: LogicalUnit): boolean;
  /** The parameters, ascending; `counted` is what was counted since the page was reset. */
  parameters(unit: LogicalUnit, counted: Counters): readonly LogParameter[] | Promise<readonly LogParameter[]>;
}

const temperatureValue = layout("SPC-5", 2, { temperature: u8(1) });

const dateValue = layout("SPC-5", 6, { year: ascii(0, 4), week: ascii(4, 2) });

const selfTestValue = layout("SPC-5", 16, {
  code: bits(0, 7, 5),
  outcome: bits(0, 3, 0),
  number: u8(1),
  hours: u16(2),
  firstFailure: u64(4),
  senseKey: bits(12, 3, 0),
  asc: u8(13),
  ascq: u8(14),
});

const scanStatusValue = layout("SBC-4", 12, { minutes: u32(0), status: u8(5), scans: u16(6) });

const exceptionsValue = layout("SPC-5", 4, { asc: u8(0), ascq: u8(1), temperature: u8(2), threshold: u8(3) });

const intervalValue = layout("SPC-5", 8, { exponent: u32(0), integer: u32(4) });

/** A count of LBA mapping resources, in threshold sets. */
const resourceValue = layout("SBC-4", 8, { count: u32(0), scope: bits(4, 1, 0) });
const resourceScope = { own: 1, maybeShared: 2 } as const;
const mostResources = 0xffff_ffff;

/** TEMPERATURE of something that has none. */
const noTemperature = 0xff;
/** Results that the Self-Test Results page has, whether there were so many tests or not. */
const selfTestResults = 20;
const minute = 60_000;
const hour = 60 * minute;

/** The pages, ascending. */
export const logPages: readonly LogPage[] = [
  {
    name: "Write Error Counters",
    spec: "SPC-5",
    page: 0x02,
    subpage: 0x00,
    parameters: (_, counted) => errorCounters(counted, traffic.write),
  },
  {
    name: "Read Error Counters",
    spec: "SPC-5",
    page: 0x03,
    subpage: 0x00,
    parameters: (_, counted) => errorCounters(counted, traffic.read),
  },
  {
    name: "Verify Error Counters",
    spec: "SPC-5",
    page: 0x05,
    subpage: 0x00,
    parameters: (_, counted) => errorCounters(counted, traffic.verify),
  },
  {
    name: "Logical Block Provisioning",
    spec: "SBC-4",
    page: 0x0c,
    subpage: 0x00,
    supported: hasThresholds,
    parameters: provisioning,
  },
  {
    name: "Temperature",
    spec: "SPC-5",
    page: 0x0d,
    subpage: 0x00,
    parameters: () => [binary(0x0000, temperatureValue.encode({ temperature: noTemperature }))],
  },
  {
    name: "Start-Stop Cycle Counter",
    spec: "SPC-5",
    page: 0x0e,
    subpage: 0x00,
    // Blanks for dates that nobody has set.
    parameters: (_, { starts, loads }) => [
      { code: 0x0001, format: logFormat.text, value: dateValue.encode({ year: "", week: "" }) },
      { code: 0x0002, format: logFormat.text, value: dateValue.encode({ year: "", week: "" }) },
      binary(0x0004, u32Value(starts)),
      binary(0x0006, u32Value(loads)),
    ],
  },
  {
    name: "Self-Test Results",
    spec: "SPC-5",
    page: 0x10,
    subpage: 0x00,
    parameters: ({ selfTests }) =>
      Array.from({ length: selfTestResults }, (_, i) => binary(i + 1, encodeSelfTest(selfTests.results[i]))),
  },
  {
    name: "Background Scan",
    spec: "SBC-4",
    page: 0x15,
    subpage: 0x00,
    // No scan was ever made: what keeps the blocks looks after them by its own means.
    parameters: ({ age }) => [binary(0x0000, scanStatusValue.encode({ minutes: Math.floor(age / minute) }))],
  },
  {
    name: "General Statistics and Performance",
    spec: "SPC-5",
    page: 0x19,
    subpage: 0x00,
    parameters: statistics,
  },
  {
    name: "Informational Exceptions",
    spec: "SPC-5",
    page: 0x2f,
    subpage: 0x00,
    parameters:
      () => [binary(0x0000, exceptionsValue.encode({ temperature: noTemperature, threshold: noTemperature }))],
  },
];

/** Blocks that are there to be allocated, and those that are; nothing when the store cannot say. */
async function provisioning(unit: LogicalUnit): Promise<readonly LogParameter[]> {
  const space = await unit.store.space?.();
  if (space === undefined) return [];
  const setSize = thresholdSetSize(unit);
  const count = (bytes: number): number => Math.min(mostResources, Math.round(bytes / setSize));
  return [
    binary(0x0001, resourceValue.encode({ count: count(space.available), scope: resourceScope.maybeShared })),
    binary(0x0002, resourceValue.encode({ count: count(space.used), scope: resourceScope.own })),
  ];
}

/** Errors that were corrected are not known here: whatever keeps the blocks does that by itself (SPC-5). */
function errorCounters({ bytes, errors }: Counters, kind: number): readonly LogParameter[] {
  return [
    counter(0x0003, 0),
    counter(0x0005, bytes[kind] as number),
    counter(0x0006, errors[kind] as number),
  ];
}

/**
 * Times are in milliseconds, as the last parameter says: 1 × 10⁻³ seconds. Idle is what commands leave over, as if no two
 * ran at a time.
 */
function statistics({ blockSize, age }: LogicalUnit, counted: Counters): readonly LogParameter[] {
  const { commands, bytes, time } = counted;
  const busy = time.reduce((sum, milliseconds) => sum + milliseconds, 0);
  const [reading, writing] = [time[traffic.read] as number, time[traffic.write] as number];
  return [
    binary(
      0x0001,
      numbers(
        commands[traffic.read] as number,
        commands[traffic.write] as number,
        (bytes[traffic.write] as number) / blockSize,
        (bytes[traffic.read] as number) / blockSize,
        reading,
        writing,
        reading + writing,
        reading + writing,
      ),
    ),
    binary(0x0002, numbers(age - counted.from - busy)),
    binary(0x0003, intervalValue.encode({ exponent: 3, integer: 1 })),
  ];
}

function encodeSelfTest(result: SelfTestResult | undefined): Uint8Array {
  if (result === undefined) return new Uint8Array(selfTestValue.size);
  const value = selfTestValue.encode({
    code: result.code,
    outcome: result.outcome,
    hours: Math.min(0xffff, Math.floor(result.age / hour)),
    ...(result.failedBlock === undefined ? {} : { firstFailure: result.failedBlock }),
    ...(result.sense === undefined
      ? {}
      : { senseKey: result.sense.key, asc: result.sense.asc, ascq: result.sense.ascq }),
  });
  if (result.failedBlock === undefined) {
    value.fill(0xff, selfTestValue.firstFailure.offset, selfTestValue.senseKey.offset);
  }
  return value;
}

function u32Value(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  u32(0).set(bytes, value);
  return bytes;
}
