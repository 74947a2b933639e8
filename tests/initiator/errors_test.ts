import { assertEquals } from "@std/assert";
import { describeLoginStatus, LoginRefusedError } from "../../lib/initiator/errors.ts";

const rows: readonly [status: number, words: string][] = [
  [0x0201, "authentication failure (0201h)"],
  [0x020a, "session does not exist (020ah)"],
  [0x0302, "out of resources (0302h)"],
  [0x0999, "status 0999h"],
];

for (const [status, words] of rows) {
  Deno.test(`describeLoginStatus() says "${words}" when the status is ${status.toString(16)}`, () => {
    assertEquals(describeLoginStatus(status), words);
  });
}

Deno.test("LoginRefusedError says where to when the target has moved", () => {
  const error = new LoginRefusedError(0x0102, "192.0.2.1:3260,1");
  assertEquals(
    error.message,
    "Cannot log in: the target says target moved permanently (0102h) to 192.0.2.1:3260,1",
  );
});
