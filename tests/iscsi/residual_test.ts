import { assertEquals } from "@std/assert";
import { dataIn } from "../../lib/iscsi/pdu/data_in.ts";
import { scsiResponse } from "../../lib/iscsi/pdu/scsi_response.ts";
import { setResidual } from "../../lib/iscsi/residual.ts";
import { Core } from "../support/core.ts";

const rows: readonly [moves: number, expected: number, overflow: boolean, underflow: boolean, count: number][] = [
  [0, 0, false, false, 0],
  [512, 512, false, false, 0],
  [0, 512, false, true, 512],
  [512, 0, true, false, 512],
  [0xffffffff, 0, true, false, 0xffffffff],
];

for (const [moves, expected, overflow, underflow, count] of rows) {
  Deno.test(`setResidual() says so when a command moves ${moves} bytes and ${expected} are expected`, () => {
    const task = new Core().command();
    task.transferLength = moves;
    for (const fields of [dataIn, scsiResponse]) {
      const bytes = new Uint8Array(60);
      setResidual(fields, task, expected, bytes, 12);
      assertEquals(fields.overflow.get(bytes, 12), overflow);
      assertEquals(fields.underflow.get(bytes, 12), underflow);
      assertEquals(fields.residualCount.get(bytes, 12), count);
    }
  });
}
