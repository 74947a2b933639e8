import { assertEquals, assertThrows } from "@std/assert";
import { decodeHex, encodeHex } from "../../lib/bytes/encoding.ts";
import { isnsFlag, isnsFunction, isnsTag, RESPONSE } from "../../lib/isns/constants.ts";
import {
  addressAttribute,
  type Attribute,
  decodePayload,
  encodeMessage,
  IsnsError,
  isnsHeader,
  type IsnsMessage,
  numberAttribute,
  textAttribute,
  textOf,
  valueOf,
} from "../../lib/isns/message.ts";

const attributes: readonly (readonly [what: string, attribute: Attribute, hex: string])[] = [
  ["a number", numberAttribute(isnsTag.portalPort, 3260), "00000cbc"],
  ["text of three bytes", textAttribute(isnsTag.iscsiName, "abc"), "61626300"],
  ["text of four bytes", textAttribute(isnsTag.iscsiName, "abcd"), "6162636400000000"],
  ["empty text", textAttribute(isnsTag.iscsiAlias, ""), "00000000"],
  ["IPv4", addressAttribute(16, Uint8Array.of(192, 0, 2, 1)), "00000000000000000000ffffc0000201"],
  ["IPv6", addressAttribute(16, new Uint8Array(16).fill(7)), "07".repeat(16)],
];

for (const [what, [, value], hex] of attributes) {
  Deno.test(`attributes write ${what} as ${hex}`, () => assertEquals(encodeHex(value), hex));
}

const response: IsnsMessage = {
  function: isnsFunction.deviceAttributeQuery | RESPONSE,
  flags: isnsFlag.fromServer,
  transaction: 0x1234,
  status: 9,
  attributes: [numberAttribute(17, 1), [0, new Uint8Array(0)], textAttribute(32, "iqn.x")],
};

Deno.test("encodeMessage() writes header, status and attributes", () => {
  assertEquals(
    encodeHex(encodeMessage(response)),
    "0001" + "8002" + "0028" + "4c00" + "1234" + "0000" + "00000009" +
      "00000011" + "00000004" + "00000001" + "00000000" + "00000000" + "00000020" + "00000008" + "69716e2e78000000",
  );
});

Deno.test("decodePayload() reads what encodeMessage() has written", () => {
  const bytes = encodeMessage(response);
  const header = isnsHeader.decode(bytes);
  const message = decodePayload(header, bytes.subarray(12));
  assertEquals({ ...message, flags: response.flags }, response);
  assertEquals(textOf(valueOf(message, 32) ?? new Uint8Array(0)), "iqn.x");
  assertEquals(valueOf(message, 33), undefined);
});

Deno.test("encodeMessage() cuts a long message into PDUs", () => {
  const long = { ...response, attributes: Array.from({ length: 9000 }, (_, i) => numberAttribute(17, i)) };
  const bytes = encodeMessage(long);
  assertEquals(bytes.length, 2 * 12 + 4 + 9000 * 12);
  const first = isnsHeader.decode(bytes);
  const second = isnsHeader.decode(bytes, 12 + first.length);
  assertEquals([first.length, first.sequence, first.flags], [65532, 0, isnsFlag.fromServer | isnsFlag.first]);
  assertEquals([second.length, second.sequence, second.flags], [42472, 1, isnsFlag.fromServer | isnsFlag.last]);
});

const header = { function: isnsFunction.stateChangeNotification, flags: 0, transaction: 1 };

for (const hex of ["00000020", "0000002000000008", "0000002000000008616263", "00000020ffffffff61626300"]) {
  Deno.test(`decodePayload() refuses ${hex}`, () => {
    assertThrows(() => decodePayload(header, decodeHex(hex) ?? new Uint8Array(0)), IsnsError);
  });
}

Deno.test("decodePayload() refuses a response without status", () => {
  assertThrows(() => decodePayload({ ...header, function: 0x8001 }, new Uint8Array(0)), IsnsError, "no status");
});
