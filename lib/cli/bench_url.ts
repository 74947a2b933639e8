/**
 * Where a logical unit is, as libiscsi and QEMU write it: `iscsi://host[:port]/target/lun`.
 *
 * @module
 */

import { assertIscsiName, NameError, normalizeIscsiName } from "../iscsi/names.ts";
import { UsageError } from "./errors.ts";
import { parsePortal, type Portal } from "./portal.ts";

/** What a URL names. */
export interface UnitUrl {
  readonly portal: Portal;
  readonly target: string;
  /** 0 to 16383. */
  readonly lun: number;
  readonly user?: string;
  readonly secret?: string;
}

const form = /^iscsi:\/\/(?:([^@/]*)@)?([^/@]+)\/([^/]+)\/(\d{1,5})\/?$/i;

/**
 * Reads a URL, `iscsi://[user[:secret]@]host[:port]/target/lun`. Characters of user and secret may be written as %XX;
 * between the two stands a colon, or a percent sign as libiscsi has it.
 *
 * @throws {UsageError} when it is none
 */
export function parseUnitUrl(text: string): UnitUrl {
  const [, who, where = "", target = "", lun = ""] = form.exec(text) ?? [];
  const number = Number(lun || NaN);
  if (!(number <= 16383)) {
    // Whoever mistypes a URL may have a secret in it.
    throw new UsageError(
      `Cannot use ${JSON.stringify(text.replace(/^(\w+:\/\/[^:%@/]*)[^@/]*@/, "$1@"))}: ` +
        "write iscsi://HOST[:PORT]/TARGET/LUN, as lunbox serve prints it",
    );
  }
  return {
    portal: parsePortal(where, "the portal"),
    target: nameOf(decode(target)),
    lun: number,
    ...(who === undefined ? {} : account(who)),
  };
}

function nameOf(text: string): string {
  try {
    const name = normalizeIscsiName(text);
    assertIscsiName(name);
    return name;
  } catch (error) {
    if (error instanceof NameError) throw new UsageError(error.message);
    throw error;
  }
}

/** A percent sign that no hexadecimal digits follow cannot be one of %XX. */
function account(who: string): { user: string; secret?: string } {
  const at = who.search(/:|%(?![0-9a-f]{2})/i);
  if (at < 0) return { user: decode(who) };
  return { user: decode(who.slice(0, at)), secret: decode(who.slice(at + 1)) };
}

function decode(text: string): string {
  try {
    return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => decodeURIComponent(run));
  } catch {
    throw new UsageError("Cannot use the URL: what it has behind percent signs is no UTF-8");
  }
}
