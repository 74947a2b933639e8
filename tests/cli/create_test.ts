import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { create } from "../../lib/cli/create.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { StoreOpenError } from "../../lib/store/errors.ts";
import { FakeHost, KeptOutput } from "../support/fake_host.ts";

/** Runs a story in a folder of its own. */
function story(name: string, tell: (path: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await tell(`${folder}/disk.img`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

story("create() makes a sparse image of zeros", async (path) => {
  const host = new FakeHost();
  assertEquals(await create(host, [path, "--size", "64M"]), 0);
  assertStringIncludes(
    host.stdout.text,
    `Created ${path} (64 MiB, sparse); serve it with lunbox serve --image ${path}\n`,
  );
  const info = await Deno.stat(path);
  assertEquals(info.size, 64 * 2 ** 20);
  if (info.blocks !== null) assertEquals(info.blocks * 512 < 2 ** 20, true);
});

story("create() promises no sparse image on Windows", async (path) => {
  const host = new FakeHost([], { os: "windows" });
  assertEquals(await create(host, [path, "--size", "1M"]), 0);
  assertStringIncludes(host.stdout.text, "(1 MiB, allocated)");
});

story("create() allocates the space when asked to", async (path) => {
  const host = new FakeHost();
  assertEquals(await create(host, [path, "-s", "3M", "--preallocate"]), 0);
  assertStringIncludes(host.stdout.text, "(3 MiB, allocated)");
  const info = await Deno.stat(path);
  assertEquals(info.size, 3 * 2 ** 20);
  if (info.blocks !== null) assertEquals(info.blocks * 512 >= 3 * 2 ** 20, true);
});

story("create() shows progress on a terminal only", async (path) => {
  const terminal = new FakeHost([], { stderr: new KeptOutput({ isTerminal: true }) });
  await create(terminal, [path, "-s", "2M", "--preallocate"]);
  assertStringIncludes(terminal.stderr.text, "MiB]");
  const file = new FakeHost();
  await create(file, [path, "-s", "2M", "--preallocate", "--force"]);
  assertEquals(file.stderr.text, "");
});

story("create() does not overwrite, unless it is forced to", async (path) => {
  await Deno.writeTextFile(path, "precious");
  const error = await assertRejects(() => create(new FakeHost(), [path, "-s", "1M"]), StoreOpenError);
  assertEquals(error.message, `Cannot create ${path}: it exists; take another name, or replace it with --force`);
  assertEquals(await Deno.readTextFile(path), "precious");
  assertEquals(await create(new FakeHost(), [path, "-s", "1M", "--force"]), 0);
  assertEquals((await Deno.readFile(path)).every((byte) => byte === 0), true);
});

story("create() leaves nothing behind when it is interrupted", async (path) => {
  const host = new FakeHost([], { stderr: new Interrupting(() => host.signal()) });
  assertEquals(await create(host, [path, "-s", "8M", "--preallocate"]), 130);
  assertStringIncludes(host.stderr.text, "is not created\n");
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  assertEquals(host.signal(), false);
});

/** A terminal whose reader sends a signal at the first sight of progress. */
class Interrupting extends KeptOutput {
  #interrupt: (() => void) | undefined;

  constructor(interrupt: () => void) {
    super({ isTerminal: true });
    this.#interrupt = interrupt;
  }

  override write(text: string): void {
    super.write(text);
    this.#interrupt?.();
    this.#interrupt = undefined;
  }
}

story("create() prints nothing when it is to be quiet", async (path) => {
  const host = new FakeHost();
  await create(host, [path, "-s", "1M", "-q"]);
  assertEquals(host.stdout.text, "");
});

const mistakes: readonly (readonly [args: string[], message: string])[] = [
  [[], "Cannot start: PATH is missing, the image to create"],
  [["a.img"], "Cannot create a.img: the size is missing, write --size 10G"],
  [["a.img", "-s", "10X"], `Cannot use --size "10X": write bytes or a unit`],
  [["a.img", "-s", "1000"], "Cannot use --size 1000: 1000 bytes are no multiple of 512"],
  [["memory:1G", "-s", "1G"], "Cannot create memory:1G: it is no file, and needs no creating"],
  [["a.img", "b.img", "-s", "1G"], `Cannot read "b.img": nothing is expected there`],
];

for (const [args, message] of mistakes) {
  Deno.test(`create() refuses [${args.join(" ")}]`, async () => {
    await assertRejects(() => create(new FakeHost(), args), UsageError, message);
  });
}
