import { assertEquals } from "@std/assert";
import { isnsFunction, RESPONSE } from "../../lib/isns/constants.ts";
import { answerEvent } from "../../lib/isns/events.ts";
import { numberAttribute, textAttribute } from "../../lib/isns/message.ts";

const about = { flags: 0x4c00, transaction: 9 };

Deno.test("answerEvent() says that we live", () => {
  const attributes = [numberAttribute(4, 1), textAttribute(1, "us")];
  const event = answerEvent({ ...about, function: isnsFunction.entityStatusInquiry, attributes });
  assertEquals(event, {
    answer: {
      function: isnsFunction.entityStatusInquiry | RESPONSE,
      flags: 0x8000,
      transaction: 9,
      status: 0,
      attributes,
    },
    changes: [],
  });
});

const bits: readonly (readonly [bits: number, change: "added" | "removed" | "updated"])[] = [
  [0x08, "added"],
  [0x01, "added"],
  [0x10, "removed"],
  [0x02, "removed"],
  [0x04, "updated"],
  [0x80, "updated"],
];

for (const [value, change] of bits) {
  Deno.test(`answerEvent() learns from bits ${value.toString(16)} that a node was ${change}`, () => {
    const own = textAttribute(32, "iqn.us");
    const attributes = [own, numberAttribute(4, 1), numberAttribute(35, value), textAttribute(32, "iqn.x")];
    const event = answerEvent({ ...about, function: isnsFunction.stateChangeNotification, attributes });
    assertEquals(event?.changes, [{ name: "iqn.x", change }]);
    assertEquals([event?.answer.status, event?.answer.attributes], [0, [own]]);
  });
}

const twoNames = [textAttribute(32, "iqn.us"), textAttribute(32, "iqn.x")];

Deno.test("answerEvent() learns nothing from a notification that makes no sense", () => {
  for (
    const attributes of [[], [numberAttribute(35, 8)], [textAttribute(32, "iqn.us"), numberAttribute(35, 8)], twoNames]
  ) {
    assertEquals(answerEvent({ ...about, function: isnsFunction.stateChangeNotification, attributes })?.changes, []);
  }
});

Deno.test("answerEvent() refuses what only servers are asked, and answers no answer", () => {
  assertEquals(answerEvent({ ...about, function: 1, attributes: [] })?.answer.status, 15);
  assertEquals(answerEvent({ ...about, function: 1 | RESPONSE, attributes: [] }), undefined);
});
