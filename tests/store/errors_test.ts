import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  MediumError,
  OutOfSpaceError,
  ReadOnlyError,
  reasonOf,
  StoreClosedError,
  StoreError,
  storeError,
  type StoreErrorCode,
  StoreGoneError,
} from "../../lib/store/errors.ts";

const failed = { operation: "write", name: "disk.img", at: 4096 } as const;

const rows: readonly [string, StoreErrorCode, typeof StoreError | typeof MediumError | typeof OutOfSpaceError][] = [
  ["ENOSPC", "out-of-space", OutOfSpaceError],
  ["EDQUOT", "out-of-space", OutOfSpaceError],
  ["EIO", "medium", MediumError],
  ["EROFS", "read-only", ReadOnlyError],
  ["ENODEV", "gone", StoreGoneError],
  ["ESTALE", "gone", StoreGoneError],
  ["EINVAL", "io", StoreError],
];

Deno.test("storeError() tells kinds of failures apart by the system's code", () => {
  for (const [code, kind, type] of rows) {
    const cause = Object.assign(new Error("Words of the system (os error 1)"), { code });
    const error = storeError(cause, failed);
    assertInstanceOf(error, type);
    assertEquals(error.code, kind, code);
    assertEquals(error.message, "Cannot write disk.img at byte 4096: words of the system");
    assertEquals(error.cause, cause);
  }
});

Deno.test("storeError() says where a medium is bad", () => {
  const error = storeError(Object.assign(new Error("x"), { code: "EIO" }), failed);
  assertInstanceOf(error, MediumError);
  assertEquals([error.at, error.operation], [4096, "write"]);
});

Deno.test("storeError() leaves a StoreError as it is", () => {
  const error = new StoreClosedError("Cannot use disk.img: it is closed");
  assert(storeError(error, failed) === error);
  assertEquals(error.code, "gone");
});

Deno.test("storeError() takes what is no error at all", () => {
  assertEquals(storeError("boom", failed).message, "Cannot write disk.img at byte 4096: boom");
  assertEquals(storeError(new Deno.errors.BadResource("Bad resource ID"), failed).code, "gone");
});

Deno.test("reasonOf() leaves the system's number away", () => {
  assertEquals(reasonOf(new Error("No space left on device (os error 28)")), "no space left on device");
  assertEquals(reasonOf(new Error("")), "unknown reason");
});
