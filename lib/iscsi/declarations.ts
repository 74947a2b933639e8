/**
 * Who may say which key, when, and how often (RFC 7143 §6.2, §6.3, §12, §13). Sorts the keys of a text by who deals with
 * them.
 *
 * @module
 */

import { type KeyRow, keyRow } from "./keys.ts";
import { NegotiationError, reservedValues } from "./negotiation.ts";
import { MAX_VALUE_LENGTH, type TextPair } from "./text.ts";

/** Keys in one negotiation: more than there are, so that nobody can fill our memory with names. */
export const MAX_KEYS = 1024;

/** Where a text comes: the two stages of a login with text, and after login. */
export type TextPhase = "security" | "operational" | "fullFeature";

/** The keys of one text. */
export interface SortedText {
  /** Who the initiator is and what it wants: no answer. */
  readonly declared: ReadonlyMap<string, string>;
  /** For the authentication method, in order. */
  readonly security: TextPair[];
  /** Operational and unknown keys, in order. */
  readonly negotiated: TextPair[];
  /** SendTargets. */
  readonly queries: TextPair[];
}

/** The keys that have been said in one negotiation, by either side. */
export class Declarations {
  readonly #theirs = new Set<string>();
  readonly #ours = new Set<string>();

  /** Notes keys that we declare without having been asked, so that a refusal of them is no offer. */
  volunteer(pairs: readonly TextPair[]): void {
    for (const [name] of pairs) this.#ours.add(name);
  }

  /**
   * Sorts the keys of one text.
   *
   * @throws {NegotiationError} a key that comes a second time, at the wrong time or from the wrong side, or has no value.
   */
  sort(pairs: readonly TextPair[], phase: TextPhase): SortedText {
    const declared = new Map<string, string>();
    const sorted: SortedText = { declared, security: [], negotiated: [], queries: [] };
    for (const pair of pairs) {
      const [name, value] = pair;
      if (this.#isRefusal(name, value)) continue;
      if (this.#theirs.has(name)) throw new NegotiationError(`Cannot take ${name}: it has been declared before`);
      if (this.#theirs.size >= MAX_KEYS) {
        throw new NegotiationError(`Cannot take ${name}: ${MAX_KEYS} keys are too many`);
      }
      this.#theirs.add(name);
      const row = keyRow(name);
      if (row === undefined) {
        sorted.negotiated.push(pair);
        continue;
      }
      checkUse(row, value, phase);
      if (row.kind === "declarative") declared.set(name, value);
      else if (row.kind === "security") sorted.security.push(pair);
      else if (row.kind === "query") sorted.queries.push(pair);
      else sorted.negotiated.push(pair);
    }
    return sorted;
  }

  /** Whether the initiator says that it cannot use what we have declared, which changes nothing. */
  #isRefusal(name: string, value: string): boolean {
    if (!reservedValues.has(value)) return false;
    if (this.#ours.has(name)) return true;
    throw new NegotiationError(`Cannot take ${name}=${value}: it answers nothing`);
  }
}

function checkUse(row: KeyRow, value: string, phase: TextPhase): void {
  if (row.senders === "target") throw new NegotiationError(`Cannot take ${row.name}: only a target sends it`);
  if (!allowed(row, phase)) throw new NegotiationError(`Cannot take ${row.name}: not in ${phaseNames[phase]}`);
  // Keys of authentication methods have limits of their own (RFC 7143 §12.1.3).
  if (row.kind !== "security" && new TextEncoder().encode(value).length > MAX_VALUE_LENGTH) {
    throw new NegotiationError(`Cannot take ${row.name}: its value is longer than ${MAX_VALUE_LENGTH} bytes`);
  }
}

function allowed(row: KeyRow, phase: TextPhase): boolean {
  if (phase === "fullFeature") return row.use === "ALL" || row.use === "FFPO";
  return row.use !== "FFPO" && (row.stage === "any" || row.stage === phase);
}

const phaseNames: Record<TextPhase, string> = {
  security: "the security stage of a login",
  operational: "the operational stage of a login",
  fullFeature: "full feature phase",
};
