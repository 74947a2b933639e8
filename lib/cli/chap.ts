/**
 * CHAP from the command line: gathers accounts from a file, the environment and the terminal.
 *
 * @module
 */

import { chapAlgorithmsNamed } from "../iscsi/chap.ts";
import { type ChapAccount, ChapAccounts } from "../target/chap_accounts.ts";
import { accessOptions } from "./access_options.ts";
import type { OptionRow, OptionValues } from "./args.ts";
import { accountsFor, discoveryAccounts, parseChapFile } from "./chap_file.ts";
import { messageOf, UsageError } from "./errors.ts";
import type { SecretFile } from "./secret_file.ts";

/** Where secrets come from. */
export interface SecretSources {
  /** Reads an environment variable. */
  env(name: string): string | undefined;
  /** Reads a file; throws a {@link UsageError} when others can read it, too. */
  readSecretFile(path: string): Promise<SecretFile>;
  /** Asks the person at the terminal; `undefined` when nobody is there. */
  askSecret(question: string): string | undefined;
}

/** What was gathered. */
export interface ChapPlan {
  /** Who may log in to each target, by its name. */
  readonly accounts: ReadonlyMap<string, readonly ChapAccount[]>;
  /** Who may discover; absent when everybody may. */
  readonly discovery?: readonly ChapAccount[];
  readonly algorithms: readonly string[];
  readonly shortSecrets: boolean;
  /** Milliseconds that whoever keeps failing waits at most. */
  readonly longestDelay: number;
  /** What is unwise, for the log. */
  readonly warnings: readonly string[];
}

type Values = Pick<
  OptionValues<typeof accessOptions>,
  "chap" | "chap-mutual" | "chap-file" | "chap-discovery" | "chap-algorithms" | "chap-delay" | "chap-short-secrets"
>;

/** Whether CHAP is asked for. */
export function wantsChap(values: Pick<Values, "chap" | "chap-file">): boolean {
  return values.chap !== undefined || values["chap-file"] !== undefined;
}

/**
 * Gathers accounts; `undefined` when none are asked for.
 *
 * @throws {UsageError} when a secret cannot be had, an account makes no sense, or nobody could log in to a target
 */
export async function gatherChap(
  values: Values,
  targetNames: readonly string[],
  sources: SecretSources,
): Promise<ChapPlan | undefined> {
  checkCompany(values);
  if (!wantsChap(values)) return undefined;
  const accounts = new Map<string, ChapAccount[]>(targetNames.map((name) => [name, []]));
  const discovery: ChapAccount[] = [];
  const warnings: string[] = [];
  const path = values["chap-file"];
  if (path !== undefined) {
    const { text, warning } = await sources.readSecretFile(path);
    const lines = parseChapFile(text, path);
    for (const [name, list] of accounts) list.push(...accountsFor(lines, name));
    discovery.push(...discoveryAccounts(lines));
    if (warning !== undefined) warnings.push(warning);
  }
  if (values.chap !== undefined) {
    const own = ownAccount(values, values.chap, sources);
    for (const list of accounts.values()) list.push(own);
    if (values["chap-discovery"]) discovery.push(own);
  }
  for (const [name, list] of accounts) {
    if (list.length === 0) throw new UsageError(`Cannot use ${path}: no line of it is for target ${name}`);
  }
  const shortSecrets = values["chap-short-secrets"];
  const shared = checked(() =>
    [...accounts.values(), ...(discovery.length === 0 ? [] : [discovery])].flatMap((list) =>
      new ChapAccounts(list, { shortSecrets }).sharedSecrets()
    )
  );
  if (shared.length > 0) {
    warnings.push(`CHAP users ${[...new Set(shared)].join(", ")} share a secret: each can pass for the other`);
  }
  return {
    accounts,
    ...(discovery.length === 0 ? {} : { discovery }),
    algorithms: checked(() => chapAlgorithmsNamed(values["chap-algorithms"].split(","))).map(({ name }) => name),
    shortSecrets,
    longestDelay: delayOf(values["chap-delay"]),
    warnings,
  };
}

function delayOf(text: string): number {
  const seconds = /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : Infinity;
  if (seconds <= 60) return seconds * 1000;
  throw new UsageError(`Cannot use --chap-delay ${JSON.stringify(text)}: it is a number of seconds from 0 to 60`);
}

function checkCompany(values: Values): void {
  for (const name of ["chap-mutual", "chap-discovery"] as const) {
    if (values.chap !== undefined || values[name] === undefined || values[name] === false) continue;
    throw new UsageError(`Cannot use --${name}: it belongs to --chap USER; a file has words of its own for it`);
  }
  if (wantsChap(values)) return;
  // Whoever gives one of them believes that secrets are asked for.
  for (const name of ["chap-algorithms", "chap-delay", "chap-short-secrets"] as const) {
    const row: OptionRow | undefined = accessOptions.find((row) => row.name === name);
    if (values[name] === (row?.default ?? false)) continue;
    throw new UsageError(`Cannot use --${name}: it belongs to --chap USER or --chap-file FILE`);
  }
}

function ownAccount(values: Values, user: string, sources: SecretSources): ChapAccount {
  const secret = secretOf(user, "LUNBOX_CHAP_SECRET", sources);
  const mutual = values["chap-mutual"];
  if (mutual === undefined) return { user, secret };
  return { user, secret, mutual: { user: mutual, secret: secretOf(mutual, "LUNBOX_CHAP_MUTUAL_SECRET", sources) } };
}

/**
 * The secret of a user from an environment variable, or from the person at the terminal.
 *
 * @throws {UsageError} when neither has one
 */
export function secretOf(
  user: string,
  variable: string,
  { env, askSecret }: Omit<SecretSources, "readSecretFile">,
): string {
  const secret = env(variable) || askSecret(`CHAP secret of ${user}:`);
  if (secret) return secret;
  throw new UsageError(
    `Cannot learn the CHAP secret of ${JSON.stringify(user)}: set ${variable}, start in a terminal, or use --chap-file`,
  );
}

/** Errors of the library are the user's here. */
function checked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
