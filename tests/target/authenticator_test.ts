import { assert, assertEquals, assertThrows } from "@std/assert";
import { Authenticator } from "../../lib/target/authenticator.ts";
import { ChapAccounts } from "../../lib/target/chap_accounts.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { askedBy, credentials } from "../support/chap.ts";

const accounts = new ChapAccounts([{ user: "alice", secret: "a good secret", initiators: ["iqn.*"] }]);
const HOST = "iqn.1993-08.org.debian:01:4711";

Deno.test("methods() asks for nothing where there are no accounts", () => {
  assertEquals(new Authenticator().methods(undefined, HOST).map(({ name }) => name), ["None"]);
});

for (const algorithm of ["5", "6", "7", "8"]) {
  Deno.test(`methods() authenticates by algorithm ${algorithm} with this machine's hashes`, () => {
    const [chap] = new Authenticator().methods(accounts, HOST);
    const exchange = chap?.begin();
    const asked = askedBy(exchange?.next([["CHAP_A", algorithm]]).pairs ?? []);
    assertEquals(exchange?.next(credentials(asked, "alice", "a good secret")), { pairs: [], done: true });
  });
}

Deno.test("methods() still wants CHAP of an initiator that may use no account", () => {
  const [chap, ...others] = new Authenticator().methods(accounts, "eui.0123456789abcdef");
  assertEquals([chap?.name, others.length], ["CHAP", 0]);
  const exchange = chap?.begin();
  const asked = askedBy(exchange?.next([["CHAP_A", "5"]]).pairs ?? []);
  const error = assertThrows(() => exchange?.next(credentials(asked, "alice", "a good secret")), LoginError);
  assertEquals(error.status, 0x0201);
});

Deno.test("methods() likes the algorithms in the order that it is given", () => {
  const [chap] = new Authenticator({ algorithms: ["MD5", "SHA256"] }).methods(accounts, HOST);
  assertEquals(chap?.begin().next([["CHAP_A", "8,7,6,5"]]).pairs[0], ["CHAP_A", "5"]);
  assertThrows(() => new Authenticator({ algorithms: ["ROT13"] }), RangeError, "ROT13");
});

Deno.test("methods() never asks two logins the same", () => {
  const authenticator = new Authenticator();
  const seen = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const [chap] = authenticator.methods(accounts, HOST);
    seen.add(JSON.stringify(chap?.begin().next([["CHAP_A", "5"]]).pairs));
  }
  assert(seen.size === 100);
});
