import { assertEquals, assertThrows } from "@std/assert";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { keepConstants } from "../../lib/iscsi/login_constants.ts";
import { type LoginFlags, loginHeader } from "../support/login_steps.ts";

Deno.test("keepConstants() reads the first request and keeps a copy of the ISID", () => {
  const header = loginHeader({ isid: [0x80, 1, 2, 3, 4, 5], tsih: 6, cid: 7, versionMax: 0 });
  const constants = keepConstants(header, undefined);
  header.fill(0xff);
  assertEquals(constants, { isid: new Uint8Array([0x80, 1, 2, 3, 4, 5]), tsih: 6, cid: 7, versionMax: 0 });
});

const changes: readonly { flags: LoginFlags; name: string }[] = [
  { flags: { isid: [0x40, 0x00, 0x01, 0x37, 0, 2] }, name: "ISID" },
  { flags: { tsih: 1 }, name: "TSIH" },
  { flags: { cid: 2 }, name: "CID" },
  { flags: { versionMax: 1 }, name: "Version-max" },
];

for (const { flags, name } of changes) {
  Deno.test(`keepConstants() refuses a request whose ${name} has changed`, () => {
    const first = keepConstants(loginHeader(), undefined);
    assertEquals(keepConstants(loginHeader(), first), first);
    const error = assertThrows(() => keepConstants(loginHeader(flags), first), LoginError, `the ${name} has changed`);
    assertEquals(error.status, 0x0200);
  });
}

Deno.test("keepConstants() speaks version 0 to whoever can, and to nobody else", () => {
  keepConstants(loginHeader({ versionMax: 3, versionMin: 0 }), undefined);
  const flags = { versionMax: 3, versionMin: 1 };
  const error = assertThrows(() => keepConstants(loginHeader(flags), undefined), LoginError, "versions 1 to 3");
  assertEquals(error.status, 0x0205);
});
