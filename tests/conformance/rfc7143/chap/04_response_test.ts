/**
 * CHAP: responses (RFC 7143 §11.13.5, §12.1.3).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import { catalogue, challengedAt, stay } from "../../../support/chap_login.ts";
import { step } from "../../../support/login_steps.ts";
import { itemTest } from "../../../support/certification.ts";

// R: what crashed other targets.
const responses: readonly (readonly [items: readonly ItemId[], what: string, response: string])[] = [
  [["CHAP R.2", "CVE-2018-14633"], "a digit more than the digest", `0x${"0".repeat(33)}`],
  [["CHAP R.2", "CVE-2018-14633"], "17 bytes more than the digest", `0x${"0".repeat(66)}`],
  [["LIO 2026-05"], "127 characters of base64", `0b${"Z".repeat(127)}`],
  [["LIO 2026-05"], "8000 characters of base64", `0b${"Z".repeat(8000)}`],
  [["CHAP R.3", "CHAP R.4"], "an odd digit less", `0x${"0".repeat(31)}`],
  [["CHAP R.3"], "no digits", "0x"],
  [[], "no prefix", "0".repeat(32)],
];

for (const [items, what, response] of responses) {
  itemTest(items, `CHAP_R with ${what} ends with 0201`, () => {
    const { login } = challengedAt(catalogue());
    assertEquals(step(login, stay, [["CHAP_N", "alice"], ["CHAP_R", response]]).status, 0x0201);
  });
}
