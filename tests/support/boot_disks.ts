/**
 * Disks and discs that a machine boots from, each with a line of its own that the machine prints then.
 *
 * @module
 */

import { run } from "../../scripts/command.ts";
import { ascii, join } from "./boot_bytes.ts";
import { biosProgram, type Copying, uefiProgram } from "./boot_programs.ts";
import type { Scratch } from "./scratch.ts";
import { sparse } from "./served.ts";

/** Something to boot from. */
export interface Bootable {
  /** The image file. */
  readonly path: string;
  /** What a machine prints that boots from it with a BIOS. */
  readonly bios: string;
  /** What a machine prints that boots from it with UEFI. */
  readonly uefi: string;
}

/** A disk on which programs copy blocks. */
export interface BootableDisk extends Bootable {
  /** The bytes that programs read. */
  readonly source: Uint8Array;
  /** The bytes that lie now where programs write. */
  target(): Promise<Uint8Array>;
}

const BLOCK = 512;
const MIB = 1024 * 1024;

/** A disk of `size` bytes with a boot sector and 32 KiB to copy between the blocks `from` and `to`. */
export async function biosDisk(
  scratch: Scratch,
  { size, ...rest }: Omit<Copying, "blocks"> & { readonly size: number },
): Promise<BootableDisk> {
  const path = await sparse(scratch.path(`bios-${crypto.randomUUID()}.img`), size);
  const line = newLine();
  const copying = { ...rest, blocks: 64 };
  await write(path, 0, biosProgram(copying));
  return { path, bios: line, uefi: "", ...await copyable(path, copying, ascii(`${line}\n\0`)) };
}

/** A disk with a partition table (GPT) and an EFI system partition, and 128 KiB in it to copy. */
export async function uefiDisk(scratch: Scratch, pause = 0): Promise<BootableDisk> {
  const path = await sparse(scratch.path(`uefi-${crypto.randomUUID()}.img`), 64 * MIB);
  const line = newLine();
  const start = MIB / BLOCK;
  // In the partition's second half: the file system has nothing there.
  const copying = { from: 90_000, to: 110_000, blocks: 256, pause };
  await run(["sgdisk", "--new", `1:${start}:0`, "--typecode", "1:ef00", path]);
  const partition = `${path}@@${MIB}`;
  await run(["mformat", "-i", partition, "-T", "126976", "-h", "64", "-s", "32", "::"]);
  await putProgram(scratch, partition, uefiProgram(line, copying));
  const blocks = { from: start + copying.from, to: start + copying.to, blocks: copying.blocks };
  return { path, bios: "", uefi: line, ...await copyable(path, blocks) };
}

/** A disk with blocks of 4096 bytes that has one file system and no partitions, and 256 KiB to copy. */
export async function uefiDisk4Kn(scratch: Scratch): Promise<BootableDisk> {
  const path = await sparse(scratch.path(`uefi-4kn-${crypto.randomUUID()}.img`), 64 * MIB);
  const line = newLine();
  const copying = { from: 10_000, to: 14_000, blocks: 64 };
  // 128 bytes by 2^5.
  await run(["mformat", "-i", path, "-S", "5", "-T", String(64 * MIB / 4096), "-h", "64", "-s", "32", "::"]);
  // It also enters itself into a partition table, which UEFI would read in blocks of 512 bytes.
  await write(path, 446, new Uint8Array(64));
  await putProgram(scratch, path, uefiProgram(line, copying, 4096));
  const blocks = { from: copying.from * 8, to: copying.to * 8, blocks: copying.blocks * 8 };
  return { path, bios: "", uefi: line, ...await copyable(path, blocks) };
}

/** An ISO image that boots with a BIOS and with UEFI (El Torito, without emulation). */
export async function bootDisc(scratch: Scratch): Promise<Bootable> {
  const path = scratch.path(`disc-${crypto.randomUUID()}.iso`);
  const tree = `${path}-tree`;
  const [bios, uefi] = [newLine(), newLine()];
  await Deno.mkdir(tree);
  await run(["mformat", "-C", "-i", `${tree}/uefi.img`, "-f", "1440", "::"]);
  await putProgram(scratch, `${tree}/uefi.img`, uefiProgram(uefi));
  await Deno.writeFile(`${tree}/text.bin`, join(ascii(`${bios}\n\0`), noise(16 * 2048 - bios.length - 2)));
  // Twice, because the boot sector has to know where the text came to lie.
  for (let from = 0, pass = 0; pass < 2; pass++) {
    await Deno.writeFile(`${tree}/bios.bin`, biosProgram({ from, blocks: 16 }));
    const entries = [
      ...["-eltorito-boot", "bios.bin", "-no-emul-boot", "-boot-load-size", "4"],
      ...["-eltorito-alt-boot", "-efi-boot", "uefi.img", "-no-emul-boot"],
    ];
    await run(["genisoimage", "-quiet", "-eltorito-catalog", "boot.cat", ...entries, "-o", path, tree]);
    from = new TextDecoder("latin1").decode(await Deno.readFile(path)).indexOf(bios) / 2048;
  }
  return { path, bios, uefi };
}

/** A line that no other machine prints. */
function newLine(): string {
  return `booted ${crypto.randomUUID()}`;
}

async function putProgram(scratch: Scratch, fileSystem: string, program: Uint8Array): Promise<void> {
  const file = scratch.path(`${crypto.randomUUID()}.efi`);
  await Deno.writeFile(file, program);
  await run(["mmd", "-i", fileSystem, "::/EFI", "::/EFI/BOOT"]);
  await run(["mcopy", "-i", fileSystem, file, "::/EFI/BOOT/BOOTX64.EFI"]);
}

async function copyable(path: string, { from, to, blocks }: Copying, start = new Uint8Array(0)): Promise<
  Pick<BootableDisk, "source" | "target">
> {
  const source = join(start, noise(blocks * BLOCK - start.length));
  await write(path, from * BLOCK, source);
  return { source, target: () => read(path, to * BLOCK, source.length) };
}

/** Random bytes, 64 KiB at a time as the platform gives them. */
function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

async function write(path: string, at: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(at, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

async function read(path: string, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  using file = await Deno.open(path);
  await file.seek(at, Deno.SeekMode.Start);
  for (let done = 0; done < length;) {
    const count = await file.read(bytes.subarray(done));
    if (count === null) throw new Error(`Cannot read ${path}: it ends before byte ${at + length}`);
    done += count;
  }
  return bytes;
}
