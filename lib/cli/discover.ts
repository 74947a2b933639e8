/**
 * `lunbox discover`: what a portal offers.
 *
 * @module
 */

import type { InitiatorChap } from "../initiator/authentication.ts";
import type { DiscoveredTarget } from "../initiator/send_targets.ts";
import { assertIscsiName } from "../iscsi/names.ts";
import { parse } from "./args.ts";
import type { SecretSources } from "./chap.ts";
import { commandNamed } from "./commands.ts";
import { exitCode, messageOf, UsageError } from "./errors.ts";
import { explainTarget } from "./explain_target.ts";
import type { Host } from "./host.ts";
import { gatherInitiatorChap } from "./initiator_chap.ts";
import { printable, table } from "./output.ts";
import { formatPortal, parsePortal, type Portal } from "./portal.ts";
import { discoverOptions, helpOption } from "./small_options.ts";

/** Asks a portal for its targets. */
export type Discover = (
  question: Portal & { readonly initiatorName?: string; readonly chap?: InitiatorChap },
) => Promise<readonly DiscoveredTarget[]>;

/** What `lunbox discover` needs of the world. */
export interface DiscoverServices {
  readonly ask: Discover;
  /** Where secrets come from, besides the environment. */
  readonly secrets: Omit<SecretSources, "env">;
}

/**
 * Runs `lunbox discover`; gives its exit code.
 *
 * @throws {UsageError} when the arguments make no sense
 * @throws {Error} when the portal cannot be reached or does not answer as it should
 */
export async function discover(host: Host, args: readonly string[], services: DiscoverServices): Promise<number> {
  const operands = commandNamed("discover")?.operands ?? [];
  const parsed = parse(args, { options: [...discoverOptions, helpOption], operands, env: host.env });
  const portal = parsePortal(parsed.operands[0] ?? "", "HOST[:PORT]");
  const initiatorName = initiatorOf(parsed.values.initiator);
  const plan = await gatherInitiatorChap(parsed.values, { ...services.secrets, env: host.env });
  for (const warning of plan?.warnings ?? []) host.stderr.write(`Warning: ${warning}\n`);
  const question = {
    ...portal,
    ...(initiatorName === undefined ? {} : { initiatorName }),
    ...(plan === undefined ? {} : { chap: plan.chap }),
  };
  const targets = await services.ask(question).catch((error) => {
    throw explainTarget(error, { portal, chap: plan !== undefined });
  });
  host.stdout.write(parsed.values.json ? json(targets) : text(targets, portal));
  return exitCode.ok;
}

function text(targets: readonly DiscoveredTarget[], portal: Portal): string {
  if (targets.length === 0) return `${formatPortal(portal)} offers no targets to this initiator\n`;
  const rows = targets.flatMap((target) => {
    const portals = target.portals.length > 0 ? target.portals : [{ ...portal, tag: undefined }];
    return portals.map((one, i) => [
      i === 0 ? printable(target.name) : "",
      printable(formatPortal(one)),
      one.tag === undefined ? "" : String(one.tag),
    ]);
  });
  return table(["TARGET", "PORTAL", "GROUP"], rows);
}

function json(targets: readonly DiscoveredTarget[]): string {
  return JSON.stringify({ targets }, undefined, 2) + "\n";
}

function initiatorOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    assertIscsiName(name);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
  return name;
}
