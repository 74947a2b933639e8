/**
 * The Linux SCSI target framework's daemon (Debian's `tgt`) as a peer: the measure of speed, and the proof of our tests.
 *
 * @module
 */

import { run, stop } from "../../scripts/command.ts";
import { accepting, freePort, Log, type Served, type ServeOptions, urlsOf } from "./portal.ts";

/** Starts `tgtd` in the foreground with the images as LUN 1 and up (LUN 0 is its controller), and waits for its portal. */
export async function serveTgt(options: ServeOptions): Promise<Served> {
  const port = freePort();
  const portal = `127.0.0.1:${port}`;
  const target = "iqn.2026-01.example:tgt";
  // The control channel is a number of its own below 2^15, and low ones belong to people.
  const control = String(0x4000 + (port & 0x3fff));
  const child = new Deno.Command("tgtd", {
    args: ["-f", "-C", control, "--iscsi", `portal=${portal}`],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = new Log(child.stdout, child.stderr);
  const end = async (): Promise<void> => {
    // It does not leave on SIGTERM while it has targets.
    stop(child, "SIGKILL");
    await child.status;
    await log.whole();
  };
  try {
    await accepting(port, child.status);
    const admin = (...words: string[]) => run(["tgtadm", "-C", control, "--lld", "iscsi", ...words]);
    await admin("--op", "new", "--mode", "target", "--tid", "1", "-T", target);
    for (const name of options.digests ? ["HeaderDigest", "DataDigest"] : []) {
      await admin("--op", "update", "--mode", "target", "--tid", "1", "--name", name, "--value", "None,CRC32C");
    }
    for (const [index, image] of options.images.entries()) {
      const { path, readOnly = false, removable = false } = typeof image === "string" ? { path: image } : image;
      const unit = ["--mode", "logicalunit", "--tid", "1", "--lun", String(index + 1)];
      await admin("--op", "new", ...unit, "-b", path);
      await admin("--op", "update", ...unit, "--params", `readonly=${+readOnly},removable=${+removable}`);
    }
    await admin("--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL");
  } catch (error) {
    await end();
    throw new Error(`Cannot start tgtd: it said\n${log.text}`, { cause: error });
  }
  return {
    ...{ portal, port, target, firstLun: 1, pid: child.pid },
    ...{ url: urlsOf(portal, target, 1), log: () => log.text, stop: end },
  };
}
