import { assertEquals, assertThrows } from "@std/assert";
import { readAlgorithms, readName, readRequest, readResponse } from "../../lib/iscsi/chap_values.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";

Deno.test("readAlgorithms() gives the numbers of a list and looks at no endless one", () => {
  assertEquals(readAlgorithms([["CHAP_A", "5,x,7,,0x8"]]), [5, 7, 8]);
  assertEquals(readAlgorithms([["CHAP_A", "9,".repeat(1000) + "5"]]).length, 32);
});

Deno.test("readRequest() gives name and response as they are, and what the initiator asks", () => {
  const pair = [["CHAP_N", "a b"], ["CHAP_R", "0xZZ"]] as const;
  assertEquals(readRequest(pair), { name: "a b", response: "0xZZ" });
  assertEquals(readRequest([["CHAP_C", "0bAQI="], ["CHAP_I", "9"], ...pair]), {
    name: "a b",
    response: "0xZZ",
    question: { identifier: 9, challenge: Uint8Array.of(1, 2) },
  });
});

Deno.test("readName() counts bytes, not characters", () => {
  assertEquals(readName("ä".repeat(127)), "ä".repeat(127));
  assertEquals(assertThrows(() => readName("ä".repeat(128)), LoginError).status, 0x0200);
});

Deno.test("readResponse() takes so many bytes and no others", () => {
  assertEquals(readResponse("0x0102", 2), Uint8Array.of(1, 2));
  for (const text of ["0x01", "0x010203", "0b", "", "1"]) {
    assertEquals(assertThrows(() => readResponse(text, 2), LoginError).status, 0x0201);
  }
});
