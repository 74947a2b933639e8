import { assertEquals, assertThrows } from "@std/assert";
import { parseUnitUrl, type UnitUrl } from "../../lib/cli/bench_url.ts";
import { UsageError } from "../../lib/cli/errors.ts";

const target = "iqn.2026-11.io.lunbox:box.disk";
const local = { hostname: "127.0.0.1", port: 3260 };

const rows: readonly (readonly [url: string, expected: UnitUrl])[] = [
  [`iscsi://127.0.0.1/${target}/0`, { portal: local, target, lun: 0 }],
  [`ISCSI://127.0.0.1:3260/${target}/16383/`, { portal: local, target, lun: 16383 }],
  [`iscsi://nas.example:4000/${target}/1`, { portal: { hostname: "nas.example", port: 4000 }, target, lun: 1 }],
  [`iscsi://[2001:db8::1]:4000/${target}/1`, { portal: { hostname: "2001:db8::1", port: 4000 }, target, lun: 1 }],
  [`iscsi://[::1]/${target}/1`, { portal: { hostname: "::1", port: 3260 }, target, lun: 1 }],
  [`iscsi://me@127.0.0.1/${target}/0`, { portal: local, target, lun: 0, user: "me" }],
  [`iscsi://me:secret:s@127.0.0.1/${target}/0`, { portal: local, target, lun: 0, user: "me", secret: "secret:s" }],
  [`iscsi://me%secretsecret@127.0.0.1/${target}/0`, {
    portal: local,
    target,
    lun: 0,
    user: "me",
    secret: "secretsecret",
  }],
  [`iscsi://m%40e:a%2Fb%25@127.0.0.1/${target}/0`, { portal: local, target, lun: 0, user: "m@e", secret: "a/b%" }],
  ["iscsi://127.0.0.1/IQN.2026-11.io.lunbox%3abox.disk/0", { portal: local, target, lun: 0 }],
];

for (const [url, expected] of rows) {
  Deno.test(`parseUnitUrl() reads ${url}`, () => assertEquals(parseUnitUrl(url), expected));
}

for (
  const url of [
    ...[
      "",
      "127.0.0.1",
      `http://127.0.0.1/${target}/0`,
      `iscsi://127.0.0.1/${target}`,
      `iscsi://127.0.0.1/${target}/x`,
    ],
    ...[`iscsi://127.0.0.1/${target}/16384`, `iscsi:///${target}/0`, `iscsi://127.0.0.1:x/${target}/0`],
    ...["iscsi://127.0.0.1/not a name/0", `iscsi://%ff@127.0.0.1/${target}/0`],
  ]
) {
  Deno.test(`parseUnitUrl() refuses ${JSON.stringify(url)}`, () => {
    assertThrows(() => parseUnitUrl(url), UsageError, "Cannot ");
  });
}

Deno.test("parseUnitUrl() does not repeat a secret", () => {
  const error = assertThrows(() => parseUnitUrl(`iscsi://me:sesame@127.0.0.1/${target}`), UsageError);
  assertEquals([error.message.includes("sesame"), error.message.includes("me@127.0.0.1")], [false, true]);
});
