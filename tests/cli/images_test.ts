import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { type ImageArgument, imageOptions, numberImages, parseImage } from "../../lib/cli/images.ts";

const plain = { readOnly: false, removable: false };

const disc = { readOnly: true, removable: true, kind: "cdrom", blockSize: 2048 } as const;

const good: readonly (readonly [text: string, expected: ImageArgument])[] = [
  ["disk.img", { ...plain, location: "disk.img" }],
  ["C:\\disks\\a.img,ro", { ...plain, location: "C:\\disks\\a.img", readOnly: true }],
  ["d:a.img,lun=1", { ...plain, location: "d:a.img", lun: 1 }],
  ["\\\\nas\\share\\a,, b.img,ro", { ...plain, location: "\\\\nas\\share\\a, b.img", readOnly: true }],
  ["memory:1G,lun=3", { ...plain, location: "memory:1G", lun: 3 }],
  ["a.img,size=10G,block=4096", { ...plain, location: "a.img", size: "10G", blockSize: 4096 }],
  ["a,physical=512", { ...plain, location: "a", physicalBlockSize: 512 }],
  ["a,physical=4096,alignment=7", { ...plain, location: "a", physicalBlockSize: 4096, lowestAlignedLba: 7 }],
  ["a,block=4096,physical=65536", { ...plain, location: "a", blockSize: 4096, physicalBlockSize: 65536 }],
  ["a,alignment=1", { ...plain, location: "a", lowestAlignedLba: 1 }],
  ["a,physical=16777216,alignment=16383", {
    ...plain,
    location: "a",
    physicalBlockSize: 2 ** 24,
    lowestAlignedLba: 16383,
  }],
  ["a,,b.img,serial=x,,y", { ...plain, location: "a,b.img", serial: "x,y" }],
  ["a,,,ro", { ...plain, location: "a,", readOnly: true }],
  ["a,target=Backup", { ...plain, location: "a", target: "Backup" }],
  ["a,target=iqn.2026-01.example:b", { ...plain, location: "a", target: "iqn.2026-01.example:b" }],
  ["a,thick", { ...plain, location: "a", thick: true }],
  ["a,transfers=background", { ...plain, location: "a", transfers: "background" }],
  ["Setup.ISO,lun=2", { ...disc, location: "Setup.ISO", lun: 2 }],
  ["a.img,kind=cdrom,block=2048", { ...disc, location: "a.img" }],
  ["a.iso,kind=disk", { ...plain, location: "a.iso" }],
  ["a,lun=0,removable", { ...plain, location: "a", lun: 0, removable: true }],
  ["a,lun=16383", { ...plain, location: "a", lun: 16383 }],
  ["a,vendor=ACME,product=Disk 1,revision=1.0", {
    ...plain,
    location: "a",
    vendor: "ACME",
    product: "Disk 1",
    revision: "1.0",
  }],
  ["a,serial=k=v", { ...plain, location: "a", serial: "k=v" }],
];

for (const [text, expected] of good) {
  Deno.test(`parseImage() reads ${text}`, () => assertEquals(parseImage(text), expected));
}

const bad: readonly (readonly [text: string, state: string])[] = [
  ["", "the path is missing"],
  [",ro", "the path is missing"],
  ["a,rw", `there is no image option "rw"; did you mean ro?`],
  ["a,sise=1G", `there is no image option "sise"; did you mean size?`],
  ["a,", "nothing stands behind a comma; a comma in a path is written twice"],
  ["a,cache=writeback", `there is no image option "cache"; there are size, lun,`],
  ["a,ro=yes", "ro takes no value"],
  ["a,transfers=fast", `transfers are auto, inline or background, not "fast"`],
  ["a,lun", "the value of lun is missing, write lun=N"],
  ["a,lun=", "the value of lun is missing, write lun=N"],
  ["a,lun=1,lun=2", "lun is given twice"],
  ["a,lun=16384", `a LUN is a number from 0 to 16383, not "16384"`],
  ["a,lun=-1", `a LUN is a number from 0 to 16383, not "-1"`],
  ["a,lun=0x1", `a LUN is a number from 0 to 16383, not "0x1"`],
  ["a,target=", "the value of target is missing, write target=NAME"],
  ["a,target=a b", `a target name has letters, digits and . - : only, not "a b"`],
  ["a,block=1000", `a block is 512, 1024, 2048, 4096 bytes, not "1000"`],
  ["a,physical=4000", `a physical block is a power of two from 512 to 16777216 bytes, not "4000"`],
  ["a,physical=4K", `a physical block is a power of two from 512 to 16777216 bytes, not "4K"`],
  ["a,physical=33554432", `a physical block is a power of two from 512 to 16777216 bytes, not "33554432"`],
  ["a,block=4096,physical=512", `a physical block is a power of two from 4096 to 134217728 bytes, not "512"`],
  ["a,alignment=8", `an alignment is a number of blocks from 0 to 7, not "8"`],
  ["a,physical=512,alignment=1", `an alignment is a number of blocks from 0 to 0, not "1"`],
  ["a,physical=16777216,alignment=16384", `an alignment is a number of blocks from 0 to 16383, not "16384"`],
  ["a,alignment=-1", `an alignment is a number of blocks from 0 to 7, not "-1"`],
  ["a.iso,physical=4096", "a CD-ROM has no physical blocks that it could tell of"],
  ["a.iso,block=512", "a block of a CD-ROM has 2048 bytes; write kind=disk for a disk"],
  ["a,kind=tape", `a kind is disk or cdrom, not "tape"`],
  ["a,vendor=NINECHARS", `vendor is up to 8 printable ASCII characters, not "NINECHARS"`],
  ["a,product=Bücher", `product is up to 16 printable ASCII characters, not "Bücher"`],
];

for (const [text, state] of bad) {
  Deno.test(`parseImage() refuses "${text}"`, () => {
    assertThrows(() => parseImage(text), UsageError, `Cannot use --image ${JSON.stringify(text)}: ${state}`);
  });
}

Deno.test("parseImage() knows every row of imageOptions", () => {
  for (const row of imageOptions) {
    const values: Record<string, string> = { lun: "1", block: "512", kind: "disk", physical: "4096", alignment: "7" };
    values.transfers = "auto";
    const value = values[row.name] ?? "1G";
    parseImage("value" in row ? `a,${row.name}=${value}` : `a,${row.name}`);
  }
});

function luns(...texts: string[]): number[] {
  return numberImages(texts.map(parseImage)).map((image) => image.lun);
}

Deno.test("numberImages() counts from 0", () => assertEquals(luns("a", "b", "c"), [0, 1, 2]));

Deno.test("numberImages() leaves numbers to those that ask for them", () => {
  assertEquals(luns("a", "b,lun=0", "c,lun=2", "d", "e"), [1, 0, 2, 3, 4]);
});

Deno.test("numberImages() refuses a number that two images ask for", () => {
  assertThrows(() => luns("a,lun=1", "b,lun=1"), UsageError, "Cannot serve b as LUN 1: a has that number");
});
