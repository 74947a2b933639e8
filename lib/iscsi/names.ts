/**
 * iSCSI names (RFC 7143 §4.2.7) and the SCSI port names made of them (RFC 7143 §4.4.1, SPC-5).
 *
 * @module
 */

/** Longest iSCSI name, in bytes of UTF-8 (RFC 7143 §4.2.7.1). */
export const MAX_NAME_LENGTH = 223;

/** A name that is not an iSCSI name; the message says what is wrong with it. */
export class NameError extends Error {
  override readonly name = "NameError";
}

/** Whether a name is well formed: `iqn.`, `eui.` or `naa.` (RFC 7143 §4.2.7.3 to §4.2.7.5). */
export function isIscsiName(name: string): boolean {
  return fault(name) === undefined;
}

/**
 * Checks a name. Capital letters pass, although RFC 7143 §4.2.7.2 has them mapped to small ones by who makes a name:
 * compare names by {@link normalizeIscsiName}.
 *
 * @throws {NameError} with the reason.
 */
export function assertIscsiName(name: string): void {
  const reason = fault(name);
  if (reason !== undefined) throw new NameError(`Cannot use ${JSON.stringify(name)} as an iSCSI name: ${reason}`);
}

/** The form in which two spellings of one name are equal (RFC 7143 §4.2.7.2: small letters, normal form KC). */
export function normalizeIscsiName(name: string): string {
  return name.normalize("NFKC").toLowerCase().normalize("NFKC");
}

/** Name of the SCSI initiator port: `iqn…,i,0x` and the six bytes of the ISID (RFC 7143 §4.4.1). */
export function initiatorPortName(name: string, isid: Uint8Array): string {
  let hex = "";
  for (let i = 0; i < 6; i++) hex += (isid[i] ?? 0).toString(16).padStart(2, "0");
  return `${name},i,0x${hex}`;
}

/** Name of the SCSI target port: `iqn…,t,0x` and the target portal group tag, 0 to 65535 (RFC 7143 §4.4.1). */
export function targetPortName(name: string, portalGroupTag: number): string {
  return `${name},t,0x${portalGroupTag.toString(16).padStart(4, "0")}`;
}

function fault(name: string): string | undefined {
  const length = new TextEncoder().encode(name).length;
  if (length > MAX_NAME_LENGTH) return `it has ${length} bytes, more than ${MAX_NAME_LENGTH}`;
  const type = name.slice(0, 4).toLowerCase();
  if (type === "iqn.") return iqnFault(name);
  if (type === "eui.") return hexFault(name, euiDigits, "16");
  if (type === "naa.") return hexFault(name, naaDigits, "16 or 32");
  return `it starts with none of "iqn.", "eui." and "naa."`;
}

function iqnFault(name: string): string | undefined {
  if (!/^.{4}[0-9]{4}-(?:0[1-9]|1[0-2])\./u.test(name)) {
    return `"iqn." is not followed by a year and month such as "2024-01."`;
  }
  const rest = name.slice(12);
  const colon = rest.indexOf(":");
  const authority = colon === -1 ? rest : rest.slice(0, colon);
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i.test(authority)) {
    return `${JSON.stringify(authority)} after the date is not a reversed domain name`;
  }
  const wrong = /[^\p{L}\p{M}\p{N}.:-]/u.exec(rest);
  if (wrong !== null) return `character ${JSON.stringify(wrong[0])} is not a letter, digit, "-", "." or ":"`;
  return undefined;
}

function hexFault(name: string, digits: RegExp, count: string): string | undefined {
  return digits.test(name) ? undefined : `${JSON.stringify(name.slice(0, 4))} is not followed by ${count} hex digits`;
}

const euiDigits = /^.{4}[0-9a-f]{16}$/i;
const naaDigits = /^.{4}[0-9a-f]{16}(?:[0-9a-f]{16})?$/i;
