/**
 * SendTargets (RFC 7143 §13.3, Appendix C): which targets an initiator is told of, and how.
 *
 * @module
 */

import { isIscsiName, normalizeIscsiName } from "./names.ts";
import type { TextPair } from "./text.ts";

/** A target as discovery announces it. */
export interface TargetRecord {
  readonly name: string;
  /** Each `host:port,tag`, the host as a name, an IPv4 address or an IPv6 address in brackets (RFC 7143 §13.8). */
  readonly addresses: readonly string[];
}

/** Knows the targets. Answers at once. */
export interface DiscoveryHost {
  /**
   * The targets that this initiator may see, or the one of them that is called `name` (in the form that compares equal).
   * No error when there is none.
   */
  sendTargets(initiatorName: string, name?: string): readonly TargetRecord[];
}

/** Who asks. */
export interface DiscoveryAsker {
  readonly initiatorName: string;
  /** The target of a normal session; absent in a discovery session. */
  readonly targetName?: string | undefined;
}

/**
 * Answers SendTargets. A discovery session may ask for `All` and for a name. A normal session may ask for nothing (its
 * own target) and for the name of its own target. Everything else is answered with Reject.
 */
export function answerSendTargets(value: string, asker: DiscoveryAsker, host: DiscoveryHost): TextPair[] {
  const { initiatorName, targetName } = asker;
  if (targetName === undefined) {
    if (value === "All") return describe(host.sendTargets(initiatorName));
    if (isIscsiName(value)) return describe(host.sendTargets(initiatorName, normalizeIscsiName(value)));
  } else if (value === "" || (isIscsiName(value) && normalizeIscsiName(value) === targetName)) {
    return describe(host.sendTargets(initiatorName, targetName));
  }
  return [["SendTargets", "Reject"]];
}

/** A TargetName for each target, followed by its addresses (RFC 7143 Appendix C). */
function describe(records: readonly TargetRecord[]): TextPair[] {
  const pairs: TextPair[] = [];
  for (const { name, addresses } of records) {
    pairs.push(["TargetName", name]);
    for (const address of addresses) pairs.push(["TargetAddress", address]);
  }
  return pairs;
}
