import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { ChapChallenges } from "../../lib/iscsi/chap_challenges.ts";
import { testPrimitives } from "../support/chap.ts";

Deno.test("issue() makes challenges of every length from 16 to 32 bytes, none twice", () => {
  const challenges = new ChapChallenges(testPrimitives().random);
  const lengths = new Set<number>();
  const seen = new Set<string>();
  for (let i = 0; i < 2000; i++) {
    const { challenge } = challenges.issue();
    lengths.add(challenge.length);
    seen.add(encodeHex(challenge));
  }
  assertEquals([...lengths].sort((a, b) => a - b), Array.from({ length: 17 }, (_, i) => 16 + i));
  assertEquals(seen.size, 2000);
});

Deno.test("issue() goes through all identifiers", () => {
  const challenges = new ChapChallenges(testPrimitives().random);
  const identifiers = new Set(Array.from({ length: 256 }, () => challenges.issue().identifier));
  assertEquals([identifiers.size, Math.min(...identifiers), Math.max(...identifiers)], [256, 0, 255]);
});

Deno.test("issue() draws again when random bytes repeat, and gives up when they always do", () => {
  const values = [0, 0, 1, 0, 1, 0, 2].values();
  const repeating = new ChapChallenges((length) => new Uint8Array(length).fill(values.next().value ?? 9));
  assertEquals(repeating.issue().challenge[0], 1);
  assertEquals(repeating.issue().challenge[0], 2);
  assertThrows(() => {
    const stuck = new ChapChallenges((length) => new Uint8Array(length));
    stuck.issue();
    stuck.issue();
  }, RangeError);
});

Deno.test("knows() a challenge that was asked, and no other", () => {
  const challenges = new ChapChallenges(testPrimitives().random);
  const { challenge } = challenges.issue();
  assert(challenges.knows(challenge.slice()));
  assert(!challenges.knows(challenge.subarray(1)));
  assert(!challenges.knows(new Uint8Array(16)));
});

Deno.test("knows() forgets what was asked thousands of logins ago", () => {
  const challenges = new ChapChallenges(testPrimitives().random);
  const { challenge } = challenges.issue();
  for (let i = 0; i < 4095; i++) challenges.issue();
  assert(challenges.knows(challenge));
  challenges.issue();
  assert(!challenges.knows(challenge));
});
