import { assertEquals } from "@std/assert";
import { frame } from "../../lib/initiator/frame.ts";
import { nopOut } from "../../lib/iscsi/pdu/nop.ts";
import { buildPdu } from "../support/pdu_bytes.ts";

const values = { initiatorTaskTag: 5, cmdSn: 6, final: true };
const header = nopOut.encode(values);

for (const headerDigest of [false, true]) {
  for (const dataDigest of [false, true]) {
    for (const [data, ahs] of [[0, 0], [1, 0], [4, 8], [1023, 4]] as const) {
      const name = `headerDigest is ${headerDigest}, dataDigest ${dataDigest}, with ${data} bytes and ${ahs} of AHS`;
      Deno.test(`frame() puts together what a reader takes apart when ${name}`, () => {
        const digests = { headerDigest, dataDigest };
        const parts = { header, data: new Uint8Array(data).fill(7), ahs: new Uint8Array(ahs).fill(9) };
        const expected = buildPdu(nopOut, { ...values, targetTransferTag: 0 }, digests, parts.data, { ahs: parts.ahs });
        assertEquals(frame(parts, digests), expected);
      });
    }
  }
}

Deno.test("frame() takes copies", () => {
  const own = header.slice();
  const bytes = frame({ header: own }, { headerDigest: false, dataDigest: false });
  own.fill(0xff);
  assertEquals(bytes, header);
});
