/**
 * A Linux guest that runs one script: boots, runs, reports, powers off.
 *
 * @module
 */

import { stop } from "../command.ts";
import { writeInitramfs } from "./initramfs.ts";
import { debianKernel } from "./kernel.ts";

/** What to run in a guest, and what the guest needs for it. */
export interface GuestOptions {
  /** A shell script (busybox's `sh` unless a package brings another); the host's loopback is 10.0.2.2. */
  readonly script: string;
  /** Debian packages beside busybox, open-iscsi and e2fsprogs. */
  readonly packages?: readonly string[];
  /** Kernel modules beside those that iSCSI disks, virtio networking and ext4 need. */
  readonly modules?: readonly string[];
  /** Content by absolute path in the guest; every file is executable. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** Seconds after which the guest is switched off; 300 unless given. */
  readonly timeout?: number;
  /** Ports of the host's loopback that lead to ports of the guest. */
  readonly portForwards?: readonly PortForward[];
  /** MiB of memory; 1024 unless given. */
  readonly memory?: number;
  /** Called with each piece of the console's output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** A port of the host's loopback that leads to a port of the guest. */
export interface PortForward {
  /** Port on the host. */
  readonly host: number;
  /** Port in the guest. */
  readonly guest: number;
}

/** What a guest left behind. */
export interface GuestResult {
  /** The script's exit code; 125 when the guest could not be prepared. */
  readonly exitCode: number;
  /** What the console showed, without the marker. */
  readonly output: string;
}

/** The guest ended without saying how its script ended: it crashed, or its time was up. */
export class GuestError extends Error {
  override readonly name = "GuestError";
  /** What the console showed until then. */
  readonly output: string;

  /** Describes what went wrong, with what the console showed. */
  constructor(message: string, output: string) {
    super(`${message}; the console ended with:\n${output.slice(-3000)}`);
    this.output = output;
  }
}

/**
 * Boots Debian's kernel under QEMU with no disk, runs a script in it and returns the script's output and exit code.
 *
 * @throws {GuestError} If the guest crashes or its time is up.
 */
export async function runInGuest(options: GuestOptions): Promise<GuestResult> {
  const kernel = await debianKernel();
  const work = await Deno.makeTempDir({ prefix: "lunbox-guest-" });
  const marker = `guest-script-${crypto.randomUUID()}`;
  try {
    const initramfs = `${work}/initramfs`;
    await writeInitramfs(initramfs, {
      kernel,
      packages: [...PACKAGES, ...options.packages ?? []],
      modules: [...MODULES, ...options.modules ?? []],
      files: options.files ?? {},
      script: options.script,
      marker,
    });
    const console = await boot(qemuArguments(kernel.image, initramfs, options), options);
    return readResult(console, marker);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function boot(args: string[], options: GuestOptions): Promise<{ text: string; timedOut: boolean }> {
  const child = new Deno.Command("qemu-system-x86_64", { args, stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
  let timedOut = false;
  const alarm = setTimeout(() => {
    timedOut = true;
    stop(child, "SIGKILL");
  }, (options.timeout ?? 300) * 1000);
  try {
    const complaints = new Response(child.stderr).text();
    let text = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      const clean = piece.replaceAll("\r", "");
      text += clean;
      options.onOutput?.(clean);
    }
    await child.status;
    return { text: text + await complaints, timedOut };
  } finally {
    clearTimeout(alarm);
    stop(child, "SIGKILL");
  }
}

function readResult(console: { text: string; timedOut: boolean }, marker: string): GuestResult {
  const [, output, exit] = console.text.split(new RegExp(`${marker} (?:begins\\n|ends)`));
  if (output === undefined || exit === undefined) {
    const what = console.timedOut ? "Cannot finish the guest: time is up" : "Cannot run the guest: it ended early";
    throw new GuestError(what, output ?? console.text);
  }
  return { exitCode: Number.parseInt(exit, 10), output };
}

function qemuArguments(image: string, initramfs: string, options: GuestOptions): string[] {
  const forwards = (options.portForwards ?? []).map(({ host, guest }) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-nographic", "-serial", "stdio"],
    ...["-machine", "q35", "-accel", "tcg,tb-size=256", "-cpu", "max"],
    ...["-m", String(options.memory ?? 1024), "-smp", "1"],
    ...["-kernel", image, "-initrd", initramfs],
    ...["-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off nokaslr random.trust_cpu=on"],
    ...["-netdev", `user,id=net${forwards.join("")}`, "-device", "virtio-net-pci,netdev=net,romfile="],
  ];
}

const PACKAGES = ["busybox-static", "open-iscsi", "e2fsprogs"];

// The generic checksum module is found by name at run time, so no other module lists it.
const MODULES = ["virtio_pci", "virtio_net", "crc32c_generic", "sd_mod", "iscsi_tcp", "ext4"];
