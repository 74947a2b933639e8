import { assertEquals, assertThrows } from "@std/assert";
import { SequenceNumbers } from "../../lib/initiator/numbers.ts";
import { opcode, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { dataIn, nopIn, r2t, scsiResponse } from "../../lib/iscsi/pdu/mod.ts";

Deno.test("takeCmdSn() counts when CmdSN wraps", () => {
  const numbers = new SequenceNumbers();
  numbers.cmdSn = 0xffffffff;
  assertEquals([numbers.takeCmdSn(), numbers.takeCmdSn(), numbers.cmdSn], [0xffffffff, 0, 1]);
});

const windows: readonly [name: string, cmdSn: number, expCmdSn: number, maxCmdSn: number, open: boolean][] = [
  ["there is room", 5, 5, 10, true],
  ["one is left", 10, 5, 10, true],
  ["it is used up", 11, 5, 10, false],
  ["the target has closed it", 6, 6, 5, false],
  ["it wraps", 0xffffffff, 0xfffffff0, 2, true],
  ["it has wrapped", 3, 0xfffffff0, 2, false],
  ["it ends before it begins", 16, 20, 17, false],
];

for (const [name, cmdSn, expCmdSn, maxCmdSn, open] of windows) {
  Deno.test(`the window is ${open ? "open" : "closed"} when ${name}`, () => {
    const numbers = new SequenceNumbers();
    numbers.cmdSn = cmdSn;
    numbers.maxCmdSn = numbers.expCmdSn = expCmdSn - 5 >>> 0;
    follow(numbers, scsiResponse.encode({ opcode: opcode.scsiResponse, expCmdSn, maxCmdSn }));
    assertEquals(numbers.open, open);
  });
}

Deno.test("follow() passes over an older window", () => {
  const numbers = new SequenceNumbers();
  follow(numbers, nopIn.encode({ opcode: opcode.nopIn, expCmdSn: 10, maxCmdSn: 20 }));
  follow(numbers, nopIn.encode({ opcode: opcode.nopIn, expCmdSn: 9, maxCmdSn: 19, statSn: 1 }));
  assertEquals([numbers.expCmdSn, numbers.maxCmdSn], [10, 20]);
});

const rows: readonly [name: string, pdu: Uint8Array, counts: boolean][] = [
  ["a response", scsiResponse.encode({ opcode: opcode.scsiResponse, statSn: 8 }), true],
  ["Data-In with status", dataIn.encode({ opcode: opcode.scsiDataIn, hasStatus: true, statSn: 8 }), true],
  ["Data-In without status", dataIn.encode({ opcode: opcode.scsiDataIn, statSn: 99 }), false],
  ["an R2T", r2t.encode({ opcode: opcode.r2t, statSn: 8 }), false],
  ["an answer to a ping", nopIn.encode({ opcode: opcode.nopIn, initiatorTaskTag: 1, statSn: 8 }), true],
  ["a ping", nopIn.encode({ opcode: opcode.nopIn, initiatorTaskTag: RESERVED_TAG, statSn: 8 }), false],
];

for (const [name, pdu, counts] of rows) {
  Deno.test(`follow() ${counts ? "counts" : "does not count"} StatSN when it sees ${name}`, () => {
    const numbers = new SequenceNumbers();
    follow(numbers, scsiResponse.encode({ opcode: opcode.scsiResponse, statSn: 7 }));
    follow(numbers, pdu);
    assertEquals(numbers.expStatSn, counts ? 9 : 8);
  });
}

Deno.test("follow() begins anywhere and wraps, and fails when a StatSN is missing or comes again", () => {
  const numbers = new SequenceNumbers();
  for (const statSn of [0xfffffffe, 0xffffffff, 0, 1]) {
    follow(numbers, scsiResponse.encode({ opcode: opcode.scsiResponse, statSn }));
  }
  for (const statSn of [1, 3]) {
    const pdu = scsiResponse.encode({ opcode: opcode.scsiResponse, statSn });
    assertThrows(() => follow(numbers, pdu), ConnectionError, `StatSN is ${statSn} where 2 comes next`);
  }
});

function follow(numbers: SequenceNumbers, pdu: Uint8Array): void {
  numbers.follow(pdu, 0);
}
