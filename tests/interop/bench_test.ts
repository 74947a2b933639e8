import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { attempt, run } from "../../scripts/command.ts";
import type { Served } from "../support/portal.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { serveLunbox, sparse } from "../support/served.ts";
import { serveTgt } from "../support/tgt.ts";

const LUNBOX = [Deno.execPath(), "run", "-A", new URL("../../main.ts", import.meta.url).pathname];

const BRIEFLY = ["--duration", "0.3", "--warm-up", "0.1"];

/** Serves two disks of 16 MiB, the first one full of a pattern of our own. */
async function served(by: typeof serveLunbox, use: (served: Served) => Promise<void>): Promise<void> {
  await using scratch = await Scratch.make();
  const images = [await sparse(scratch.path("a.img"), 1 << 24), await sparse(scratch.path("b.img"), 1 << 24)];
  const server = await by({ images });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

const contenders = [
  { name: "Lunbox", by: serveLunbox, programs: [], digests: ["--header-digest", "--data-digest"] },
  // It takes digests only when it is configured so.
  { name: "tgt", by: serveTgt, programs: ["tgtd"], digests: [] },
];

for (const { name, by, programs, digests } of contenders) {
  Deno.test({
    name: `lunbox bench measures ${name}, and finds that it keeps what is written`,
    ...requires(...programs),
    fn: () =>
      served(by, async ({ url, pid }) => {
        const load = async (...words: string[]) =>
          JSON.parse(await run([...LUNBOX, "bench", ...words, ...BRIEFLY, "--json"]));
        const reads = await load(url(0));
        assert(reads.reads.rate > 0 && reads.writes.operations === 0);
        if (Deno.build.os === "linux") {
          assertEquals(reads.cpu.server.pid, pid);
          assert(reads.cpu.server.perOperation > 0);
        }
        const mix = ["--sessions", "4", "--reads", "50", "--destroy-data", "--verify", ...digests];
        for (const words of [["--depth", "8"], ["--depth", "2", "--block-size", "1M", "--sequential"]]) {
          const { load: { size, span }, verified } = await load(url(1), ...mix, ...words);
          assertEquals(span, 1 << 24);
          assert(verified >= span / size, `${verified} reads were compared`);
        }
      }),
  });
}

Deno.test("lunbox bench destroys nothing by itself, and says what is wrong", () =>
  served(serveLunbox, async ({ url, portal }) => {
    const refused = await attempt([...LUNBOX, "bench", url(0), "--reads", "50"]);
    assertEquals([refused.code, refused.stdout], [2, ""]);
    assertStringIncludes(refused.stderr, "--destroy-data");
    const nowhere = await attempt([...LUNBOX, "bench", `iscsi://${portal}/iqn.2001-04.com.example:none/0`]);
    assertEquals(nowhere.code, 1);
    assertStringIncludes(nowhere.stderr, "Cannot log in: the target says not found (0203h)");
  }));

Deno.test({
  name: "lunbox bench prints what there is when it is interrupted",
  ignore: Deno.build.os === "windows",
  fn: () =>
    served(serveLunbox, async ({ url, log }) => {
      const child = new Deno.Command(LUNBOX[0] ?? "", {
        args: [...LUNBOX.slice(1), "bench", url(0), "--duration", "600", "--warm-up", "0"],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      // Who has logged in takes signals.
      while (!log().includes(" login ")) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill("SIGINT");
      const { code, stdout } = await child.output();
      assertEquals(code, 130);
      assertStringIncludes(new TextDecoder().decode(stdout), "interrupted: this is what was measured until then");
    }),
});
