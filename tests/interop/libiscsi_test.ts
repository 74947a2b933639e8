import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { attempt, run } from "../../scripts/command.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

const withDisks = (use: (served: Served) => Promise<void>) => async (): Promise<void> => {
  await using scratch = await Scratch.make();
  const images = [
    await sparse(scratch.path("first.img"), 64 * MIB),
    await sparse(scratch.path("second.img"), 32 * MIB),
  ];
  await whileServing({ images }, use);
};

Deno.test({
  name: "iscsi-ls -s lists the target and its LUNs with their sizes",
  ...requires("iscsi-ls"),
  fn: withDisks(async ({ portal, target, firstLun }) => {
    const list = await run(["iscsi-ls", "-s", `iscsi://${portal}`]);
    assertStringIncludes(list, `Target:${target} Portal:${portal},1`);
    // It prints the last block's offset in MiB, rounded down.
    assertStringIncludes(list, `Lun:${firstLun}    Type:DIRECT_ACCESS (Size:63M)`);
    assertStringIncludes(list, `Lun:${firstLun + 1}    Type:DIRECT_ACCESS (Size:31M)`);
  }),
});

Deno.test({
  name: "iscsi-inq shows a connected direct access device",
  ...requires("iscsi-inq"),
  fn: withDisks(async (served) => {
    const data = await run(["iscsi-inq", served.url()]);
    for (const line of ["Peripheral Qualifier:CONNECTED", "Device Type:DIRECT_ACCESS", "HiSup:1", "CmdQue:1"]) {
      assertStringIncludes(data, line);
    }
    assertMatch(data, /ReponseDataFormat:2/);
  }),
});

// The page as `-c` takes it, and what libiscsi prints when it could decode it.
const PAGES = [
  { page: 0x00, lines: ["SUPPORTED_VPD_PAGES", "UNIT_SERIAL_NUMBER", "DEVICE_IDENTIFICATION", "BLOCK_LIMITS"] },
  { page: 0x80, lines: ["Unit Serial Number:["] },
  { page: 0x83, lines: ["Page Code:(0x83) DEVICE_IDENTIFICATION", "(3) NAA", "T10_VENDORT_ID"] },
  { page: 0xb0, lines: ["maximum transfer length:", "optimal unmap granularity:"] },
  { page: 0xb1, lines: [] },
  { page: 0xb2, lines: [] },
];

for (const { page, lines } of PAGES) {
  Deno.test({
    name: `iscsi-inq reads VPD page ${page.toString(16).padStart(2, "0")}h`,
    ...requires("iscsi-inq"),
    fn: withDisks(async (served) => {
      const data = await run(["iscsi-inq", "-e", "1", "-c", String(page), served.url()]);
      for (const line of lines) assertStringIncludes(data, line);
    }),
  });
}

Deno.test({
  name: "iscsi-inq is refused a VPD page that page 00h does not list",
  ...requires("iscsi-inq"),
  fn: withDisks(async (served) => {
    const { code, stderr } = await attempt(["iscsi-inq", "-e", "1", "-c", "222", served.url()]);
    assert(code !== 0);
    assertStringIncludes(stderr, "INVALID_FIELD_IN_CDB");
  }),
});

Deno.test({
  name: "iscsi-readcapacity16 shows every LUN's size",
  ...requires("iscsi-readcapacity16"),
  fn: withDisks(async (served) => {
    for (const [image, size] of [64 * MIB, 32 * MIB].entries()) {
      const capacity = await run(["iscsi-readcapacity16", served.url(image)]);
      assertStringIncludes(capacity, `RETURNED LOGICAL BLOCK ADDRESS:${size / 512 - 1}\n`);
      assertStringIncludes(capacity, "LOGICAL BLOCK LENGTH IN BYTES:512\n");
      assertStringIncludes(capacity, `Total size:${size}\n`);
    }
  }),
});

Deno.test({
  name: "iscsi-readcapacity16 is refused a LUN that does not exist and a target that does not exist",
  ...requires("iscsi-readcapacity16"),
  fn: withDisks(async (served) => {
    for (const url of [served.url(77), `iscsi://${served.portal}/iqn.2026-01.example:nobody/0`]) {
      const { code } = await attempt(["iscsi-readcapacity16", url], { timeout: 20_000 });
      assertEquals(code, 10, url);
    }
  }),
});

const PERF_LOADS = [
  { name: "4 KiB random at depth 1", args: ["-m", "1", "-b", "8", "-r"] },
  { name: "4 KiB random at depth 32", args: ["-m", "32", "-b", "8", "-r"] },
  { name: "64 KiB sequential at depth 32", args: ["-m", "32", "-b", "128"] },
  { name: "1 MiB sequential at depth 8", args: ["-m", "8", "-b", "2048"] },
];

for (const { name, args } of PERF_LOADS) {
  Deno.test({
    name: `iscsi-perf reads for two seconds without an error: ${name}`,
    ...requires("iscsi-perf"),
    fn: withDisks(async (served) => {
      const result = await attempt(["iscsi-perf", ...args, "-t", "2", served.url()], { timeout: 30_000 });
      assertEquals(result.code, 0, result.stdout + result.stderr);
      assertMatch(result.stdout, /iops average [1-9]\d*/);
      assertStringIncludes(result.stdout, "finished.");
    }),
  });
}
