/**
 * LUN maps of the command line: `--map PATTERN[,target=NAME][,LUN[=IMAGE][:ro]...]`.
 *
 * @module
 */

import { type LunMapRule, LunMaps, type MappedLun } from "../target/lun_map.ts";
import { isPattern } from "./access.ts";
import { messageOf, UsageError } from "./errors.ts";

/** What a `--map` says. */
export interface MapArgument {
  readonly rule: LunMapRule;
  /** The target as written; absent for the main one. */
  readonly target?: string;
}

/**
 * Reads a `--map`.
 *
 * @param numbers the numbers of the target's images; absent: they are not known yet
 * @throws {UsageError} when it makes no sense
 */
export function parseMap(text: string, numbers?: readonly number[]): MapArgument {
  const [pattern = "", ...words] = text.toLowerCase().split(",");
  if (!isPattern(pattern)) throw problem(text, "it begins with an initiator name, in which * stands for any text");
  const target = words[0]?.startsWith("target=") ? words.shift()?.slice("target=".length) : undefined;
  if (target === "") throw problem(text, "the value of target is missing, write target=NAME");
  const rule = { initiators: [pattern], luns: words.map((word) => mappedLun(text, word)) };
  for (const { lun, unit = lun } of rule.luns) {
    if (numbers?.includes(unit) === false) throw problem(text, `there is no image with number ${unit}`);
  }
  try {
    new LunMaps({ at: () => undefined, numbers: () => [] }, [rule]);
  } catch (error) {
    throw problem(text, messageOf(error).replace(/^Cannot map /, ""));
  }
  return { rule, ...(target === undefined ? {} : { target }) };
}

function mappedLun(text: string, word: string): MappedLun {
  const [, lun, unit, ro] = /^(\d{1,5})(?:=(\d{1,5}))?(:ro)?$/.exec(word) ?? [];
  if (lun === undefined) throw problem(text, `${JSON.stringify(word)} is not LUN, LUN=IMAGE or LUN=IMAGE:ro`);
  return {
    lun: Number(lun),
    ...(unit === undefined ? {} : { unit: Number(unit) }),
    ...(ro === undefined ? {} : { readOnly: true }),
  };
}

function problem(text: string, state: string): UsageError {
  return new UsageError(`Cannot use --map ${JSON.stringify(text)}: ${state}`);
}
