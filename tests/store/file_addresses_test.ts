import { assert, assertEquals } from "@std/assert";
import { addressOf, BufferAddresses } from "../../lib/store/file_addresses.ts";
import { loadFirst } from "../../lib/store/file_posix_calls.ts";

Deno.test("of() tells where a view begins, whichever buffer was asked for before", () => {
  if (Deno.build.os !== "linux") return;
  const library = loadFirst("linux", (path) => Deno.dlopen(path, { addressOf }));
  assert(library !== undefined);
  const addresses = new BufferAddresses(library.symbols.addressOf);
  const [one, other] = [new Uint8Array(4096), new Uint8Array(4096)];
  const expected = (view: Uint8Array<ArrayBuffer>) => Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(view)));
  for (const view of [one, other, one.subarray(17), other.subarray(4095), one]) {
    assertEquals(addresses.of(view), expected(view));
  }
  library.close();
});
