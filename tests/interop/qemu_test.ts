import { assertEquals } from "@std/assert";
import { run } from "../../scripts/command.ts";
import { requires } from "../support/requires.ts";
import { Prng } from "../support/prng.ts";
import { Scratch } from "../support/scratch.ts";
import { sparse, whileServing } from "../support/served.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

Deno.test({
  name: "qemu-img carries an ext4 image to a LUN and back byte by byte",
  ...requires("qemu-img", "mkfs.ext4", "e2fsck"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const folder = scratch.directory;
    await makeTree(`${folder}/tree`);
    const source = await sparse(`${folder}/source.ext4`, 96 * MIB);
    await run(["mkfs.ext4", "-q", "-F", "-d", `${folder}/tree`, source]);
    const image = await sparse(`${folder}/disk.img`, 96 * MIB);
    await whileServing({ images: [image] }, async (served) => {
      await run(["qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", source, served.url()], { timeout: 120_000 });
      await run(["qemu-img", "convert", "-f", "raw", "-O", "raw", served.url(), `${folder}/back`], {
        timeout: 120_000,
      });
    });
    await run(["cmp", source, `${folder}/back`]);
    await run(["cmp", source, image]);
    await run(["e2fsck", "-fn", `${folder}/back`]);
  },
});

Deno.test({
  name: "qemu-img compare finds a LUN equal to the file behind it",
  ...requires("qemu-img"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const folder = scratch.directory;
    const image = `${folder}/disk.img`;
    await Deno.writeFile(image, new Prng(1).fill(new Uint8Array(24 * MIB)));
    await whileServing({ images: [image] }, async (served) => {
      await Deno.copyFile(image, `${folder}/copy`);
      await run(["qemu-img", "compare", "-f", "raw", "-F", "raw", served.url(), `${folder}/copy`], {
        timeout: 60_000,
      });
    });
  },
});

Deno.test({
  name: "qemu-io reads back what it wrote at odd offsets and sizes up to 8 MiB, with FUA and flush",
  ...requires("qemu-io"),
  fn: () => checkWrites({ seed: 2, count: 120, unit: 512 }),
});

Deno.test({
  name: "qemu-io reads back what it wrote when nothing is aligned to blocks",
  ...requires("qemu-io"),
  fn: () => checkWrites({ seed: 3, count: 60, unit: 1 }),
});

interface Writes {
  /** Which of the repeatable sequences. */
  readonly seed: number;
  /** How many writes. */
  readonly count: number;
  /** Offsets and lengths are multiples of this many bytes. */
  readonly unit: number;
}

/** Writes patterns through the server and into a model, then compares what comes back, and the file, with the model. */
async function checkWrites({ seed, count, unit }: Writes): Promise<void> {
  const random = new Prng(seed);
  const model = random.fill(new Uint8Array(32 * MIB));
  await using scratch = await Scratch.make();
  const folder = scratch.directory;
  const image = `${folder}/disk.img`;
  await Deno.writeFile(image, model);
  const commands: string[] = [];
  for (let number = 0; number < count; number++) {
    // Lengths of every magnitude, and the greatest that a request may have.
    const length = number === 0 ? 8 * MIB : (1 + random.below(Math.min(8 * MIB, 2 ** random.below(24)) / unit)) * unit;
    const at = random.below((model.length - length) / unit + 1) * unit;
    const pattern = 1 + random.below(255);
    commands.push(`write ${random.below(3) === 0 ? "-f " : ""}-P ${pattern} ${at} ${length}`);
    model.fill(pattern, at, at + length);
    if (random.below(2) === 0) commands.push(`read -P ${pattern} ${at} ${length}`);
    if (random.below(8) === 0) commands.push("flush");
  }
  // Four at once across each other's neighbours: order within the queue must not matter.
  for (let lane = 0; lane < 4; lane++) {
    commands.push(`aio_write -P ${lane + 1} ${lane * MIB + unit} ${MIB - unit}`);
    model.fill(lane + 1, lane * MIB + unit, (lane + 1) * MIB);
  }
  commands.push("aio_flush");
  await whileServing({ images: [image] }, async (served) => {
    const words = commands.flatMap((command) => ["-c", command]);
    const said = await run(["qemu-io", "-f", "raw", "-t", "none", ...words, served.url()], { timeout: 240_000 });
    assertEquals(said.match(/.*(?:verification failed|failed:|error).*/gi) ?? [], []);
    await run(["qemu-img", "convert", "-f", "raw", "-O", "raw", served.url(), `${folder}/back`], { timeout: 60_000 });
  });
  await Deno.writeFile(`${folder}/model`, model);
  await run(["cmp", `${folder}/model`, `${folder}/back`]);
  await run(["cmp", `${folder}/model`, image]);
}

async function makeTree(root: string): Promise<void> {
  for (let number = 0; number < 40; number++) {
    const folder = `${root}/folder-${number % 7}`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeFile(
      `${folder}/file-${number}`,
      new Prng(number).fill(new Uint8Array(number * number * 400 + number)),
    );
  }
  await Deno.symlink("folder-1/file-1", `${root}/link`);
}
