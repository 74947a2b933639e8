import { assertEquals } from "@std/assert";
import { block10, block12, block16, block6 } from "../../lib/scsi/cdb.ts";

const rows = [
  { layout: block6, lba: 0x1f_ffff, blocks: 255, cdb: [0, 0x1f, 255, 255, 255, 0] },
  { layout: block6, lba: 0x12_3456, blocks: 256, cdb: [0, 0x12, 0x34, 0x56, 0, 0] },
  { layout: block10, lba: 0xfedc_ba98, blocks: 0x1234, cdb: [0, 0, 0xfe, 0xdc, 0xba, 0x98, 0, 0x12, 0x34, 0] },
  {
    layout: block12,
    lba: 0xfedc_ba98,
    blocks: 0xf123_4567,
    cdb: [0, 0, 0xfe, 0xdc, 0xba, 0x98, 0xf1, 0x23, 0x45, 0x67, 0, 0],
  },
  {
    layout: block16,
    lba: 0x1f_fedc_ba98_7654,
    blocks: 0xf123_4567,
    cdb: [0, 0, 0, 0x1f, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0xf1, 0x23, 0x45, 0x67, 0, 0],
  },
];

for (const { layout, lba, blocks, cdb } of rows) {
  Deno.test(`CDBs of ${layout.size} bytes keep LBA ${lba} and ${blocks} blocks where ${layout.spec} prints them`, () => {
    const bytes = Uint8Array.from(cdb);
    assertEquals([layout.lba.get(bytes), layout.blocks.get(bytes)], [lba, blocks]);
    const written = new Uint8Array(layout.size);
    layout.lba.set(written, lba);
    layout.blocks.set(written, blocks);
    assertEquals(written, bytes);
  });
}

Deno.test("CDBs of 6 bytes keep their LBA apart from the bits above it", () => {
  const bytes = Uint8Array.of(0, 0xff, 0xff, 0xff, 0, 0);
  block6.lba.set(bytes, 0);
  assertEquals([bytes[1], block6.lba.get(bytes)], [0xe0, 0]);
});
