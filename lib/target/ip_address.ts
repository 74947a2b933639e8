/**
 * IP addresses and networks as people write them (RFC 4291 §2.2, RFC 4632 §3.1).
 *
 * @module
 */

/** An address: 4 bytes for IPv4, 16 for IPv6; IPv4 inside IPv6 is IPv4. */
export type IpAddress = Uint8Array;

/** Reads an address, IPv6 without brackets; a zone after `%` is left out. `undefined` for anything else, names too. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return text.includes(":") ? parseSix(text.replace(/%.*$/, "")) : parseFour(text);
}

/** Reaches only the machine itself. */
export function isLoopbackAddress(address: IpAddress): boolean {
  return address.length === 4 ? address[0] === 127 : address.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

/** Means something on one link only. */
export function isLinkLocalAddress(address: IpAddress): boolean {
  const [first = 0, second = 0] = address;
  return address.length === 4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80;
}

/** Stands for all addresses of the machine. */
export function isWildcardAddress(address: IpAddress): boolean {
  return address.every((byte) => byte === 0);
}

/** A range of addresses. */
export class IpNetwork {
  readonly #address: IpAddress;
  readonly #prefix: number;

  /**
   * Reads `192.0.2.0/24`, `2001:db8::/32`, or a single address.
   *
   * @throws {TypeError} when it is none, or has bits set behind its prefix
   */
  constructor(text: string) {
    const [given = "", length, ...rest] = text.split("/");
    const address = parseIpAddress(given);
    if (address === undefined || rest.length > 0) throw problem(text, "write ADDRESS or ADDRESS/LENGTH");
    const mapped = address.length === 4 && given.includes(":") ? 96 : 0;
    const bits = address.length * 8;
    const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) - mapped : NaN;
    if (!(prefix >= 0 && prefix <= bits)) throw problem(text, `the length is a number from 0 to ${bits}`);
    this.#address = address;
    this.#prefix = prefix;
    const masked = address.map((byte, i) => byte & maskAt(prefix, i));
    if (!address.every((byte, i) => byte === masked[i])) {
      throw problem(text, `the first address of that network is ${formatIpAddress(masked)}`);
    }
  }

  /** The address is in the network. */
  contains(address: IpAddress): boolean {
    return address.length === this.#address.length &&
      address.every((byte, i) => ((byte ^ (this.#address[i] as number)) & maskAt(this.#prefix, i)) === 0);
  }
}

/** Writes an address; IPv6 without shortening. */
export function formatIpAddress(address: IpAddress): string {
  if (address.length === 4) return address.join(".");
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((address[i] as number) << 8 | (address[i + 1] as number)).toString(16));
  return groups.join(":");
}

function parseFour(text: string): IpAddress | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})(?:\.(?!$)|$)){4}$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : undefined;
}

function parseSix(text: string): IpAddress | undefined {
  const dotted = /^(.*:)([\d.]+)$/.exec(text);
  const tail = dotted?.[2]?.includes(".") ? parseFour(dotted[2]) : undefined;
  if (tail === undefined && text.includes(".")) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = tail ?? [];
  const hex = (high: number, low: number): string => (high << 8 | low).toString(16);
  const plain = tail === undefined ? text : `${dotted?.[1]}${hex(first, second)}:${hex(third, fourth)}`;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [front = [], back = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...front, ...new Array<string>(missing).fill("0"), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const bytes = new Uint8Array(16);
  groups.forEach((group, i) => {
    bytes[2 * i] = parseInt(group, 16) >>> 8;
    bytes[2 * i + 1] = parseInt(group, 16) & 0xff;
  });
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return mapped ? bytes.slice(12) : bytes;
}

function maskAt(prefix: number, byte: number): number {
  return 0xff << Math.max(0, 8 - Math.max(0, prefix - 8 * byte)) & 0xff;
}

function problem(text: string, state: string): TypeError {
  return new TypeError(`Cannot read network ${JSON.stringify(text)}: ${state}`);
}
