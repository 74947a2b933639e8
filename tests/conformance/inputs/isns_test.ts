/**
 * What an iSNS server says (RFC 4171).
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { writeU32 } from "../../../lib/bytes/layout.ts";
import { isnsFlag, isnsFunction, isnsTag } from "../../../lib/isns/constants.ts";
import {
  decodePayload,
  encodeMessage,
  IsnsError,
  isnsHeader,
  textAttribute,
  textOf,
  valueOf,
} from "../../../lib/isns/message.ts";
import { itemTest } from "../../support/certification.ts";

function notification(name: string): Uint8Array<ArrayBuffer> {
  return encodeMessage({
    function: isnsFunction.stateChangeNotification,
    flags: isnsFlag.fromServer,
    transaction: 1,
    attributes: [textAttribute(isnsTag.iscsiName, name)],
  });
}

for (const length of [223, 224, 255, 256, 4096, 60000]) {
  itemTest(["CVE-2010-2221"], `A name of ${length} bytes is read whole and reaches nothing else`, () => {
    const bytes = notification("n".repeat(length));
    const message = decodePayload(isnsHeader.decode(bytes), bytes.subarray(isnsHeader.size));
    assertEquals(textOf(valueOf(message, isnsTag.iscsiName) ?? new Uint8Array(0)), "n".repeat(length));
  });
}

for (const lie of [225, 4096, 0x7fffffff, 0xffffffff]) {
  itemTest(["CVE-2010-2221"], `A name that says ${lie} bytes and has 224 is refused`, () => {
    const bytes = notification("n".repeat(223));
    writeU32(bytes, isnsHeader.size + 4, lie);
    assertThrows(() => decodePayload(isnsHeader.decode(bytes), bytes.subarray(isnsHeader.size)), IsnsError);
  });
}

itemTest(["CVE-2010-0743"], "A name with format directives is a name like any other", () => {
  const name = "iqn.2026-01.org:%n%n%s%x%p{0}${1}\\x00";
  const bytes = notification(name);
  const message = decodePayload(isnsHeader.decode(bytes), bytes.subarray(isnsHeader.size));
  assertEquals(textOf(valueOf(message, isnsTag.iscsiName) ?? new Uint8Array(0)), name);
});
