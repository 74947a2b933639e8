import { assertEquals } from "@std/assert";
import { parentOf, permitted, syncDirectory, traitsOf } from "../../lib/store/file_system.ts";
import { Scratch } from "../support/scratch.ts";

Deno.test("parentOf() names the directory of a path", () => {
  const rows: [string, string][] = [["disk.img", "."], ["a/disk.img", "a/"], ["/disk.img", "/"], ["/a/b", "/a/"]];
  for (const [path, parent] of rows) assertEquals(parentOf(path), parent);
});

Deno.test("parentOf() names the directory of a path on Windows", () => {
  const rows: [string, string][] = [
    ["disk.img", "."],
    ["C:\\disks\\disk.img", "C:\\disks\\"],
    ["C:/disks\\a/disk.img", "C:/disks\\a/"],
    ["C:\\disk.img", "C:\\"],
    ["D:disk.img", "D:"],
    ["\\\\nas\\share\\disk.img", "\\\\nas\\share\\"],
  ];
  for (const [path, parent] of rows) assertEquals(parentOf(path, traitsOf("windows")), parent);
});

Deno.test("parentOf() takes backslashes for letters elsewhere", () => {
  assertEquals(parentOf("a\\b/c\\d", traitsOf("linux")), "a\\b/");
  assertEquals(parentOf("C:disk.img", traitsOf("darwin")), ".");
});

Deno.test("traitsOf() sets Windows apart", () => {
  assertEquals(traitsOf("windows"), {
    locksOutOwner: true,
    opensDirectories: false,
    backslashes: true,
    growsSparse: false,
  });
  assertEquals(traitsOf("darwin"), traitsOf("linux"));
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
