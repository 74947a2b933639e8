import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { attempt, run, stop } from "../../scripts/command.ts";
import { parseReport } from "../../scripts/iscsi_test_cu/report.ts";
import { executable, NOTHING, requiresExecutable } from "../support/executable.ts";
import { STORY_PROGRAMS, tellLinuxStory } from "../support/linux_story.ts";
import { Prng } from "../support/prng.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;

/** Suites that any disk passes. */
const SMOKE = ["TestUnitReady", "Read10", "Read16", "Write10", "Write16", "ReadCapacity10", "ReadCapacity16"];

/** An empty folder, and the executable, which finds nothing else. */
interface Alone {
  readonly program: string;
  readonly folder: string;
  /** Runs a command of the program. */
  lunbox(...args: string[]): Promise<string>;
}

function alone(name: string, programs: readonly string[], use: (alone: Alone) => Promise<void>): void {
  const ignore = requiresExecutable().ignore || requires(...programs).ignore;
  Deno.test({
    name,
    ignore,
    fn: async () => {
      const program = await executable();
      await using scratch = await Scratch.make();
      const options = { cwd: scratch.directory, env: NOTHING, clearEnv: true };
      await use({ program, folder: scratch.directory, lunbox: (...args) => run([program, ...args], options) });
    },
  });
}

/** Serves an image that the executable created, in an empty folder. */
async function withDisk({ program, folder, lunbox }: Alone, use: (served: Served) => Promise<void>): Promise<void> {
  await lunbox("create", "disk.img", "--size", "64M");
  const options = { executable: program, cwd: folder, env: NOTHING };
  await whileServing({ ...options, images: ["disk.img"] }, use);
}

alone("the executable tells its version and commit, and explains itself", [], async ({ lunbox }) => {
  assertMatch(await lunbox("--version"), /^lunbox \d+\.\d+\.\d+(\+[0-9a-f]+(\.dirty)?)?\n$/);
  assertStringIncludes(await lunbox(), "lunbox serve --image disk.img --size 1G");
  for (const command of ["serve", "create", "discover", "demo"]) {
    assertStringIncludes(await lunbox("help", command), `Usage: lunbox ${command}`);
  }
});

alone("the executable prints the manual page and completions", [], async ({ lunbox }) => {
  assertMatch(await lunbox("man"), /^\.TH LUNBOX 1/);
  assertStringIncludes(await lunbox("completions", "bash"), "complete -F _lunbox lunbox");
});

alone("the executable creates an image, and nothing else", [], async ({ folder, lunbox }) => {
  assertStringIncludes(await lunbox("create", "disk.img", "--size", "10M"), "Created disk.img (10 MiB, sparse)");
  assertEquals((await Deno.stat(`${folder}/disk.img`)).size, 10 * MIB);
  assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["disk.img"]);
});

alone("the executable discovers what it serves, and passes the smoke of iscsi-test-cu", ["iscsi-test-cu"], (given) => {
  return withDisk(given, async ({ portal, target, url }) => {
    assertStringIncludes(await given.lunbox("discover", portal), target);
    for (const suite of SMOKE) {
      const { stdout } = await attempt(["iscsi-test-cu", "-d", "-v", "-t", `ALL.${suite}`, url()], {
        timeout: 120_000,
      });
      const failed = parseReport(stdout).results.filter(({ outcome }) => outcome === "fail");
      assertEquals(failed, [], suite);
    }
  });
});

alone("qemu-img carries an image to the executable's disk and back", ["qemu-img"], async (given) => {
  const { folder } = given;
  await Deno.writeFile(`${folder}/source`, new Prng(7).fill(new Uint8Array(64 * MIB)));
  await withDisk(given, async ({ url }) => {
    const convert = ["qemu-img", "convert", "-f", "raw", "-O", "raw"];
    await run([...convert, "-n", `${folder}/source`, url()], { timeout: 120_000 });
    await run([...convert, url(), `${folder}/back`], { timeout: 120_000 });
  });
  await run(["cmp", `${folder}/source`, `${folder}/back`]);
  await run(["cmp", `${folder}/source`, `${folder}/disk.img`]);
});

alone("the executable serves by workers, and ends well", ["qemu-img"], async ({ program, folder }) => {
  await Deno.writeFile(`${folder}/disk.img`, new Prng(8).fill(new Uint8Array(4 * MIB)));
  await Deno.copyFile(`${folder}/disk.img`, `${folder}/copy`);
  const options = { executable: program, cwd: folder, env: NOTHING };
  await whileServing({ ...options, images: ["disk.img"], workers: 2 }, async ({ url }) => {
    await run(["qemu-img", "compare", "-f", "raw", "-F", "raw", url(), `${folder}/copy`], { timeout: 60_000 });
  });
});

alone("the executable keeps the identity of a disk from one start to the next", ["iscsi-inq"], async (given) => {
  const serials: string[] = [];
  for (let start = 0; start < 2; start++) {
    const again = start === 0 ? given : { ...given, lunbox: () => Promise.resolve("") };
    await withDisk(again, async ({ url }) => {
      serials.push(await run(["iscsi-inq", "-e", "1", "-c", "128", url()]));
    });
  }
  assertMatch(serials[0] ?? "", /Unit Serial Number:\[.+\]/);
  assertEquals(serials[1], serials[0]);
});

alone("the executable listens soon after its start", [], async ({ program, folder }) => {
  const times: number[] = [];
  for (let start = 0; start < 12; start++) times.push(await startTime(program, folder));
  // The first start reads the executable from the disk.
  const sorted = times.slice(1).toSorted((a, b) => a - b);
  const { size } = await Deno.stat(program);
  const said = `start to listening: median ${Math.round(sorted[5] ?? 0)} ms of 11; ${Math.round(size / MIB)} MiB\n`;
  await Deno.stderr.write(new TextEncoder().encode(said));
});

alone("Linux makes file systems on two LUNs of the executable", STORY_PROGRAMS, ({ program, folder }) => {
  return tellLinuxStory({ executable: program, cwd: folder, env: NOTHING });
});

/** Milliseconds from the start of the program to the log line that says that it listens. */
async function startTime(program: string, cwd: string): Promise<number> {
  const begun = performance.now();
  const child = new Deno.Command(program, {
    args: ["serve", "--image", "memory:64M", "--listen", "127.0.0.1:0", "--log-level", "info", "--quiet"],
    ...{ cwd, env: NOTHING, clearEnv: true, stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  let time = NaN;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    if (!text.includes(" serving ")) continue;
    time = performance.now() - begun;
    stop(child, "SIGTERM");
  }
  assertEquals((await child.status).code, 0);
  return time;
}
