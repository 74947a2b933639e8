/**
 * Files of CHAP users and secrets. A line is `USER SECRET [OPTION...]`; `#` begins a comment; words with blanks stand in
 * double quotes, in which `\"` and `\\` are `"` and `\`; a secret that begins with `hex:` is written in hexadecimal digits.
 *
 * Options: `initiator=PATTERN` and `target=PATTERN` say for whom and where the line counts, each may come several times;
 * `discovery` makes it count for discovery only; `mutual-user=USER` and `mutual-secret=SECRET` are how we prove who we
 * are.
 *
 * No message shows what stands in the file: it could be a secret.
 *
 * @module
 */

import { decodeHex } from "../bytes/encoding.ts";
import { NamePatterns } from "../target/access.ts";
import type { ChapAccount } from "../target/chap_accounts.ts";
import { UsageError } from "./errors.ts";

/** A line of the file. */
export interface ChapLine extends ChapAccount {
  /** Patterns of target names; absent for all. */
  readonly targets?: readonly string[];
  /** It counts for discovery, and for no target. */
  readonly discovery: boolean;
}

/**
 * Reads a file.
 *
 * @param path for messages
 * @throws {UsageError} at a line that cannot be understood, and for a file without lines
 */
export function parseChapFile(text: string, path: string): readonly ChapLine[] {
  const lines: ChapLine[] = [];
  text.replace(/^\uFEFF/, "").split(/\r?\n/).forEach((line, index) => {
    const where = `${path} line ${index + 1}`;
    const words = wordsOf(line, where);
    if (words.length > 0) lines.push(lineOf(words, where));
  });
  if (lines.length === 0) throw new UsageError(`Cannot use ${path}: it has no CHAP users, a line is USER SECRET`);
  return lines;
}

/** The accounts that count for a target. */
export function accountsFor(lines: readonly ChapLine[], targetName: string): readonly ChapAccount[] {
  return lines
    .filter(({ discovery, targets }) =>
      !discovery && (targets === undefined || new NamePatterns(targets).match(targetName))
    )
    .map(accountOf);
}

/** The accounts that count for discovery. */
export function discoveryAccounts(lines: readonly ChapLine[]): readonly ChapAccount[] {
  return lines.filter(({ discovery }) => discovery).map(accountOf);
}

function accountOf({ user, secret, mutual, initiators }: ChapLine): ChapAccount {
  return {
    ...{ user, secret },
    ...(mutual === undefined ? {} : { mutual }),
    ...(initiators === undefined ? {} : { initiators }),
  };
}

function lineOf([user = "", secret, ...options]: readonly string[], where: string): ChapLine {
  if (secret === undefined) throw problem(where, "there is no secret after the user");
  const initiators: string[] = [];
  const targets: string[] = [];
  const mutual = new Map<string, string>();
  let discovery = false;
  for (const option of options) {
    const [, name, value] = /^([a-z-]+)=(.*)$/s.exec(option) ?? [];
    if (option === "discovery") discovery = true;
    else if (value === "") throw problem(where, "an option has no value");
    else if (name === "initiator" && value !== undefined) initiators.push(value);
    else if (name === "target" && value !== undefined) targets.push(value);
    else if ((name === "mutual-user" || name === "mutual-secret") && value !== undefined) mutual.set(name, value);
    else {throw problem(
        where,
        "after the secret there is a word that is no option; a secret with blanks stands in quotes",
      );}
  }
  if (discovery && targets.length > 0) throw problem(where, "discovery has no target; write two lines");
  if (mutual.size === 1) throw problem(where, "mutual-user and mutual-secret belong together");
  const mutualUser = mutual.get("mutual-user");
  const mutualSecret = mutual.get("mutual-secret");
  return {
    ...{ user, secret: secretOf(secret, where), discovery },
    ...(initiators.length === 0 ? {} : { initiators }),
    ...(targets.length === 0 ? {} : { targets }),
    ...(mutualUser === undefined || mutualSecret === undefined
      ? {}
      : { mutual: { user: mutualUser, secret: secretOf(mutualSecret, where) } }),
  };
}

function secretOf(word: string, where: string): string | Uint8Array {
  if (!word.startsWith("hex:")) return word;
  const bytes = decodeHex(word.slice(4));
  if (bytes === undefined) throw problem(where, "after hex: there are not only pairs of hexadecimal digits");
  return bytes;
}

function wordsOf(line: string, where: string): string[] {
  const words: string[] = [];
  const word = /\s*(?:#.*|((?:[^\s"#]|"(?:[^"\\]|\\.)*"|(?<=\S)#)+))/y;
  for (let at = 0; at < line.trimEnd().length; at = word.lastIndex) {
    word.lastIndex = at;
    const found = word.exec(line);
    if (found === null) throw problem(where, "a quote does not end");
    if (found[1] !== undefined) words.push(found[1].replace(/"((?:[^"\\]|\\.)*)"/g, unquoted));
  }
  return words;
}

function unquoted(_whole: string, inside: string): string {
  return inside.replace(/\\(.)/g, "$1");
}

function problem(where: string, state: string): UsageError {
  return new UsageError(`Cannot read ${where}: ${state}`);
}
