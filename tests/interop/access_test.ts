import { assertEquals, assertStringIncludes } from "@std/assert";
import { attempt, run } from "../../scripts/command.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { secondPort, type Served, sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

/** Serves disks of 64 and 32 MiB with these words. */
const serving = (args: readonly string[], use: (served: Served) => Promise<void>) => async (): Promise<void> => {
  await using scratch = await Scratch.make();
  const images = [await sparse(scratch.path("a.img"), 64 * MIB), await sparse(scratch.path("b.img"), 32 * MIB)];
  await whileServing({ images, args }, use);
};

/** Sizes of LUNs in MiB as an initiator sees them; 0 for one that it does not see. */
async function sizes(served: Served, initiator: string, luns: readonly number[]): Promise<number[]> {
  const seen: number[] = [];
  for (const lun of luns) {
    const url = `iscsi://${served.portal}/${served.target}/${lun}`;
    const { stdout } = await attempt(["iscsi-readcapacity16", "-i", initiator, url], { timeout: 20_000 });
    seen.push(Number(/Total size:(\d+)/.exec(stdout)?.[1] ?? 0) / MIB);
  }
  return seen;
}

Deno.test({
  name: "Initiators see the LUNs of their maps",
  ...requires("iscsi-readcapacity16"),
  fn: serving(["--map", "iqn.2026-01.example:web*,0=1,7=0:ro", "--map", "iqn.2026-01.example:none"], async (served) => {
    assertEquals(await sizes(served, "iqn.2026-01.example:web1", [0, 1, 7]), [32, 0, 64]);
    assertEquals(await sizes(served, "iqn.2026-01.example:none", [0, 1]), [0, 0]);
    assertEquals(await sizes(served, "iqn.2026-01.example:other", [0, 1]), [64, 32]);
  }),
});

Deno.test({
  name: "Initiators of another network find nothing and are refused",
  ...requires("iscsi-ls", "iscsi-readcapacity16"),
  fn: serving(["--allow-from", "192.0.2.0/24"], async (served) => {
    assertEquals(await run(["iscsi-ls", `iscsi://${served.portal}`]), "");
    assertEquals(await sizes(served, "iqn.2026-01.example:web1", [0]), [0]);
    assertStringIncludes(served.log(), "status=0202");
  }),
});

const second = secondPort();
const third = secondPort();

Deno.test({
  name: "libiscsi finds every portal with its group, and follows a redirection",
  ...requires("iscsi-ls", "iscsi-readcapacity16"),
  fn: serving(["--listen", `127.0.0.1:${second.listen},group=2`], async (served) => {
    const list = await run(["iscsi-ls", `iscsi://127.0.0.1:${second.listen}`]);
    for (const portal of [`${served.portal},1`, `127.0.0.1:${second.target},2`]) {
      assertStringIncludes(list, `Target:${served.target} Portal:${portal}\n`);
    }
    const args = ["--listen", `127.0.0.1:${third.listen},redirect=${served.portal}`];
    await serving(args, async ({ target }) => {
      const capacity = await run(["iscsi-readcapacity16", `iscsi://127.0.0.1:${third.listen}/${target}/0`]);
      assertStringIncludes(capacity, `Total size:${64 * MIB}\n`);
      assertStringIncludes(served.log(), "login peer=");
    })();
  }),
});

Deno.test({
  name: "libiscsi attaches by IPv6, and finds the portal of IPv4 beside it",
  ...requires("iscsi-ls", "iscsi-readcapacity16"),
  ignore: !hasIpv6(),
  fn: async () => {
    const { listen, target: named } = secondPort();
    await serving(["--listen", `[::1]:${listen}`], async ({ target, portal }) => {
      const list = await run(["iscsi-ls", `iscsi://[::1]:${listen}`]);
      for (const own of [`[::1]:${named}`, portal]) {
        assertStringIncludes(list, `Target:${target} Portal:${own},1\n`);
      }
      const capacity = await run(["iscsi-readcapacity16", `iscsi://[::1]:${listen}/${target}/0`]);
      assertStringIncludes(capacity, `Total size:${64 * MIB}\n`);
    })();
  },
});

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
