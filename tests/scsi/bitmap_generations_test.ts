import { assertEquals } from "@std/assert";
import { BitmapGenerations, isPolicy, setOutcome } from "../../lib/scsi/bitmap_generations.ts";

const { perform, discard, refuse } = setOutcome;

Deno.test("BitmapGenerations judges by the policy what other generations may do (SBC-4 table 29)", async (t) => {
  const rows = [
    { policy: 0x0, previous: perform, other: refuse },
    { policy: 0x2, previous: discard, other: refuse },
    { policy: 0x3, previous: perform, other: perform },
    { policy: 0x5, previous: discard, other: discard },
    { policy: 0x7, previous: refuse, other: refuse },
  ];
  for (const { policy, previous, other } of rows) {
    await t.step(`policy ${policy}h`, () => {
      const generations = new BitmapGenerations();
      generations.change(4, 0x7);
      generations.change(9, policy);
      assertEquals([9, 4, 0, 5].map((expected) => generations.judge(expected)), [perform, previous, other, other]);
      assertEquals(generations.current, 9);
    });
  }
  const policies = Array.from({ length: 16 }, (_, code) => code).filter(isPolicy);
  assertEquals(policies, rows.map(({ policy }) => policy));
});

Deno.test("BitmapGenerations begins with generation 0 and lets no other in", () => {
  const generations = new BitmapGenerations();
  assertEquals([generations.current, generations.judge(0), generations.judge(1)], [0, perform, refuse]);
  generations.change(7, 0x3);
  generations.reset();
  assertEquals([generations.current, generations.judge(0), generations.judge(7)], [0, perform, refuse]);
});
