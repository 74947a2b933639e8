/**
 * CHAP of the commands that log in somewhere: one user and its secret from a file, the environment or the terminal.
 *
 * @module
 */

import type { InitiatorChap } from "../initiator/authentication.ts";
import { chapAlgorithmsNamed } from "../iscsi/chap.ts";
import type { OptionValues } from "./args.ts";
import { secretOf, type SecretSources } from "./chap.ts";
import { accountsFor, discoveryAccounts, parseChapFile } from "./chap_file.ts";
import { messageOf, UsageError } from "./errors.ts";
import type { initiatorChapOptions } from "./initiator_chap_options.ts";

/** What was gathered. */
export interface InitiatorChapPlan {
  readonly chap: InitiatorChap;
  /** What is unwise, for the person who reads along. */
  readonly warnings: readonly string[];
}

/**
 * Gathers user and secret; `undefined` when none are asked for.
 *
 * @param targetName the target to log in to; absent for discovery
 * @throws {UsageError} when a secret cannot be had, it is not clear whose, or an algorithm does not exist
 */
export async function gatherInitiatorChap(
  values: OptionValues<typeof initiatorChapOptions>,
  sources: SecretSources,
  targetName?: string,
): Promise<InitiatorChapPlan | undefined> {
  const plan = await gather(values, sources, targetName);
  const list = values["chap-algorithms"];
  if (list === undefined) return plan;
  if (plan === undefined) throw new UsageError("Cannot use --chap-algorithms: it belongs to --chap or --chap-file");
  const algorithms = namesOf(list);
  return { ...plan, chap: { ...plan.chap, algorithms } };
}

function namesOf(list: string): string[] {
  try {
    return chapAlgorithmsNamed(list.split(",")).map(({ name }) => name);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

async function gather(
  values: OptionValues<typeof initiatorChapOptions>,
  sources: SecretSources,
  targetName: string | undefined,
): Promise<InitiatorChapPlan | undefined> {
  const { chap: user, "chap-mutual": mutual, "chap-file": path } = values;
  if (mutual !== undefined && (user === undefined || path !== undefined)) {
    throw new UsageError("Cannot use --chap-mutual: it belongs to --chap USER; a file has words of its own for it");
  }
  if (path !== undefined) return await fromFile(path, user, sources, targetName);
  if (user === undefined) return undefined;
  const own = { user, secret: secretOf(user, "LUNBOX_CHAP_SECRET", sources) };
  if (mutual === undefined) return { chap: own, warnings: [] };
  const theirs = { user: mutual, secret: secretOf(mutual, "LUNBOX_CHAP_MUTUAL_SECRET", sources) };
  return { chap: { ...own, mutual: theirs }, warnings: [] };
}

async function fromFile(
  path: string,
  user: string | undefined,
  sources: SecretSources,
  targetName: string | undefined,
): Promise<InitiatorChapPlan> {
  const { text, warning } = await sources.readSecretFile(path);
  const lines = parseChapFile(text, path);
  const discovery = discoveryAccounts(lines);
  // A file without lines for discovery alone is one that discovery and targets share.
  const accounts = targetName !== undefined ? accountsFor(lines, targetName) : discovery.length > 0 ? discovery : lines;
  const found = accounts.filter((account) => user === undefined || account.user === user);
  const [account] = found;
  const what = targetName === undefined ? "discovery" : `target ${targetName}`;
  if (account === undefined) {
    const whose = user === undefined ? "no user" : `no user ${JSON.stringify(user)}`;
    throw new UsageError(`Cannot use ${path}: it has ${whose} for ${what}`);
  }
  if (found.length > 1) {
    throw new UsageError(
      user === undefined
        ? `Cannot use ${path}: it has ${found.length} users for ${what}; say which by --chap USER`
        : `Cannot use ${path}: user ${JSON.stringify(user)} stands there ${found.length} times for ${what}`,
    );
  }
  const { secret, mutual } = account;
  const chap = { user: account.user, secret, ...(mutual === undefined ? {} : { mutual }) };
  return { chap, warnings: warning === undefined ? [] : [warning] };
}
