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
  ["iscsi://127.0.0.1/IQN.2026-11.io.lunbox%3abox.disk/0", { portal: local, target, lun: 0 }],
];

for (const [url, expected] of rows) {
  Deno.test(`parseUnitUrl() reads ${url}`, () => assertEquals(parseUnitUrl(url), expected));
}

const accounts: readonly (readonly [who: string, user: string, secret?: string])[] = [
  ["me", "me"],
  ["me%", "me"],
  ["me:", "me"],
  ["me%secretsecret", "me", "secretsecret"],
  ["me:secret:s", "me", "secret:s"],
  // Nothing is decoded: these would be "meAbcdef" and "m@e" if it were.
  ["me%41bcdef", "me", "41bcdef"],
  ["m%40e:secret", "m", "40e:secret"],
  ["me%a%25/b:c", "me", "a%25/b:c"],
  ["me:you%secret", "me:you", "secret"],
];

for (const [who, user, secret] of accounts) {
  Deno.test(`parseUnitUrl() finds user and secret in ${who}@`, () => {
    const expected = { portal: local, target, lun: 0, user, ...(secret === undefined ? {} : { secret }) };
    assertEquals(parseUnitUrl(`iscsi://${who}@127.0.0.1/${target}/0`), expected);
  });
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
    ...["iscsi://127.0.0.1/not a name/0", `iscsi://%ff@127.0.0.1/${target}/0`, `iscsi://@127.0.0.1/${target}/0`],
    ...[`iscsi://127.0.0.1/${target}%ff/0`],
  ]
) {
  Deno.test(`parseUnitUrl() refuses ${JSON.stringify(url)}`, () => {
    assertThrows(() => parseUnitUrl(url), UsageError, "Cannot ");
  });
}

for (const who of ["me:open/sesame", "me%open/sesame", "me%41sesame"]) {
  Deno.test(`parseUnitUrl() does not repeat the secret of ${who}@`, () => {
    const error = assertThrows(() => parseUnitUrl(`iscsi://${who}@127.0.0.1/${target}`), UsageError);
    assertEquals([error.message.includes("sesame"), error.message.includes("me@127.0.0.1")], [false, true]);
  });
}
