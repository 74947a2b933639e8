import { assert, assertEquals } from "@std/assert";
import { run } from "../../scripts/command.ts";
import { within } from "../support/deadline.ts";
import { Proxy } from "../support/proxy.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { serveLunbox, sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;
const COUNT = 48;

/** Writes of many patterns, half of them at once, and the reads that check all of them afterwards. */
function words(): string[] {
  const numbers = Array.from({ length: COUNT }, (_, number) => number);
  return [
    ...numbers.flatMap((number) => ["-c", `${number % 2 ? "aio_write" : "write"} -P ${number + 1} ${number}M 1M`]),
    ...["-c", "aio_flush"],
    ...numbers.flatMap((number) => ["-c", `read -P ${number + 1} ${number}M 1M`]),
  ];
}

async function writeAndRead(url: string): Promise<void> {
  const said = await run(["qemu-io", "-f", "raw", "-t", "none", ...words(), url], { timeout: 120_000 });
  assertEquals(said.match(/.*(?:verification failed|failed:|error).*/gi) ?? [], []);
}

// In the middle of a write, of a read, and of the login of the connection that comes after it.
const PLACES = [
  { what: "a write", cuts: [20 * MIB + 11] },
  { what: "a read", cuts: [COUNT * MIB + 20 * MIB + 11] },
  { what: "a write, and of the login after that", cuts: [20 * MIB + 11, 700] },
];

for (const { what, cuts } of PLACES) {
  Deno.test({
    name: `qemu-io goes on when its connection is cut in the middle of ${what}`,
    ...requires("qemu-io"),
    fn: async () => {
      await using scratch = await Scratch.make();
      const images = [await sparse(scratch.path("disk.img"), 64 * MIB)];
      await whileServing({ images }, async (served) => {
        await using proxy = new Proxy(served.port);
        const cut = (async () => {
          for (const after of cuts) await proxy.cut(after);
        })();
        await writeAndRead(served.url().replace(served.portal, `127.0.0.1:${proxy.port}`));
        await within(60, "the cut", cut);
        assert(proxy.accepted > cuts.length, `${proxy.accepted} connections`);
      });
    },
  });
}

Deno.test({
  name: "qemu-io goes on when the server is killed in the middle of a write and comes back",
  ...requires("qemu-io"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const images = [await sparse(scratch.path("disk.img"), 64 * MIB)];
    const first = await serveLunbox({ images });
    await using proxy = new Proxy(first.port);
    const exchange = (async () => {
      await proxy.cut(20 * MIB + 11);
      Deno.kill(first.pid, "SIGKILL");
      await first.stop().then(() => assert(false, "a killed server ended well"), () => {});
      const second = await serveLunbox({ images });
      proxy.upstream = second.port;
      return second;
    })();
    try {
      await writeAndRead(first.url().replace(first.portal, `127.0.0.1:${proxy.port}`));
    } finally {
      await (await within(60, "the second server", exchange)).stop();
    }
  },
});
