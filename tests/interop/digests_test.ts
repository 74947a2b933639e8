import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../scripts/command.ts";
import { LoginTexts } from "../support/login_texts.ts";
import { Proxy } from "../support/proxy.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

/** A server behind a proxy that notes what is said at logins. */
const withLogins = (use: (served: Served, logins: LoginTexts) => Promise<void>) => async (): Promise<void> => {
  await using scratch = await Scratch.make();
  const images = [await sparse(scratch.path("disk.img"), 64 * MIB)];
  await whileServing({ images }, async (served) => {
    const logins = new LoginTexts();
    await using proxy = new Proxy(served.port, { listen: () => logins.listen() });
    const portal = `127.0.0.1:${proxy.port}`;
    const url = (image?: number): string => served.url(image).replace(served.portal, portal);
    await use({ ...served, portal, port: proxy.port, url }, logins);
  });
};

Deno.test({
  name: "iscsi-ls lists target and LUNs with ?header_digest=crc32c",
  ...requires("iscsi-ls"),
  fn: withLogins(async ({ portal, target }, logins) => {
    const list = await run(["iscsi-ls", "-s", `iscsi://${portal}?header_digest=crc32c`]);
    assertStringIncludes(list, `Target:${target}`);
    assertStringIncludes(list, "Lun:0    Type:DIRECT_ACCESS (Size:63M)");
    assertEquals(logins.values("initiator", "HeaderDigest"), ["CRC32C"]);
    assertEquals(logins.values("target", "HeaderDigest"), ["CRC32C"]);
  }),
});

// What QEMU is told, what libiscsi offers then, and what is agreed on: the first that both know (RFC 7143 §6.2.1).
const POLICIES = [
  { policy: "crc32c", offer: "CRC32C", agreed: "CRC32C" },
  { policy: "crc32c-none", offer: "CRC32C,None", agreed: "CRC32C" },
  { policy: "none-crc32c", offer: "None,CRC32C", agreed: "None" },
  { policy: "none", offer: "None", agreed: "None" },
];

for (const { policy, offer, agreed } of POLICIES) {
  Deno.test({
    name: `qemu-io reads back what it wrote with header-digest=${policy}: ${offer} becomes ${agreed}`,
    ...requires("qemu-io"),
    fn: withLogins(async ({ portal, target }, logins) => {
      const options = [
        ...["driver=iscsi", "transport=tcp", `portal=${portal}`, `target=${target}`, "lun=0"],
        `header-digest=${policy}`,
      ].join(",");
      // With the command; asked for; in several bursts, at the end a short one.
      const ranges = ["0 4k", "1M 300k", "8M 7M"];
      const writes = ranges.flatMap((range, number) => ["-c", `write -P ${number + 1} ${range}`]);
      const reads = ranges.flatMap((range, number) => ["-c", `read -P ${number + 1} ${range}`]);
      const words = [...writes, "-c", "flush", ...reads, "-c", "read -P 0 32M 1M"];
      const said = await run(["qemu-io", "-t", "none", ...words, "--image-opts", options], { timeout: 60_000 });
      assertEquals(said.match(/.*(?:verification failed|failed:|error).*/gi) ?? [], []);
      assertStringIncludes(said, "read 7340032/7340032 bytes at offset 8388608");
      assertEquals(logins.values("initiator", "HeaderDigest"), [offer]);
      assertEquals(logins.values("target", "HeaderDigest"), [agreed]);
    }),
  });
}
