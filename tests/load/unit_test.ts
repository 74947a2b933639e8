import { assertEquals, assertRejects } from "@std/assert";
import { CommandFailedError } from "../../lib/load/errors.ts";
import { learnUnit, type Unit } from "../../lib/load/unit.ts";
import { sense } from "../../lib/scsi/sense.ts";
import { encodeSense } from "../../lib/scsi/sense_data.ts";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { hex } from "../support/hex.ts";

/** What a disk of 4 GiB answers to each command, by its first bytes. */
const disk: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "1200": text("0000061f5b000000", "ACME    ROADRUNNER      0001", 36),
  "0000": hex(""),
  "2500": hex("007fffff00000200"),
  "1201": hex("00b0003c 0000 0008 00000400"),
};

/** Learns of a unit that answers so, with bytes or a status, after two unit attentions. */
function learn(answers: Readonly<Record<string, Uint8Array<ArrayBuffer> | number>>): Promise<Unit> {
  let attentions = 2;
  return learnUnit({
    execute(cdb, { lun, dataIn } = {}) {
      assertEquals(lun, 5);
      const nothing = { status: 0, sense: hex(""), data: hex(""), residual: 0, overflow: 0 };
      if (attentions-- > 0) return Promise.resolve({ ...nothing, status: 2, sense: encodeSense(sense.powerOn) });
      const answer = answers[encodeHex(cdb.subarray(0, 2))] ?? 0x18;
      if (typeof answer === "number") return Promise.resolve({ ...nothing, status: answer });
      return Promise.resolve({ ...nothing, data: answer.slice(0, Number(dataIn ?? 0)) });
    },
  }, 5);
}

function text(head: string, words: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  bytes.set(hex(head));
  bytes.set(new TextEncoder().encode(words), 8);
  return bytes;
}

const unit = { vendor: "ACME", product: "ROADRUNNER", blockSize: 512, blocks: 0x80_0000, maxTransfer: 0x400 * 512 };

Deno.test("learnUnit() hears out unit attentions and learns names, size and limits", async () => {
  assertEquals(await learn(disk), unit);
});

Deno.test("learnUnit() asks large units for their size in 16 bytes", async () => {
  const large = { ...disk, "2500": hex("ffffffff00001000"), "9e10": hex("0000000200000000 00001000 00000000") };
  assertEquals(await learn(large), { ...unit, blockSize: 4096, blocks: 2 ** 33 + 1, maxTransfer: 0x400 * 4096 });
});

for (
  const [what, page] of [["without the page", 2], ["of another page", hex("0080003c00000008")], [
    "without a limit",
    hex("00b0003c 0000 0008 00000000"),
  ]] as const
) {
  Deno.test(`learnUnit() takes a unit ${what} for one without limits`, async () => {
    assertEquals((await learn({ ...disk, "1201": page })).maxTransfer, Infinity);
  });
}

const refusals: readonly (readonly [
  what: string,
  answers: Readonly<Record<string, Uint8Array<ArrayBuffer> | number>>,
  words: string,
])[] = [
  ["that is not there", { ...disk, "1200": text("7f00061f", "", 36) }, "no such logical unit"],
  ["that is a tape", { ...disk, "1200": text("0180061f", "", 36) }, "it is no disk, but of type 1"],
  ["that says too little", { ...disk, "2500": hex("00ff") }, "says too little"],
  ["with empty blocks", { ...disk, "2500": hex("0000ffff00000000") }, "its blocks are empty"],
];

for (const [what, answers, words] of refusals) {
  Deno.test(`learnUnit() refuses a unit ${what}`, async () => {
    await assertRejects(() => learn(answers), Error, words);
  });
}

Deno.test("learnUnit() says what keeps a unit from being used", async () => {
  const error = await assertRejects(() => learn({ ...disk, "0000": 0x18 }), CommandFailedError);
  assertEquals(error.message, "Cannot use LUN 5: the target answers reservation conflict");
});
