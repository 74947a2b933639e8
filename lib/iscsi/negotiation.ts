/**
 * Answers what an initiator offers (RFC 7143 §6.2), from the rows of `keys.ts`: no key has code of its own.
 *
 * @module
 */

import { conditionalLimits, crossKeyRules, keyRow, keys, type NegotiatedRow } from "./keys.ts";
import type { ConnectionParameters, LocalParameters, SessionParameters } from "./parameters.ts";
import { formatBoolean, parseBoolean, parseList, parseNumerical, type TextPair } from "./text.ts";

/** Keys that break the rules of RFC 7143 §6.2: a Login ends with status 0200h, a Text with a Reject. */
export class NegotiationError extends Error {
  override readonly name = "NegotiationError";
}

/** What kind of login the negotiation belongs to. */
export interface NegotiationOptions {
  /** Of a discovery session: what concerns commands is Irrelevant (RFC 7143 §13). False when absent. */
  readonly discovery?: boolean;
  /** Of the first connection of its session: only there session-wide keys count. True when absent. */
  readonly leading?: boolean;
}

/** The result of one key. */
type Value = boolean | number | string;

/** What one offer comes to: a value unless it failed, and what is said about it unless that has been said. */
interface Outcome {
  readonly name: string;
  readonly value?: Value;
  readonly answer?: string;
}

const REJECT = "Reject";
const IRRELEVANT = "Irrelevant";
const NOT_UNDERSTOOD = "NotUnderstood";

/** The values that are answers and never offers (RFC 7143 §6.2). */
export const reservedValues: ReadonlySet<string> = new Set([REJECT, IRRELEVANT, NOT_UNDERSTOOD]);

/** The target's side of one negotiation: a login, or a Text exchange in full feature phase. */
export class Negotiation {
  readonly #local: LocalParameters;
  readonly #discovery: boolean;
  readonly #leading: boolean;
  readonly #agreed = new Map<string, Value>();
  /** Keys that have had a word from us: an answer, or a declaration nobody asked for. */
  readonly #said = new Set<string>();
  /** Of these, the keys for which the word was Reject. */
  readonly #refused = new Set<string>();

  constructor(local: LocalParameters, options: NegotiationOptions = {}) {
    this.#local = local;
    this.#discovery = options.discovery ?? false;
    this.#leading = options.leading ?? true;
  }

