import { assert, assertEquals } from "@std/assert";
import { defaultTargetName, NAME_PREFIX } from "../../lib/cli/target_name.ts";
import { isIscsiName } from "../../lib/iscsi/names.ts";

const rows: readonly (readonly [hostname: string, location: string, rest: string])[] = [
  ["box", "disk.img", "box.disk"],
  ["Box.Example.COM", "/srv/images/Disk 1.img", "box.example.com.disk-1"],
  ["MY_PC", "C:\\disks\\Windows.VHD", "my-pc.windows"],
  ["box", "file:a/b.raw", "box.b"],
  ["box", "memory:1G", "box.memory"],
  ["box", "null:1T", "box.null"],
  ["box", "/dev/sda", "box.sda"],
  ["box", "archive.tar.gz", "box.archive.tar"],
  ["box", ".hidden", "box.hidden"],
  ["box", "folder/", "box.folder"],
  ["bücher", "größe.img", "bucher.gro-e"],
  ["box", "磁盘.img", "box.disk"],
  ["", "", "localhost.disk"],
  ["-.-", "..", "localhost.disk"],
  ["a..b", "c-.-d.img", "a.b.c.d"],
];

for (const [hostname, location, rest] of rows) {
  Deno.test(`defaultTargetName() names "${location}" on "${hostname}" ${rest}`, () => {
    assertEquals(defaultTargetName(hostname, location), NAME_PREFIX + rest);
  });
}

Deno.test("defaultTargetName() makes valid names of anything", () => {
  const odd = ["", "x".repeat(500), "a:b", "\0\n", "💾", "a/../..", "-", "é".repeat(300), "A,B;C"];
  for (const hostname of odd) {
    for (const location of odd) {
      const name = defaultTargetName(hostname, location);
      assert(isIscsiName(name), name);
      assertEquals(name, name.toLowerCase());
    }
  }
});

Deno.test("defaultTargetName() keeps both parts of long names", () => {
  const name = defaultTargetName("h".repeat(300), "i".repeat(300));
  assert(/:h{50,}\.i{50,}$/.test(name), name);
  assertEquals(name.length, 223);
});
