import { assert, assertEquals } from "@std/assert";
import { addressOf, BufferAddresses } from "../../lib/store/file_addresses.ts";
import { loadFirst } from "../../lib/store/file_posix_calls.ts";

Deno.test("of() tells where a view begins, whichever buffer was asked for before", () => {
  if (Deno.build.os !== "linux") return;
  // The address is seen by what lies there: asking for it takes more permission than tests have.
  const load = { parameters: ["buffer", "usize", "usize"], result: "void", name: "memcpy" } as const;
  const library = loadFirst("linux", (path) => Deno.dlopen(path, { addressOf, load }));
  assert(library !== undefined);
  const addresses = new BufferAddresses(library.symbols.addressOf);
  const [one, other] = [1, 2].map((seed) => Uint8Array.from({ length: 4096 }, (_, i) => i * seed + seed));
  assert(one !== undefined && other !== undefined);
  for (const view of [one, other, one.subarray(17), other.subarray(4000), one]) {
    const seen = new Uint8Array(view.length);
    library.symbols.load(seen, BigInt(addresses.of(view)), BigInt(view.length));
    assertEquals(seen, view);
  }
  library.close();
});