  /**
   * Answers the keys of one text, in their order. That a key comes once, from the right side and at the right time is
   * for `declarations.ts` to check.
   *
   * @param offers the negotiated and the unknown keys of the text
   */
  answer(offers: Iterable<TextPair>): TextPair[] {
    const outcomes: Outcome[] = [];
    for (const [name, offer] of offers) outcomes.push(this.#consider(name, offer));
    for (const outcome of outcomes) {
      if (outcome.value !== undefined) this.#agreed.set(outcome.name, outcome.value);
    }
    const corrected = this.#correct(outcomes);
    const answers: TextPair[] = [];
    for (const { name, answer } of corrected) {
      if (answer === undefined) continue;
      this.#said.add(name);
      if (answer === REJECT) this.#refused.add(name);
      answers.push([name, answer]);
    }
    return answers;
  }

  /** Declares what each side declares for itself and we have not yet: MaxRecvDataSegmentLength (RFC 7143 §13.12). */
  declare(): TextPair[] {
    const pairs: TextPair[] = [];
    for (const row of keys) {
      if (row.kind !== "declares" || this.#said.has(row.name)) continue;
      this.#said.add(row.name);
      pairs.push([row.name, String(this.#local[row.own])]);
    }
    return pairs;
  }

  /** Whether a key has been settled by an offer. */
  settled(name: string): boolean {
    return this.#agreed.has(name);
  }

  /** What the session runs with; keys that nobody offered have the default of the RFC. */
  session(): SessionParameters {
    const maxBurstLength = this.#number("MaxBurstLength");
    return {
      maxConnections: this.#number("MaxConnections"),
      initialR2T: this.#boolean("InitialR2T"),
      immediateData: this.#boolean("ImmediateData"),
      maxBurstLength,
      firstBurstLength: Math.min(this.#number("FirstBurstLength"), maxBurstLength),
      defaultTime2Wait: this.#number("DefaultTime2Wait"),
      defaultTime2Retain: this.#number("DefaultTime2Retain"),
      maxOutstandingR2T: this.#number("MaxOutstandingR2T"),
      dataPduInOrder: this.#boolean("DataPDUInOrder"),
      dataSequenceInOrder: this.#boolean("DataSequenceInOrder"),
      errorRecoveryLevel: this.#number("ErrorRecoveryLevel"),
      iscsiProtocolLevel: this.#number("iSCSIProtocolLevel"),
      taskReporting: String(this.#value("TaskReporting")),
    };
  }

  /** What the connection runs with. */
  connection(): ConnectionParameters {
    const name = "MaxRecvDataSegmentLength";
    const declared = this.#said.has(name) && !this.#refused.has(name);
    return {
      headerDigest: this.#value("HeaderDigest") === "CRC32C",
      dataDigest: this.#value("DataDigest") === "CRC32C",
      initiatorMaxRecvDataSegmentLength: this.#number(name),
      targetMaxRecvDataSegmentLength: declared ? this.#local.maxRecvDataSegmentLength : Number(defaultOf(name)),
    };
  }

  #consider(name: string, offer: string): Outcome {
    const row = keyRow(name);
    if (row === undefined) return { name, answer: NOT_UNDERSTOOD };
    if (row.kind === "declarative" || row.kind === "security" || row.kind === "query") {
      throw new NegotiationError(`Cannot negotiate ${name}: it is not an operational parameter`);
    }
    const irrelevant = (this.#discovery && row.irrelevantWhen === "Discovery") || (!this.#leading && row.use === "LO");
    if (irrelevant) return { name, answer: IRRELEVANT };
    const outcome = { name, ...decide(row, offer, this.#local) };
    // What we have declared is not declared again; the initiator's own value still counts.
    if (!this.#said.has(name) || outcome.value === undefined) return outcome;
    return { name, value: outcome.value };
  }

  /** Applies the rules between keys. A key settled earlier stays: then the limit that came too late is refused. */
  #correct(outcomes: readonly Outcome[]): Outcome[] {
    let corrected = [...outcomes];
    for (const rule of crossKeyRules) {
      const limit = this.#number(rule.atMost);
      if (!this.#agreed.has(rule.key) || this.#number(rule.key) <= limit) continue;
      if (corrected.some((outcome) => outcome.name === rule.key)) {
        this.#agreed.set(rule.key, limit);
        corrected = replace(corrected, { name: rule.key, value: limit, answer: String(limit) });
      } else {
        this.#agreed.delete(rule.atMost);
        corrected = replace(corrected, { name: rule.atMost, answer: REJECT });
      }
    }
    for (const { key, atMost, whenPositive, whenYes } of conditionalLimits) {
      if (this.#number(whenPositive) === 0 || !this.#boolean(whenYes) || this.#number(key) <= atMost) continue;
      this.#agreed.set(key, atMost);
      corrected = replace(corrected, { name: key, value: atMost, answer: String(atMost) });
    }
    return corrected;
  }

  #value(name: string): Value {
    return this.#agreed.get(name) ?? defaultOf(name);
  }

  #number(name: string): number {
    return Number(this.#value(name));
  }

  #boolean(name: string): boolean {
    return this.#value(name) === true;
  }
}

/** The result function of a row (RFC 7143 §6.2.1, §6.2.2): a value that is not admissible is answered with Reject. */
function decide(row: NegotiatedRow, offer: string, local: LocalParameters): { value?: Value; answer: string } {
  switch (row.kind) {
    case "or":
    case "and": {
      const theirs = parseBoolean(offer);
      if (theirs === undefined) return { answer: REJECT };
      const ours = local[row.own];
      const value = row.kind === "or" ? theirs || ours : theirs && ours;
      return { value, answer: formatBoolean(value) };
    }
    case "min":
    case "max":
    case "declares": {
      const theirs = parseNumerical(offer);
      if (theirs === undefined || theirs < row.least || theirs > row.most) return { answer: REJECT };
      const ours = local[row.own];
      if (row.kind === "declares") return { value: theirs, answer: String(ours) };
      const value = row.kind === "min" ? Math.min(theirs, ours) : Math.max(theirs, ours);
      return { value, answer: String(value) };
    }
    case "list": {
      const ours: readonly string[] = local[row.own];
      const value = parseList(offer).find((choice) => ours.includes(choice));
      return value === undefined ? { answer: REJECT } : { value, answer: value };
    }
    case "obsolete":
      return { answer: row.answer };
  }
}

function defaultOf(name: string): Value {
  const row = keyRow(name);
  if (row === undefined || !("default" in row)) throw new RangeError(`Cannot read ${name}: it has no default`);
  return row.default;
}

function replace(outcomes: readonly Outcome[], by: Outcome): Outcome[] {
  return outcomes.map((outcome) => outcome.name === by.name ? by : outcome);
}
