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

const form = /^iscsi:\/\/(?:([^@]*)@)?([^/@]+)\/([^/]+)\/(\d{1,5})\/?$/i;

/**
 * Reads a URL, `iscsi://[user[%secret]@]host[:port]/target/lun`, as libiscsi does: the secret is all between the first
 * percent sign, or the first colon where there is none, and the first `@`. Both are what they are; only characters of
 * the target may be written as %XX. A user of whom the URL has no secret is left as it is.
 *
 * @throws {UsageError} when it is none
 */
export function parseUnitUrl(text: string): UnitUrl {
  const [, who, where = "", target = "", lun = ""] = form.exec(text) ?? [];
  const number = Number(lun || NaN);
  if (!(number <= 16383)) {
    // Whoever mistypes a URL may have a secret in it.
    throw new UsageError(
      `Cannot use ${JSON.stringify(text.replace(/^(\w+:\/\/[^:%@/]*)[^@]*@/, "$1@"))}: ` +
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

function account(who: string): { user: string; secret?: string } {
  const percent = who.indexOf("%");
  const at = percent < 0 ? who.indexOf(":") : percent;
  const user = at < 0 ? who : who.slice(0, at);
  if (user === "") throw new UsageError("Cannot use the URL: before the @ stands no user");
  return at < 0 || at + 1 === who.length ? { user } : { user, secret: who.slice(at + 1) };
}

function decode(text: string): string {
  try {
    return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => decodeURIComponent(run));
  } catch {
    throw new UsageError("Cannot use the URL: what it has behind percent signs is no UTF-8");
  }
}
