import { assertEquals } from "@std/assert";
import { returnLargeBuffers } from "../../lib/cli/memory.ts";
import { posixLibraries } from "../../lib/store/file_posix_calls.ts";

Deno.test("returnLargeBuffers() tells the C library, if there is one that listens and it may", async () => {
  const here = await Promise.all(posixLibraries.linux.map(async (path) => {
    const exists = await Deno.stat(path).then(() => true, () => false);
    return exists && (await Deno.permissions.query({ name: "ffi", path })).state === "granted";
  }));
  // musl, the other C library that lies there, has no such setting.
  const glibc = Deno.build.os === "linux" && here.includes(true);
  assertEquals(returnLargeBuffers(), glibc);
});
