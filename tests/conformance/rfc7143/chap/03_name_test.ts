/**
 * CHAP: names (RFC 7143 §6.1, §12.1.3).
 *
 * @module
 */

import type { ItemId } from "../../items/all.ts";
import { assertEquals } from "@std/assert";
import { credentials } from "../../../support/chap.ts";
import { alice, catalogueOf, challengedAt, SECRET, stay } from "../../../support/chap_login.ts";
import { step } from "../../../support/login_steps.ts";
import { itemTest } from "../../../support/certification.ts";

// N: names.
const names: readonly (readonly [items: readonly ItemId[], user: string, status: number])[] = [
  [["CHAP N.1"], "alice", 0],
  [["CHAP N.2"], "u".repeat(255), 0],
  [["CHAP N.6"], "lunbox", 0],
  [["CHAP N.3"], "", 0x0200],
  [["CHAP N.4"], "u".repeat(256), 0x0200],
  [["tgt 62bdc3e"], "nobody", 0x0201],
];

for (const [items, user, status] of names) {
  itemTest(items, `CHAP_N of ${user.length} bytes, ${user.slice(0, 6)}, ends with ${status.toString(16)}`, () => {
    const chap = ["alice", "u".repeat(255), "lunbox"].map((name) => ({ ...alice, user: name }));
    const { login, asked } = challengedAt(catalogueOf({ chap }));
    assertEquals(step(login, stay, credentials(asked, user, SECRET)).status, status);
  });
}
