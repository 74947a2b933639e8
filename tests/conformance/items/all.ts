/**
 * Everything that outside judges check, list by list.
 *
 * @module
 */

import { chap } from "./chap.ts";
import { errorRecovery } from "./error_recovery.ts";
import { fullFeature } from "./full_feature.ts";
import { initiators } from "./initiators.ts";
import { inputs } from "./inputs.ts";
import type { Item } from "./item.ts";
import { login } from "./login.ts";
import { mcs } from "./mcs.ts";

/** The lists by the names under which the documentation has them. */
export const lists = {
  "full-feature": fullFeature,
  "error-recovery": errorRecovery,
  chap,
  login,
  mcs,
  inputs,
  initiators,
} as const satisfies Readonly<Record<string, readonly Item[]>>;

/** The name of a list. */
export type ListName = keyof typeof lists;

/** What tests name items by. */
export type ItemId = (typeof lists)[ListName][number]["id"];
