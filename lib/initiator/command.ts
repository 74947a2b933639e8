/**
 * A SCSI command of our initiator: Data-In put in its place, Data-Out sent as it may be, and the outcome.
 *
 * @module
 */

import { opcode, RESERVED_TAG, scsiServiceResponse, taskAttribute } from "../iscsi/constants.ts";
import type { Pdu } from "../iscsi/deframer.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { extendedCdbAhs } from "../iscsi/pdu/ahs.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import { dataIn } from "../iscsi/pdu/data_in.ts";
import { dataOut } from "../iscsi/pdu/data_out.ts";
import { encodeLun } from "../iscsi/pdu/lun.ts";
import { r2t } from "../iscsi/pdu/r2t.ts";
import { scsiCommand } from "../iscsi/pdu/scsi_command.ts";
import { scsiResponse } from "../iscsi/pdu/scsi_response.ts";
import { readU16 } from "../bytes/layout.ts";
import { TargetFailureError } from "./errors.ts";
import type { AgreedParameters } from "./parameters.ts";
import { Request, type RequestContext, unexpected } from "./request.ts";

/** What goes with a CDB. A command moves data in one direction at most. */
export interface CommandOptions {
  /** 0 to 16383; 0 by default. */
  readonly lun?: number;
  /** Bytes to take from the target, or where to put them. */
  readonly dataIn?: number | Uint8Array<ArrayBuffer>;
  /** Bytes for the target; lent until the command has ended. */
  readonly dataOut?: Uint8Array;
  /** One of `taskAttribute`; simple by default. */
  readonly attribute?: number;
}

/** How a command ended. */
export interface CommandResult {
  /** SCSI status (SAM-5 §5.3.1). */
  readonly status: number;
  /** Sense data; empty when there is none. */
  readonly sense: Uint8Array;
  /** What came from the target. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Bytes that were expected to move and did not (RFC 7143 §11.4.5.1). */
  readonly residual: number;
  /** Bytes that would have moved if more had been expected (RFC 7143 §11.4.5.1). */
  readonly overflow: number;
}

/** A SCSI command under way. */
export class Command extends Request<CommandResult> {
  override readonly immediate = false;
  readonly #cdb: Uint8Array;
  readonly #options: CommandOptions;
  readonly #parameters: AgreedParameters;
  readonly #in: Uint8Array<ArrayBuffer>;
  readonly #out: Uint8Array;
  readonly #lun: Uint8Array;
  #received = 0;
  #initiatorTaskTag = RESERVED_TAG;

  constructor(cdb: Uint8Array, options: CommandOptions, parameters: AgreedParameters) {
    super();
    this.#cdb = cdb;
    this.#options = options;
    this.#parameters = parameters;
    this.#in = typeof options.dataIn === "number" ? new Uint8Array(options.dataIn) : options.dataIn ?? nothing;
    this.#out = options.dataOut ?? nothing;
    this.#lun = encodeLun(options.lun ?? 0);
  }

