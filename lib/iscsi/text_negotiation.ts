/**
 * Text Requests in full feature phase (RFC 7143 §6.4, §11.10, §11.11): discovery, and the few parameters that may change
 * after login. What is negotiated counts when the exchange has ended, not before.
 *
 * @module
 */

import { rejectReason, RESERVED_TAG } from "./constants.ts";
import { Declarations } from "./declarations.ts";
import { answerSendTargets, type DiscoveryHost } from "./discovery.ts";
import { RejectError } from "./errors.ts";
import { Negotiation, NegotiationError } from "./negotiation.ts";
import type { LocalParameters } from "./parameters.ts";
import { textRequest } from "./pdu/text.ts";
import { decodeText, encodeText, TextError, type TextPair } from "./text.ts";
import { TextAssembly, TextPieces } from "./text_pieces.ts";

/** Bytes of text in one response, even if the initiator can receive more. */
const MAX_TEXT_SEGMENT = 262144;

/** What the Text exchanges of a connection need. */
export interface TextOptions {
  readonly host: DiscoveryHost;
  /** Our side of the negotiation. */
  readonly local: LocalParameters;
  readonly initiatorName: string;
  /** The target of a normal session; absent in a discovery session. */
  readonly targetName?: string | undefined;
  /** Bytes in one data segment that the initiator receives, as of the login. */
  readonly initiatorMaxRecvDataSegmentLength: number;
}

/** What to answer to one Text Request. */
export interface TextStep {
  /** F of the response: the exchange has ended. */
  readonly final: boolean;
  /** C of the response. */
  readonly continued: boolean;
  /** RESERVED_TAG when the exchange has ended. */
  readonly targetTransferTag: number;
  /** Data segment of the response, without padding. Valid until the next step. */
  readonly text: Uint8Array;
  /** What counts from this response on, when the exchange has ended and changed something. */
  readonly settled?: TextResult;
}

/** What an exchange has changed. */
export interface TextResult {
  /** Bytes in one data segment that the initiator receives (RFC 7143 §13.12). */
  readonly initiatorMaxRecvDataSegmentLength?: number;
  /** Bytes in one data segment that we have said we receive (RFC 7143 §13.12). */
  readonly targetMaxRecvDataSegmentLength?: number;
  /** For people to read (RFC 7143 §13.7). */
  readonly initiatorAlias?: string;
}

/** One exchange, from the request without a tag to the final response. */
interface Exchange {
  readonly initiatorTaskTag: number;
  readonly targetTransferTag: number;
  readonly declarations: Declarations;
  readonly negotiation: Negotiation;
  readonly assembly: TextAssembly;
  readonly pieces: TextPieces;
  initiatorAlias?: string;
}

/** The Text exchanges of one connection, one at a time. */
export class TextNegotiation {
  readonly #options: TextOptions;
  #segment: number;
  #exchange: Exchange | undefined;
  #lastTag = 0;

  constructor(options: TextOptions) {
    this.#options = options;
    this.#segment = options.initiatorMaxRecvDataSegmentLength;
  }

  /** An exchange is under way. */
  get open(): boolean {
    return this.#exchange !== undefined;
  }

  /**
   * Takes one Text Request.
   *
   * @param header 48 bytes, lent for the call
   * @param data the data segment without padding, lent for the call
   * @throws {RejectError} the request breaks the rules; the exchange is void and the next one starts afresh
   */
  step(header: Uint8Array, data: Uint8Array): TextStep {
    try {
      return this.#advance(header, data);
    } catch (error) {
      this.#exchange = undefined;
      if (error instanceof TextError || error instanceof NegotiationError) {
        throw new RejectError(rejectReason.protocolError, error.message);
      }
      throw error;
    }
  }

  #advance(header: Uint8Array, data: Uint8Array): TextStep {
    const exchange = this.#enter(header);
    const final = textRequest.final.get(header);
    const continued = textRequest.continued.get(header);
    if (final && continued) throw new NegotiationError("Cannot take the text: the F and C bits are both set");
    if (exchange.pieces.pending) {
      if (continued || data.length > 0) {
        throw new NegotiationError("Cannot take the text: it has come before the answer was taken");
      }
      return this.#respond(exchange, final);
    }
    exchange.assembly.add(data);
    if (!continued) exchange.pieces.begin(encodeText(this.#answer(exchange)));
    return this.#respond(exchange, final);
  }

  /** The exchange that a request belongs to (RFC 7143 §11.10.3, §11.10.4). */
  #enter(header: Uint8Array): Exchange {
    const initiatorTaskTag = textRequest.initiatorTaskTag.get(header);
    const targetTransferTag = textRequest.targetTransferTag.get(header);
    const open = this.#exchange;
    if (open !== undefined && open.initiatorTaskTag !== initiatorTaskTag) {
      throw new NegotiationError("Cannot start a second text exchange: one is under way");
    }
    if (targetTransferTag !== RESERVED_TAG) {
      if (open !== undefined && open.targetTransferTag === targetTransferTag) return open;
      throw new RejectError(rejectReason.invalidPduField, "Cannot continue the text exchange: its tag is not known");
    }
    // A request without a tag begins, and makes void what was open (RFC 7143 §11.10.4).
    this.#lastTag = (this.#lastTag + 1) % RESERVED_TAG;
    this.#exchange = {
      initiatorTaskTag,
      targetTransferTag: this.#lastTag,
      declarations: new Declarations(),
      negotiation: new Negotiation(this.#options.local, { discovery: this.#options.targetName === undefined }),
      assembly: new TextAssembly(),
      pieces: new TextPieces(),
    };
    return this.#exchange;
  }

  /** Deals with a whole text. */
  #answer(exchange: Exchange): TextPair[] {
    const pairs = decodeText(exchange.assembly.take());
    const { declared, negotiated, queries } = exchange.declarations.sort(pairs, "fullFeature");
    const alias = declared.get("InitiatorAlias");
    if (alias !== undefined) exchange.initiatorAlias = alias;
    const answers = exchange.negotiation.answer(negotiated);
    for (const [, value] of queries) {
      for (const pair of answerSendTargets(value, this.#options, this.#options.host)) answers.push(pair);
    }
    return answers;
  }

  /** Sends the next piece of the answer; the last one ends the exchange if the initiator has said all. */
  #respond(exchange: Exchange, final: boolean): TextStep {
    const { text, continued } = exchange.pieces.next(Math.min(this.#segment, MAX_TEXT_SEGMENT));
    if (continued || !final) {
      return { final: false, continued, targetTransferTag: exchange.targetTransferTag, text };
    }
    this.#exchange = undefined;
    const step = { final: true, continued: false, targetTransferTag: RESERVED_TAG, text };
    const settled = resultOf(exchange);
    if (settled === undefined) return step;
    this.#segment = settled.initiatorMaxRecvDataSegmentLength ?? this.#segment;
    return { ...step, settled };
  }
}

function resultOf({ negotiation, initiatorAlias }: Exchange): TextResult | undefined {
  const alias = initiatorAlias === undefined ? {} : { initiatorAlias };
  if (!negotiation.settled("MaxRecvDataSegmentLength")) return initiatorAlias === undefined ? undefined : alias;
  const { initiatorMaxRecvDataSegmentLength, targetMaxRecvDataSegmentLength } = negotiation.connection();
  return { initiatorMaxRecvDataSegmentLength, targetMaxRecvDataSegmentLength, ...alias };
}
