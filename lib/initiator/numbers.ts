/**
 * The initiator's side of CmdSN and StatSN (RFC 7143 §4.2.2).
 *
 * @module
 */

import { opcode, RESERVED_TAG } from "../iscsi/constants.ts";
import { ConnectionError } from "../iscsi/errors.ts";
import { bhs } from "../iscsi/pdu/bhs.ts";
import { dataIn } from "../iscsi/pdu/data_in.ts";
import { nopIn } from "../iscsi/pdu/nop.ts";

/** The sequence numbers of a session with one connection. */
export class SequenceNumbers {
  /** CmdSN of the next numbered request. */
  cmdSn = 1;
  /** What we acknowledge: the StatSN that is expected next. */
  expStatSn = 0;
  /** The last CmdSN that the target has said it takes. */
  maxCmdSn = 1;
  /** ExpCmdSN as the target last said it. */
  expCmdSn = 1;
  #synchronized = false;

  /** The command window has room for another numbered request. */
  get open(): boolean {
    return (this.maxCmdSn - this.cmdSn | 0) >= 0;
  }

  /** Uses up a CmdSN. */
  takeCmdSn(): number {
    const cmdSn = this.cmdSn;
    this.cmdSn = cmdSn + 1 >>> 0;
    return cmdSn;
  }

  /**
   * Learns from a PDU of the target; its first one sets StatSN.
   *
   * @throws {ConnectionError} a StatSN other than the next: a response is lost, and nobody can send it again.
   */
  follow(bytes: Uint8Array, base: number): void {
    this.#window(nopIn.expCmdSn.get(bytes, base), nopIn.maxCmdSn.get(bytes, base));
    if (!usesStatSn(bytes, base)) return;
    const statSn = nopIn.statSn.get(bytes, base);
    if (this.#synchronized && statSn !== this.expStatSn) {
      throw new ConnectionError(`Cannot follow the target: StatSN is ${statSn} where ${this.expStatSn} comes next`);
    }
    this.#synchronized = true;
    this.expStatSn = statSn + 1 >>> 0;
  }

  /** Older numbers than those known are of no account, and so is a window that ends before it begins (RFC 7143 §4.2.2.1). */
  #window(expCmdSn: number, maxCmdSn: number): void {
    if ((maxCmdSn - expCmdSn | 0) < -1) return;
    if ((maxCmdSn - this.maxCmdSn | 0) > 0) this.maxCmdSn = maxCmdSn;
    if ((expCmdSn - this.expCmdSn | 0) > 0) this.expCmdSn = expCmdSn;
  }
}

/** Whether a PDU's StatSN counts; on the others it is shown, or the field is reserved (RFC 7143 §4.2.2.2). */
function usesStatSn(bytes: Uint8Array, base: number): boolean {
  switch (bhs.opcode.get(bytes, base)) {
    case opcode.r2t:
      return false;
    case opcode.scsiDataIn:
      return dataIn.hasStatus.get(bytes, base);
    case opcode.nopIn:
      return bhs.initiatorTaskTag.get(bytes, base) !== RESERVED_TAG;
  }
  return true;
}