  override send(context: RequestContext, initiatorTaskTag: number): void {
    this.#initiatorTaskTag = initiatorTaskTag;
    const { immediateData, initialR2T, firstBurstLength, targetMaxRecvDataSegmentLength } = this.#parameters;
    const first = Math.min(this.#out.length, firstBurstLength);
    const immediate = immediateData ? Math.min(first, targetMaxRecvDataSegmentLength) : 0;
    const unsolicited = initialR2T ? immediate : first;
    const header = scsiCommand.encode({
      opcode: opcode.scsiCommand,
      final: unsolicited === immediate,
      read: this.#in.length > 0,
      write: this.#out.length > 0,
      attribute: this.#options.attribute ?? taskAttribute.simple,
      lun: this.#lun,
      initiatorTaskTag,
      expectedDataTransferLength: this.#in.length + this.#out.length,
      cmdSn: context.numbers.takeCmdSn(),
      expStatSn: context.numbers.expStatSn,
      cdb: this.#cdb.subarray(0, 16),
    });
    const ahs = this.#cdb.length > 16 ? extendedCdbAhs(this.#cdb.subarray(16)) : undefined;
    context.channel.send(header, this.#out.subarray(0, immediate), ahs);
    if (unsolicited > immediate) this.#sendData(context, RESERVED_TAG, immediate, unsolicited);
  }

  override place(bytes: Uint8Array, base: number, length: number): Uint8Array<ArrayBuffer> | undefined {
    if (bhs.opcode.get(bytes, base) !== opcode.scsiDataIn) return undefined;
    const at = dataIn.bufferOffset.get(bytes, base);
    if (at !== this.#received || at + length > this.#in.length) {
      throw new ConnectionError(
        `Cannot take Data-In of ${length} bytes at ${at}: ${this.#received} of ${this.#in.length} have come`,
      );
    }
    return this.#in.subarray(at, at + length);
  }

  override receive(pdu: Pdu, context: RequestContext): boolean {
    const code = bhs.opcode.get(pdu.bytes, pdu.base);
    switch (code) {
      case opcode.scsiDataIn:
        return this.#receiveDataIn(pdu);
      case opcode.r2t:
        return this.#receiveR2t(pdu, context);
      case opcode.scsiResponse:
        return this.#receiveResponse(pdu);
    }
    throw unexpected(code);
  }

  #receiveDataIn({ bytes, base, dataLength }: Pdu): boolean {
    this.#received += dataLength;
    if (!dataIn.hasStatus.get(bytes, base)) return false;
    return this.#end(dataIn.status.get(bytes, base), nothing, residuals(dataIn, bytes, base));
  }

  #receiveR2t({ bytes, base }: Pdu, context: RequestContext): boolean {
    const start = r2t.bufferOffset.get(bytes, base);
    const end = start + r2t.desiredDataTransferLength.get(bytes, base);
    if (end === start || end > this.#out.length || end - start > this.#parameters.maxBurstLength) {
      throw new ConnectionError(`Cannot send bytes ${start} to ${end}: the command has ${this.#out.length}`);
    }
    this.#sendData(context, r2t.targetTransferTag.get(bytes, base), start, end);
    return false;
  }

  #receiveResponse({ bytes, base, data }: Pdu): boolean {
    const response = scsiResponse.response.get(bytes, base);
    if (response !== scsiServiceResponse.completed) {
      this.fail(new TargetFailureError(response));
      return true;
    }
    return this.#end(scsiResponse.status.get(bytes, base), senseOf(data), residuals(scsiResponse, bytes, base));
  }

  #end(status: number, sense: Uint8Array, rest: { residual: number; overflow: number }): true {
    return this.settle({ status, sense, data: this.#in.subarray(0, this.#received), ...rest });
  }

  /** Sends one sequence of Data-Out, cut to what the target takes. */
  #sendData(context: RequestContext, targetTransferTag: number, start: number, end: number): void {
    const most = this.#parameters.targetMaxRecvDataSegmentLength;
    for (let at = start, dataSn = 0; at < end; at += most, dataSn++) {
      const header = dataOut.encode({
        opcode: opcode.scsiDataOut,
        final: at + most >= end,
        lun: this.#lun,
        initiatorTaskTag: this.#initiatorTaskTag,
        targetTransferTag,
        expStatSn: context.numbers.expStatSn,
        dataSn,
        bufferOffset: at,
      });
      context.channel.send(header, this.#out.subarray(at, Math.min(at + most, end)));
    }
  }
}

const nothing = new Uint8Array(0);

type Residuals = Pick<typeof scsiResponse, "overflow" | "underflow" | "residualCount">;

function residuals(layout: Residuals, bytes: Uint8Array, base: number): { residual: number; overflow: number } {
  const count = layout.residualCount.get(bytes, base);
  return {
    residual: layout.underflow.get(bytes, base) ? count : 0,
    overflow: layout.overflow.get(bytes, base) ? count : 0,
  };
}

/** The sense data behind its length (RFC 7143 §11.4.7.2); cut short when less is there. */
function senseOf(data: Uint8Array): Uint8Array {
  return data.length < 2 ? nothing : data.slice(2, 2 + readU16(data, 0));
}
