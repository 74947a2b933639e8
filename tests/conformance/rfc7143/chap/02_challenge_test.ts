/**
 * CHAP: identifiers and challenges (RFC 7143 §9.2.1, §12.1.3).
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { encodeBinary, encodeHex } from "../../../../lib/bytes/encoding.ts";
import type { TextPair } from "../../../../lib/iscsi/text.ts";
import { answerTo, base64, credentials } from "../../../support/chap.ts";
import { catalogue, challengedAt, OURS, SECRET, stay } from "../../../support/chap_login.ts";
import { pairsOf, step } from "../../../support/login_steps.ts";
import { itemTest } from "../../../support/certification.ts";

itemTest(
  ["CHAP I.3", "CHAP C.6", "CHAP 3.9"],
  "Identifiers and challenges differ between logins one after another and at the same time",
  () => {
    const house = catalogue();
    const logins = Array.from({ length: 300 }, () => challengedAt(house));
    assertEquals(new Set(logins.map(({ asked }) => encodeHex(asked.challenge))).size, 300);
    assertEquals(new Set(logins.map(({ asked }) => asked.identifier)).size, 256);
    for (let i = 1; i < logins.length; i++) {
      assertNotEquals(logins[i]?.asked.identifier, logins[i - 1]?.asked.identifier);
      const length = logins[i]?.asked.challenge.length ?? 0;
      assert(length >= 16 && length <= 1024);
    }
    // Each is let in by its own.
    for (const { login, asked } of logins) {
      assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0);
    }
  },
);

itemTest(["CHAP 3.9"], "A response to the challenge of another login is refused", () => {
  const house = catalogue();
  const { asked } = challengedAt(house);
  const { login } = challengedAt(house);
  assertEquals(step(login, stay, credentials(asked, "alice", SECRET)).status, 0x0201);
});

for (const write of [encodeBinary, base64, (bytes: Uint8Array) => encodeBinary(bytes).toUpperCase()]) {
  itemTest(["CHAP 3.8"], `Our challenge is not answered when it comes back as ${write(Uint8Array.of(0xab))}`, () => {
    const house = catalogue();
    const other = challengedAt(house).asked;
    for (const source of ["this", "another"] as const) {
      const { login, asked } = challengedAt(house);
      const challenge = source === "this" ? asked.challenge : other.challenge;
      const pairs: TextPair[] = [["CHAP_I", String(asked.identifier)], ["CHAP_C", write(challenge)]];
      const answer = step(login, { nextStage: 1 }, [...credentials(asked, "alice", SECRET), ...pairs]);
      assertEquals([answer.status, answer.text.length], [0x0201, 0]);
      assertStringIncludes(answer.reason ?? "", "a challenge of ours");
    }
  });
}

itemTest(
  ["CHAP C.1", "CHAP C.2", "CHAP C.3", "CHAP C.4"],
  "A challenge of 1024 bytes is answered, one of 1025 is not",
  () => {
    for (const [length, status] of [[1, 0], [1024, 0], [1025, 0x0200], [0, 0x0200]] as const) {
      for (const write of [encodeBinary, base64]) {
        const { login, asked } = challengedAt(catalogue());
        const pairs: TextPair[] = [["CHAP_I", "0"], ["CHAP_C", write(new Uint8Array(length).fill(1))]];
        assertEquals(step(login, stay, [...credentials(asked, "alice", SECRET), ...pairs]).status, status);
      }
    }
  },
);

for (const identifier of ["256", "1000", "-1", "0x100", "99999999999999999999", "one", ""]) {
  itemTest(["CHAP I.1", "LIO bc704fb58f"], `CHAP_I=${identifier} of an initiator is an error`, () => {
    const { login, asked } = challengedAt(catalogue());
    const pairs: TextPair[] = [["CHAP_I", identifier], ["CHAP_C", "0x0102"]];
    assertEquals(step(login, stay, [...credentials(asked, "alice", SECRET), ...pairs]).status, 0x0200);
  });
}

for (const identifier of ["0", "255", "0xff"]) {
  itemTest(["CHAP I.1"], `CHAP_I=${identifier} of an initiator is answered`, () => {
    const { login, asked } = challengedAt(catalogue());
    const challenge = Uint8Array.of(1, 2);
    const pairs: TextPair[] = [["CHAP_I", identifier], ["CHAP_C", "0x0102"]];
    const answer = step(login, stay, [...credentials(asked, "alice", SECRET), ...pairs]);
    const expected = answerTo({ algorithm: 5, identifier: Number(identifier), challenge }, OURS);
    assertEquals(new Map(pairsOf(answer)).get("CHAP_R"), encodeBinary(expected));
  });
}
