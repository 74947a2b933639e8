import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { MediumError, StoreError, type StoreErrorCode } from "../../../lib/store/errors.ts";
import { FaultStore } from "../../../lib/store/filters/fault.ts";
import { MemoryStore } from "../../../lib/store/memory_store.ts";
import { Prng } from "../../support/prng.ts";
import { compareWithArray } from "../../support/store_model.ts";

Deno.test("FaultStore fails where it is told to and nowhere else", async () => {
  const store = new FaultStore(new MemoryStore(8192), [{ operation: "read", at: 1024, length: 512 }]);
  const bytes = new Uint8Array(1024);
  const error = assertThrows(() => store.read(bytes, 512), MediumError);
  assertEquals([error.at, error.operation], [1024, "read"]);
  await store.read(bytes, 0);
  await store.read(bytes, 1536);
  await store.write(bytes, 512);
});

Deno.test("FaultStore fails as often as it is told to", async () => {
  const store = new FaultStore(new MemoryStore(8192), [{ operation: "flush", times: 2 }]);
  assertThrows(() => store.flush(), MediumError);
  assertThrows(() => store.flush(), MediumError);
  await store.flush();
});

Deno.test("FaultStore fails with each code", () => {
  const codes: StoreErrorCode[] = ["medium", "out-of-space", "read-only", "gone", "io"];
  for (const code of codes) {
    for (const operation of ["write", "unmap", "zero", "extents"] as const) {
      const store = new FaultStore(new MemoryStore(512), [{ operation, code }]);
      const error = assertThrows(() =>
        operation === "write" ? store.write(new Uint8Array(512), 0) : store[operation](0, 512)
      );
      assertInstanceOf(error, StoreError);
      assertEquals(error.code, code);
    }
  }
});

Deno.test("FaultStore without faults keeps what an array keeps", async () => {
  const store = new FaultStore(new MemoryStore(65536), [{ operation: "read" }]);
  store.clear();
  await compareWithArray(store, new Prng(11), 200);
});
