/**
 * The target of the initiator's stories: reads what the initiator sends and answers what the story says.
 *
 * @module
 */

import type { Fields, Layout, Values } from "../../lib/bytes/layout.ts";
import type { Transport } from "../../lib/initiator/channel.ts";
import { Initiator, type InitiatorOptions } from "../../lib/initiator/initiator.ts";
import { loginRequest, loginResponse } from "../../lib/iscsi/pdu/mod.ts";
import { decodeText, encodeText, type TextPair } from "../../lib/iscsi/text.ts";
import { memoryPair, type MemoryPairOptions } from "./memory_pair.ts";
import { buildPdu, expectPdu, join, type PduOf, type PduOptions, readPdu } from "./pdu_bytes.ts";

/** A scripted target at one end of a stream. */
export class ScriptedTarget {
  headerDigest = false;
  dataDigest = false;
  /** StatSN of the next answer that does not say its own. Stories count it. */
  statSn = 1000;
  /** ExpCmdSN of every answer; follows the numbered requests. */
  expCmdSn = 1;
  /** Requests beyond ExpCmdSN that the window takes. */
  window = 32;
  readonly #transport: Transport;
  #bytes = new Uint8Array(0);

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * The next PDU from the initiator, which must be of this kind.
   *
   * @throws {Error} another comes, or none any more.
   */
  async expect<F extends Fields>(layout: Layout<F>): Promise<PduOf<F>> {
    for (;;) {
      const read = readPdu(this.#bytes, this);
      if (read !== undefined) {
        const [pdu, length] = read;
        this.#bytes = this.#bytes.slice(length);
        const numbered = "cmdSn" in pdu.values && pdu.values.immediate !== true;
        if (numbered) this.expCmdSn = (pdu.values.cmdSn as number) + 1 >>> 0;
        return expectPdu(pdu, layout);
      }
      const piece = new Uint8Array(65536);
      const length = await this.#transport.read(piece);
      if (length === null) return expectPdu(undefined, layout);
      this.#bytes = join([this.#bytes, piece.subarray(0, length)]);
    }
  }

  /** The initiator must have closed the stream without another word. */
  async expectEnd(): Promise<void> {
    const length = this.#bytes.length > 0 ? this.#bytes.length : await this.#transport.read(new Uint8Array(1));
    if (length !== null) throw new Error("Cannot end: the initiator says more");
  }

  /** Sends a PDU. The command window is filled in, and StatSN, which is used up unless the values say their own. */
  async send<F extends Fields>(
    layout: Layout<F>,
    values: Partial<Values<F>> = {},
    data: Uint8Array = new Uint8Array(0),
    options: PduOptions = {},
  ): Promise<void> {
    const numbers = { expCmdSn: this.expCmdSn, maxCmdSn: this.expCmdSn + this.window - 1 >>> 0, statSn: this.statSn };
    if (!("statSn" in values)) this.statSn = this.statSn + 1 >>> 0;
    let bytes = buildPdu(layout, { ...numbers, ...values } as Partial<Values<F>>, this, data, options);
    while (bytes.length > 0) bytes = bytes.subarray(await this.#transport.write(bytes));
  }

  /** Takes one Login Request and answers it with text; agrees to whatever stage comes next unless the values do not. */
  async login(
    answer: Iterable<TextPair>,
    values: Partial<Values<typeof loginResponse.fields>> = {},
  ): Promise<[request: PduOf<typeof loginRequest.fields>, pairs: TextPair[]]> {
    const request = await this.expect(loginRequest);
    const { initiatorTaskTag, isid, transit, currentStage, nextStage } = request;
    const echoed = { initiatorTaskTag, isid, transit, currentStage, nextStage };
    await this.send(loginResponse, { ...echoed, tsih: nextStage === 3 ? 7 : 0, ...values }, encodeText(answer));
    return [request, decodeText(request.data)];
  }

  close(): void {
    this.#transport.close();
  }
}

/** Who the initiator of the stories is. */
export const scriptedInitiatorOptions: InitiatorOptions = {
  initiatorName: "iqn.2001-04.com.example:initiator",
  targetName: "iqn.2001-04.com.example:target",
};

/** What the target of the stories answers in the operational stage unless a story says other. */
export const usualAnswers: readonly TextPair[] = [
  ["InitialR2T", "No"],
  ["ImmediateData", "Yes"],
  ["MaxRecvDataSegmentLength", "8192"],
  ["MaxBurstLength", "65536"],
  ["FirstBurstLength", "32768"],
];

/** Runs a story: an initiator that is logged in, and its target. Both are closed when it has ended well. */
export async function withSession(
  story: (initiator: Initiator, target: ScriptedTarget) => Promise<void>,
  options: Partial<InitiatorOptions> & { answers?: readonly TextPair[]; stream?: MemoryPairOptions; window?: number } =
    {},
): Promise<void> {
  const [near, far] = memoryPair(options.stream);
  const target = new ScriptedTarget(far);
  const { answers = usualAnswers, stream: _, window = 32, ...own } = options;
  target.window = window;
  const login = Initiator.login(near, { ...scriptedInitiatorOptions, ...own });
  await target.login([["AuthMethod", "None"]]);
  const [, pairs] = await target.login(answers);
  const initiator = await login;
  const offered = new Map(pairs);
  target.headerDigest = offered.get("HeaderDigest") === "CRC32C" && initiator.parameters.headerDigest;
  target.dataDigest = offered.get("DataDigest") === "CRC32C" && initiator.parameters.dataDigest;
  // A story that fails leaves everything open: what waits would fail too, and louder than the story.
  await story(initiator, target);
  initiator.close();
  target.close();
}
