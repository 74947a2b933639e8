import { assertEquals } from "@std/assert";
import { parentOf, permitted, syncDirectory } from "../../lib/store/file_system.ts";
import { Scratch } from "../support/scratch.ts";

Deno.test("parentOf() names the directory of a path", () => {
  const rows: [string, string][] = [["disk.img", "."], ["a/disk.img", "a/"], ["/disk.img", "/"], ["/a/b", "/a/"]];
  for (const [path, parent] of rows) assertEquals(parentOf(path), parent);
});

Deno.test("syncDirectory() works, and is silent where there is no directory", async () => {
  await using scratch = await Scratch.make();
  await syncDirectory(scratch.path("disk.img"));
  await syncDirectory(scratch.path("no/disk.img"));
});

Deno.test({
  name: "permitted() tells what may be used without asking",
  permissions: { read: true, write: false },
  fn: () => assertEquals([permitted("read", "disk.img"), permitted("write", "disk.img")], [true, false]),
});
