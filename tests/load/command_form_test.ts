import { assertEquals } from "@std/assert";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { CommandForm } from "../../lib/load/command_form.ts";
import { hex } from "../support/hex.ts";

const GIB = 2 ** 30;

const rows = [
  { name: "10 bytes where that is enough", blocks: 2 ** 32, size: 4096, cell: 3, cdb: "28000000001800000800" },
  {
    name: "16 bytes for a LUN beyond",
    blocks: 2 ** 32 + 1,
    size: 512,
    cell: 2 ** 32,
    cdb: "88000000000100000000000000010000",
  },
  {
    name: "16 bytes for requests beyond",
    blocks: 2 ** 20,
    size: GIB / 16,
    cell: 1,
    cdb: "88000000000000020000000200000000",
  },
];

for (const { name, blocks, size, cell, cdb } of rows) {
  Deno.test(`CommandForm reads and writes with ${name}`, () => {
    const form = new CommandForm({ lun: 300, size, blockSize: 512, blocks });
    const expected = new Uint8Array(16);
    expected.set(hex(cdb));
    for (const [header, opcode] of [[form.read, expected[0]], [form.write, (expected[0] ?? 0) + 2]] as const) {
      const bytes = new Uint8Array(100);
      bytes.set(header, 52);
      form.place(bytes, 52, cell);
      const command = scsiCommand.decode(bytes, 52);
      assertEquals([command.cdb[0], command.cdb.subarray(1)], [opcode, expected.subarray(1)]);
      assertEquals([command.read, command.write], [header === form.read, header === form.write]);
      assertEquals([command.expectedDataTransferLength, command.lun.subarray(0, 2)], [size, Uint8Array.of(0x41, 0x2c)]);
    }
  });
}
