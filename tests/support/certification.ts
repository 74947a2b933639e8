/**
 * Tests that say which items of the lists of outside judges they check. The table in docs/conformance.md is made from what
 * these functions are called with.
 *
 * @module
 */

import type { ItemId } from "../conformance/items/all.ts";
import { type ProtocolHarness, story, type StoryOptions } from "./protocol_harness.ts";

/** A test that checks items. */
export interface Certificate {
  readonly items: readonly ItemId[];
  /** The name of the test as it is run. */
  readonly name: string;
}

/** Where tests are written down instead of being run. */
let list: Certificate[] | undefined;

/** The tests of lists that are told of while `load` imports their file; no test of that file is run. */
export async function certificatesOf(load: () => Promise<unknown>): Promise<readonly Certificate[]> {
  const told: Certificate[] = [];
  const { test } = Deno;
  list = told;
  Object.assign(Deno, { test: Object.assign((): void => {}, test) });
  try {
    await load();
  } finally {
    Object.assign(Deno, { test });
    list = undefined;
  }
  return told.filter(({ items }) => items.length > 0);
}

/** A test that checks `items`, which its name begins with; a row of a table may be of no list. */
export function itemTest(items: readonly ItemId[], name: string, run: () => void | Promise<void>): void {
  certify(items, name, (whole) => Deno.test(whole, run));
}

/** A story that checks `items`, which its name begins with. */
export function itemStory(
  items: readonly ItemId[],
  name: string,
  play: (house: ProtocolHarness) => void | Promise<void>,
  options: StoryOptions = {},
): void {
  certify(items, name, (whole) => story(whole, play, options));
}

/** Runs a test under its whole name, or writes it down. */
export function certify(items: readonly ItemId[], name: string, run: (name: string) => void): void {
  const whole = items.length === 0 ? name : `${items.join(", ")}: ${name}`;
  if (list === undefined) run(whole);
  else list.push({ items, name: whole });
}
