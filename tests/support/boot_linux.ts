/**
 * A disk with a Linux system on it that UEFI starts, and that goes on with the disk by its own initiator.
 *
 * @module
 */

import { run } from "../../scripts/command.ts";
import { writeInitramfs } from "../../scripts/linux_vm/initramfs.ts";
import { debianKernel } from "../../scripts/linux_vm/kernel.ts";
import type { Entry } from "./boot_uefi.ts";
import type { Scratch } from "./scratch.ts";
import { sparse } from "./served.ts";

/** The disk, and what to know of it. */
export interface LinuxDisk {
  /** The image file. */
  readonly path: string;
  /** The kernel with its options, for the firmware. */
  readonly entry: Entry;
  /** What the system prints before the exit code of its script: this and " ends ". */
  readonly marker: string;
  /** The content of a file of the root directory of the second partition (ext4), as it is in the image now. */
  read(name: string): Promise<string>;
}

const MIB = 1024 * 1024;
const BLOCK = 512;
const START = MIB / BLOCK;
const BLOCKS = 96 * MIB / BLOCK;
const EXT4 = 97 * MIB;

/**
 * Makes the disk: Debian's kernel and an initial file system that runs `script` in the first partition (EFI system
 * partition), `files` in the second.
 */
export async function linuxDisk(
  scratch: Scratch,
  script: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<LinuxDisk> {
  const path = await sparse(scratch.path("linux.img"), 128 * MIB);
  const partition = crypto.randomUUID();
  const marker = `system-${crypto.randomUUID()}`;
  await run([
    ...["sgdisk", "--new", `1:${START}:+${BLOCKS / 2048}M`, "--typecode", "1:ef00"],
    ...["--partition-guid", `1:${partition}`, "--new", "2:0:0", path],
  ]);
  const kernel = await debianKernel();
  const initramfs = scratch.path("initramfs");
  await writeInitramfs(initramfs, { kernel, script, marker, files: {}, packages: PACKAGES, modules: MODULES });
  await run(["gzip", "-1", initramfs]);
  const esp = `${path}@@${MIB}`;
  await run(["mformat", "-i", esp, "-T", String(BLOCKS), "-h", "64", "-s", "32", "::"]);
  await run(["mcopy", "-i", esp, kernel.image, "::/linux.efi"]);
  await run(["mcopy", "-i", esp, `${initramfs}.gz`, "::/initramfs"]);
  const tree = scratch.path("tree");
  await Deno.mkdir(tree);
  for (const [name, content] of Object.entries(files)) await Deno.writeFile(`${tree}/${name}`, content);
  await run(["mkfs.ext4", "-q", "-F", "-d", tree, "-E", `offset=${EXT4}`, path, "24M"]);
  return {
    ...{ path, marker },
    entry: { partition, number: 1, start: START, blocks: BLOCKS, file: "\\linux.efi", options: OPTIONS },
    read: (name) => run(["debugfs", "-R", `cat /${name}`, `${path}?offset=${EXT4}`]),
  };
}

const PACKAGES = ["busybox-static", "open-iscsi"];
const MODULES = ["virtio_pci", "virtio_net", "crc32c_generic", "sd_mod", "iscsi_tcp", "iscsi_ibft", "ext4"];
const OPTIONS = "initrd=\\initramfs console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off random.trust_cpu=on";
