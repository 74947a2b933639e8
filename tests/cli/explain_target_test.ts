import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { explainTarget } from "../../lib/cli/explain_target.ts";
import { LoginRefusedError } from "../../lib/initiator/errors.ts";

const portal = { hostname: "::1", port: 3261 };

const rows: readonly (readonly [error: Error, chap: boolean, message: string])[] = [
  [
    new LoginRefusedError(0x0201),
    false,
    "Cannot log in: the target says authentication failure (0201h); where it asks for CHAP, say --chap USER",
  ],
  [
    new LoginRefusedError(0x0201),
    true,
    "Cannot log in: the target says authentication failure (0201h); it knows another secret, or not this user",
  ],
  [
    new LoginRefusedError(0x0202),
    true,
    "Cannot log in: the target says authorization failure (0202h); say who you are by --initiator NAME",
  ],
  [
    new LoginRefusedError(0x0203),
    false,
    "Cannot log in: the target says not found (0203h); lunbox discover [::1]:3261 lists its targets",
  ],
  [
    new LoginRefusedError(0x0200),
    true,
    "Cannot log in: the target says initiator error (0200h); old targets may need --chap-algorithms MD5",
  ],
  [new LoginRefusedError(0x0200), false, "Cannot log in: the target says initiator error (0200h)"],
  [new LoginRefusedError(0x0301), true, "Cannot log in: the target says service unavailable (0301h)"],
  [
    new Deno.errors.ConnectionRefused("Connection refused (os error 111)"),
    false,
    "Cannot reach [::1]:3261: connection refused",
  ],
];

for (const [error, chap, message] of rows) {
  Deno.test(`explainTarget() says "${message}"`, () => {
    const explained = explainTarget(error, { portal, chap });
    assert(explained instanceof Error);
    assertEquals(explained.message, message);
    assertStrictEquals(explained.cause ?? explained, error);
  });
}

Deno.test("explainTarget() leaves alone what says it itself, and defects", () => {
  for (const error of [new Error("Cannot use LUN 7: there is none"), new TypeError("x is no function")]) {
    assertStrictEquals(explainTarget(error, { portal, chap: true }), error);
  }
});
