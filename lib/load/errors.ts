/**
 * How a load can fail, besides what a session of our initiator fails with.
 *
 * @module
 */

import { sense as senseCodes, senseKey } from "../scsi/sense.ts";
import { descriptorSense, fixedSense } from "../scsi/sense_data.ts";
import { status as statuses } from "../scsi/status.ts";

/** A command of the load ended badly. */
export class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";
  /** SCSI status (SAM-5 §5.3.1). */
  readonly status: number;
  /** Sense data; empty when there is none. */
  readonly sense: Uint8Array;

  constructor(what: string, status: number, sense: Uint8Array) {
    super(`Cannot ${what}: the target answers ${describe(status, sense)}`);
    this.status = status;
    this.sense = sense;
  }
}

/** What was read is not what had been written. */
export class VerifyError extends Error {
  override readonly name = "VerifyError";
}

/** What sense data says. */
interface Code {
  readonly key: number;
  readonly asc: number;
  readonly ascq: number;
}

/** Whether a command was only used to tell of something, and is to be sent again. */
export function isUnitAttention(status: number, sense: Uint8Array): boolean {
  return status === statuses.checkCondition && decode(sense)?.key === senseKey.unitAttention;
}

function decode(sense: Uint8Array): Code | undefined {
  const response = sense.length < descriptorSense.size ? 0 : fixedSense.responseCode.get(sense);
  const layout = formats[response];
  if (layout === undefined) return undefined;
  // Targets may leave out what is zero at the end.
  const whole = new Uint8Array(Math.max(sense.length, fixedSense.size));
  whole.set(sense);
  return { key: layout.senseKey.get(whole), asc: layout.asc.get(whole), ascq: layout.ascq.get(whole) };
}

/** By response code, of current and of deferred errors (SPC-5). */
const formats: Readonly<Record<number, typeof fixedSense | typeof descriptorSense>> = {
  0x70: fixedSense,
  0x71: fixedSense,
  0x72: descriptorSense,
  0x73: descriptorSense,
};

function describe(status: number, sense: Uint8Array): string {
  const code = decode(sense);
  if (code === undefined) return nameOf(statuses, status) ?? `status ${hex(status)}`;
  const { key, asc, ascq } = code;
  const known = Object.values(senseCodes).find((one) => one.key === key && one.asc === asc && one.ascq === ascq);
  const digits = `${hex(asc)} ${hex(ascq)}`;
  return `${nameOf(senseKey, key) ?? hex(key)}, ${known === undefined ? digits : `${known.name} (${digits})`}`;
}

/** The key of a value, in words. */
function nameOf(table: Readonly<Record<string, number>>, value: number): string | undefined {
  const name = Object.keys(table).find((one) => table[one] === value);
  return name?.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function hex(value: number): string {
  return `${value.toString(16).padStart(2, "0")}h`;
}
