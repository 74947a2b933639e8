/**
 * TransportIDs of iSCSI: how PERSISTENT RESERVE IN and OUT name initiator ports.
 *
 * @module
 */

import { bits, layout, u16 } from "../bytes/layout.ts";

/** The header of an iSCSI TransportID; the name follows, ended by zeros to a multiple of 4 bytes. */
export const transportIdHeader = layout("SPC-5 §7.6.4.6", 4, {
  format: bits(0, 7, 6),
  protocol: bits(0, 3, 0),
  length: u16(2),
});

/** TPID FORMAT: the name of a device alone, or with `,i,0x` and the ISID that of one of its ports. */
const format = { device: 0, port: 1 } as const;
/** PROTOCOL IDENTIFIER of iSCSI (SPC-5 §7.6.1). */
const iscsi = 5;
/** The least ADDITIONAL LENGTH, in bytes. */
const shortest = 20;
/** The longest ADDITIONAL LENGTH that we read: 223 bytes of name (RFC 7143 §4.2.7.1), an ISID, and zeros. */
const longest = 244;

/** What a TransportID names. */
export interface TransportId {
  /** Name of an initiator port, for example `iqn…,i,0x00023d000001`, or of a device when `wholeDevice`. */
  readonly name: string;
  /** It names every port of a device. */
  readonly wholeDevice: boolean;
  /** Bytes of the TransportID. */
  readonly size: number;
}

/** The TransportID of an initiator port. */
export function encodeTransportId(initiatorPort: string): Uint8Array {
  const name = new TextEncoder().encode(initiatorPort);
  const length = Math.max(Math.floor(name.length / 4) * 4 + 4, shortest);
  const data = new Uint8Array(transportIdHeader.size + length);
  transportIdHeader.encode({ format: format.port, protocol: iscsi, length }, data);
  data.set(name, transportIdHeader.size);
  return data;
}

/** Reads the TransportID at `at`; `undefined` when it is cut, of another protocol, or no name. */
export function decodeTransportId(data: Uint8Array, at: number): TransportId | undefined {
  const text = at + transportIdHeader.size;
  if (text > data.length) return undefined;
  const { format: kind, protocol, length } = transportIdHeader.decode(data, at);
  if (protocol !== iscsi || kind > format.port || length < shortest || length > longest || length % 4 !== 0) {
    return undefined;
  }
  if (text + length > data.length) return undefined;
  const field = data.subarray(text, text + length);
  const end = field.indexOf(0);
  if (end < 1) return undefined;
  const name = new TextDecoder().decode(field.subarray(0, end)).toLowerCase();
  const wholeDevice = kind === format.device;
  if (wholeDevice === /,i,0x[0-9a-f]{12}$/.test(name)) return undefined;
  return { name, wholeDevice, size: transportIdHeader.size + length };
}

/** Whether an initiator port is the one, or one of those, that a TransportID names. */
export function namesPort({ name, wholeDevice }: TransportId, initiatorPort: string): boolean {
  return wholeDevice ? initiatorPort.toLowerCase().startsWith(`${name},i,0x`) : initiatorPort.toLowerCase() === name;
}
