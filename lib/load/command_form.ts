/**
 * The headers of a load's PDUs, made once: only what differs from one request to the next is written into a copy.
 *
 * @module
 */

import { opcode, taskAttribute } from "../iscsi/constants.ts";
import { dataOut } from "../iscsi/pdu/data_out.ts";
import { encodeLun } from "../iscsi/pdu/lun.ts";
import { scsiCommand } from "../iscsi/pdu/scsi_command.ts";
import { block10, block16 } from "../scsi/cdb.ts";

/** What the requests of a load are like. */
export interface CommandFormOptions {
  /** 0 to 16383. */
  readonly lun: number;
  /** Bytes of a request. */
  readonly size: number;
  /** Bytes of a block. */
  readonly blockSize: number;
  /** Of the logical unit. */
  readonly blocks: number;
}

/** READ and WRITE of a fixed length: with 10 bytes where that is enough, since every target knows those. */
export class CommandForm {
  /** Header of a SCSI Command that reads. */
  readonly read: Uint8Array;
  /** Header of a SCSI Command that writes. */
  readonly write: Uint8Array;
  /** Header of Data-Out. */
  readonly data: Uint8Array;
  /** Blocks of a request. */
  readonly blocks: number;
  readonly #short: boolean;

  constructor(options: CommandFormOptions) {
    this.blocks = options.size / options.blockSize;
    this.#short = options.blocks <= 0x1_0000_0000 && this.blocks <= 0xffff;
    this.read = this.#command(options, false);
    this.write = this.#command(options, true);
    this.data = dataOut.encode({ opcode: opcode.scsiDataOut, lun: encodeLun(options.lun) });
  }

  /** Writes into a command at `base` where the request of this number goes. */
  place(bytes: Uint8Array, base: number, cell: number): void {
    const lba = cell * this.blocks;
    if (this.#short) block10.lba.set(bytes, lba, base + CDB);
    else block16.lba.set(bytes, lba, base + CDB);
  }

  #command({ lun, size }: CommandFormOptions, write: boolean): Uint8Array {
    const blocks = this.blocks;
    const cdb = this.#short
      ? block10.encode({ opcode: write ? 0x2a : 0x28, blocks })
      : block16.encode({ opcode: write ? 0x8a : 0x88, blocks });
    return scsiCommand.encode({
      opcode: opcode.scsiCommand,
      final: true,
      read: !write,
      write,
      attribute: taskAttribute.simple,
      lun: encodeLun(lun),
      expectedDataTransferLength: size,
      cdb,
    });
  }
}

const CDB = scsiCommand.cdb.offset;
