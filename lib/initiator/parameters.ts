/**
 * What our initiator offers in a login, and what comes of it. The rows of `iscsi/keys.ts` say how each key is written.
 *
 * @module
 */

import { keyRow, keys } from "../iscsi/keys.ts";
import { Negotiation, reservedValues } from "../iscsi/negotiation.ts";
import { defaultLocalParameters, type LocalParameters } from "../iscsi/parameters.ts";
import { formatBoolean, formatList, parseBoolean, parseNumerical, type TextPair } from "../iscsi/text.ts";

/** What is offered; a key that is absent is not offered, and keeps the value that RFC 7143 §13 gives it. */
export type InitiatorParameters = Partial<LocalParameters>;

/** What a session of ours runs with (RFC 7143 §13). */
export interface AgreedParameters {
  /** CRC32C over headers. */
  readonly headerDigest: boolean;
  /** CRC32C over data segments. */
  readonly dataDigest: boolean;
  readonly initialR2T: boolean;
  readonly immediateData: boolean;
  /** Bytes of a data segment that the target takes. */
  readonly targetMaxRecvDataSegmentLength: number;
  /** Bytes of a data segment that we take. */
  readonly maxRecvDataSegmentLength: number;
  /** Bytes. */
  readonly maxBurstLength: number;
  /** Bytes. */
  readonly firstBurstLength: number;
  readonly errorRecoveryLevel: number;
}

/** What is offered when nothing is said. */
export const defaultInitiatorParameters: InitiatorParameters = {
  headerDigest: ["None"],
  dataDigest: ["None"],
  maxConnections: 1,
  initialR2T: false,
  immediateData: true,
  maxRecvDataSegmentLength: 262144,
  maxBurstLength: 1048576,
  firstBurstLength: 262144,
  defaultTime2Wait: 2,
  defaultTime2Retain: 0,
  maxOutstandingR2T: 1,
  dataPduInOrder: true,
  dataSequenceInOrder: true,
  errorRecoveryLevel: 0,
};

/** The initiator's side of one login negotiation. */
export class InitiatorNegotiation {
  readonly #parameters: InitiatorParameters;
  readonly #discovery: boolean;
  readonly #offered = new Set<string>();
  readonly #agreed = new Map<string, string>();
  readonly #responder: Negotiation;

  constructor(parameters: InitiatorParameters, discovery: boolean) {
    this.#parameters = parameters;
    this.#discovery = discovery;
    this.#responder = new Negotiation({ ...defaultLocalParameters, ...parameters }, { discovery });
  }

  /** What we offer, in the order of the standard. In a discovery session, without what is irrelevant there. */
  offers(): TextPair[] {
    const pairs: TextPair[] = [];
    for (const row of keys) {
      if (!("own" in row) || (this.#discovery && row.irrelevantWhen === "Discovery")) continue;
      const value = this.#parameters[row.own];
      if (value === undefined) continue;
      this.#offered.add(row.name);
      pairs.push([row.name, format(value)]);
    }
    return pairs;
  }

  /** Takes what the target says: answers, declarations, and offers of its own. Gives our answers to those. */
  take(pairs: readonly TextPair[]): TextPair[] {
    const answers: TextPair[] = [];
    for (const [name, value] of pairs) {
      const kind = keyRow(name)?.kind;
      if (this.#offered.has(name) || kind === "declarative" || kind === "declares" || kind === "security") {
        if (!reservedValues.has(value)) this.#agreed.set(name, value);
        continue;
      }
      for (const answer of this.#responder.answer([[name, value]])) {
        answers.push(answer);
        if (!reservedValues.has(answer[1])) this.#agreed.set(...answer);
      }
    }
    return answers;
  }

  /** What the target declared or answered; `undefined` when nothing that counts. */
  value(name: string): string | undefined {
    return this.#agreed.get(name);
  }

  /** The outcome; keys that were not agreed on have the value of RFC 7143 §13. */
  agreed(): AgreedParameters {
    return {
      headerDigest: this.value("HeaderDigest") === "CRC32C",
      dataDigest: this.value("DataDigest") === "CRC32C",
      initialR2T: this.#boolean("InitialR2T"),
      immediateData: this.#boolean("ImmediateData"),
      targetMaxRecvDataSegmentLength: this.#number("MaxRecvDataSegmentLength"),
      maxRecvDataSegmentLength: this.#parameters.maxRecvDataSegmentLength ?? this.#default("MaxRecvDataSegmentLength"),
      maxBurstLength: this.#number("MaxBurstLength"),
      firstBurstLength: Math.min(this.#number("FirstBurstLength"), this.#number("MaxBurstLength")),
      errorRecoveryLevel: this.#number("ErrorRecoveryLevel"),
    };
  }

  #boolean(name: string): boolean {
    return parseBoolean(this.value(name) ?? "") ?? true;
  }

  #number(name: string): number {
    return parseNumerical(this.value(name) ?? "") ?? this.#default(name);
  }

  #default(name: string): number {
    const row = keyRow(name);
    return row !== undefined && "default" in row && typeof row.default === "number" ? row.default : 0;
  }
}

function format(value: boolean | number | readonly string[]): string {
  if (typeof value === "boolean") return formatBoolean(value);
  return typeof value === "number" ? `${value}` : formatList(value);
}
