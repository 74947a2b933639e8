import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { rodToken } from "../../../lib/scsi/copy/formats.ts";
import { type Token, tokenLimits, Tokens } from "../../../lib/scsi/copy/tokens.ts";
import { ScsiError } from "../../../lib/scsi/sense_data.ts";

const now = 1_700_000_000_000;

const fields = {
  creator: new Uint8Array(32),
  blockLength: 512,
  device: Uint8Array.of(1, 2),
  secret: new Uint8Array(256).fill(7),
};

function make(tokens: Tokens, at = 0, timeout = 60): Token {
  return tokens.make({ ranges: [{ at, length: 512 }], timeout, ...fields }, now);
}

Deno.test("Tokens.make() never uses an identifier twice, not even after a restart", () => {
  const before = make(new Tokens());
  const after = make(new Tokens());
  assertNotEquals(before.identifier, after.identifier);
  assertEquals(rodToken.identifier.get(after.bytes), after.identifier);
  const later = new Tokens().make(
    { ranges: [], timeout: 1, ...fields },
    now + 1000,
  );
  assertEquals(later.identifier, (now + 1000) * 1024);
});

Deno.test("Tokens.make() revokes the oldest when there are too many", () => {
  const tokens = new Tokens();
  const made = Array.from({ length: tokenLimits.tokens + 2 }, (_, i) => make(tokens, i * 512));
  assertEquals(tokens.count, tokenLimits.tokens);
  assertThrows(() => tokens.find((made[1] as Token).bytes, now), ScsiError, "TOKEN REVOKED");
  assertEquals(tokens.find((made[2] as Token).bytes, now), made[2]);
});

Deno.test("Tokens.changed() revokes what it touches, and count says what is left to be watched", () => {
  const tokens = new Tokens();
  const made = [0, 512, 1024].map((at) => make(tokens, at));
  tokens.changed(511, 0, now);
  tokens.changed(1023, 1, now);
  assertEquals([tokens.count, made.map(({ gone }) => gone !== undefined)], [2, [false, true, false]]);
  tokens.changed(0, 1, now + 60_001);
  assertEquals(tokens.count, 0);
  assertThrows(() => tokens.find((made[2] as Token).bytes, now), ScsiError, "TOKEN EXPIRED");
});

Deno.test("a token in use does not expire, and is still watched", () => {
  const tokens = new Tokens();
  const token = make(tokens);
  token.users++;
  assertEquals(tokens.find(token.bytes, now + 1_000_000), token);
  tokens.changed(0, 512, now + 1_000_000);
  assertThrows(() => tokens.find(token.bytes, now), ScsiError, "TOKEN REVOKED");
});

Deno.test("Tokens forgets tokens that are gone for long", () => {
  const tokens = new Tokens();
  const first = make(tokens);
  tokens.delete(first);
  tokens.delete(first);
  assertThrows(() => tokens.find(first.bytes, now), ScsiError, "TOKEN DELETED");
  for (let i = 0; i < tokenLimits.tokens; i++) tokens.delete(make(tokens));
  assertThrows(() => tokens.find(first.bytes, now), ScsiError, "TOKEN UNKNOWN");
});

Deno.test("Tokens.clear() revokes all", () => {
  const tokens = new Tokens();
  const token = make(tokens);
  tokens.clear();
  assertEquals([tokens.count, tokens.all(now)], [0, []]);
  assertThrows(() => tokens.find(token.bytes, now), ScsiError, "TOKEN REVOKED");
});
