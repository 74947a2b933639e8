import { assert, assertEquals } from "@std/assert";
import { sense, senseKey } from "../../lib/scsi/sense.ts";

Deno.test("sense holds no code twice", () => {
  const codes = Object.values(sense).map(({ key, asc, ascq }) => `${key}/${asc}/${ascq}`);
  assertEquals(new Set(codes).size, codes.length);
});

Deno.test("sense uses the keys that the standard names", () => {
  const keys: readonly number[] = Object.values(senseKey);
  for (const { key, name } of Object.values(sense)) assert(keys.includes(key), name);
});
