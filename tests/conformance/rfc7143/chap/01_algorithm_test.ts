/**
 * CHAP: the algorithm, and keys out of order (RFC 7143 §12.1.3).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import type { TextPair } from "../../../../lib/iscsi/text.ts";
import { catalogue, loginAt, stay, wantsChap } from "../../../support/chap_login.ts";
import { step } from "../../../support/login_steps.ts";
import { itemTest } from "../../../support/certification.ts";

/** What is said, and what comes of it. */
const offers: readonly (readonly [
  items: readonly ItemId[],
  what: string,
  requests: readonly (readonly TextPair[])[],
  status: number,
])[] = [
  [["CHAP A.1"], "a list of which one is known", [[["CHAP_A", "250,5"]]], 0],
  [["CHAP A.2"], "a list with what is no number", [[["CHAP_A", "MD5,5"]]], 0],
  [["CHAP A.2", "CHAP A.3"], "nothing that is a number", [[["CHAP_A", "MD5"]]], 0x0201],
  [["CHAP A.3"], "an algorithm that nobody knows", [[["CHAP_A", "250"]]], 0x0201],
  [["CHAP A.4"], "CHAP_A twice in one request", [[["CHAP_A", "5"], ["CHAP_A", "5"]]], 0x0200],
  [["CHAP A.4"], "CHAP_A twice in two requests", [[["CHAP_A", "5"]], [["CHAP_A", "5"]]], 0x0200],
  [[], "CHAP_A=Reject", [[["CHAP_A", "Reject"]]], 0x0200],
  [["CHAP A.5", "CHAP I.2"], "CHAP_I before CHAP_A", [[["CHAP_I", "1"]]], 0x0200],
  [["CHAP A.5", "CHAP C.5"], "CHAP_C before CHAP_A", [[["CHAP_C", "0x00"]]], 0x0200],
  [["CHAP A.5", "CHAP N.5"], "CHAP_N before CHAP_A", [[["CHAP_N", "alice"]]], 0x0200],
  [["CHAP A.5", "CHAP R.5"], "CHAP_R before CHAP_A", [[["CHAP_R", "0x00"]]], 0x0200],
  [["CHAP R.5"], "CHAP_N without CHAP_R", [[["CHAP_A", "5"]], [["CHAP_N", "alice"]]], 0x0200],
  [
    ["CHAP I.2", "CHAP C.5"],
    "CHAP_I instead of CHAP_N",
    [[["CHAP_A", "5"]], [["CHAP_I", "1"], ["CHAP_C", "0x00"]]],
    0x0200,
  ],
];

for (const [items, what, requests, status] of offers) {
  itemTest(
    items,
    `A login with CHAP that says ${what} ${status === 0 ? "goes on" : `ends with ${status.toString(16)}`}`,
    () => {
      const login = loginAt(catalogue());
      step(login, stay, wantsChap);
      const answers = requests.map((pairs) => step(login, stay, pairs).status);
      assertEquals(answers.at(-1), status);
    },
  );
}
