/**
 * The guest's file system: unpacked packages in one cached archive, then modules, the caller's files and the start-up script.
 *
 * @module
 */

import { CpioWriter } from "./cpio.ts";
import { INIT, PASSWD } from "./init.ts";
import { type Kernel, loadOrder } from "./kernel.ts";
import { cacheFolder, closure, exists, type Package, renameOnce, unpack } from "./packages.ts";

/** What goes into the guest. */
export interface GuestContents {
  /** The kernel, whose modules are taken. */
  readonly kernel: Kernel;
  /** Debian packages; what they depend on comes along. */
  readonly packages: readonly string[];
  /** Kernel modules loaded before the script starts; what they depend on comes along. */
  readonly modules: readonly string[];
  /** Content by absolute path in the guest; every file is executable. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** The shell script that runs as init's child. */
  readonly script: string;
  /** The word that introduces the exit code on the console. */
  readonly marker: string;
}

/** Writes the archive that the kernel boots from to `path`. */
export async function writeInitramfs(path: string, contents: GuestContents): Promise<void> {
  const base = await baseArchive(await closure(contents.packages));
  await Deno.copyFile(base, path);
  await Deno.writeFile(path, ownArchive(contents), { append: true });
}

// Reading thousands of small files takes longer than booting, so the packages' part is kept by what is in it.
async function baseArchive(packages: readonly Package[]): Promise<string> {
  const list = packages.map(({ name, version }) => `${name}=${version}`).join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${LAYOUT}\n${list}`));
  const key = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 24);
  const path = `${cacheFolder()}/archives/${key}.cpio`;
  if (await exists(path)) return path;
  const writer = new CpioWriter();
  // Debian's merged /usr: the old folders are links, and what packages still put there moves.
  for (const folder of MERGED) {
    writer.folder(`usr/${folder}`);
    writer.link(folder, `usr/${folder}`);
  }
  for (const tree of await unpack(packages)) addTree(writer, tree, "");
  await Deno.mkdir(`${cacheFolder()}/archives`, { recursive: true });
  const draft = await Deno.makeTempFile({ dir: cacheFolder(), prefix: "archive-" });
  await Deno.writeFile(draft, writer.finish());
  await renameOnce(draft, path);
  return path;
}

function ownArchive(contents: GuestContents): Uint8Array<ArrayBuffer> {
  const writer = new CpioWriter();
  for (const folder of ["dev", "proc", "sys", "run", "tmp", "mnt", "root", "var/lib/iscsi", "var/log"]) {
    writer.folder(folder);
  }
  writer.link("var/run", "/run");
  writer.link("etc/mtab", "/proc/self/mounts");
  writer.file("etc/passwd", PASSWD, 0o644);
  writer.file("etc/group", "root:x:0:\n", 0o644);
  writer.file("etc/hosts", "127.0.0.1 localhost guest\n10.0.2.2 host\n", 0o644);
  // What open-iscsi's installation would have written.
  writer.file("etc/iscsi/initiatorname.iscsi", "InitiatorName=iqn.2026-01.example:guest\n", 0o600);
  const modules = loadOrder(contents.kernel, contents.modules);
  for (const name of modules) {
    writer.file(`guest/modules/${name}.ko`, Deno.readFileSync(contents.kernel.modules.get(name) ?? ""));
  }
  writer.file("guest/load", modules.map((name) => `${name}\n`).join(""));
  writer.file("guest/script", contents.script);
  writer.file("guest/marker", contents.marker);
  for (const [path, content] of Object.entries(contents.files)) writer.file(path.replace(/^\/+/, ""), content);
  writer.file("init", INIT);
  return writer.finish();
}

function addTree(writer: CpioWriter, tree: string, within: string): void {
  const entries = Array.from(Deno.readDirSync(`${tree}/${within}`)).sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    const inside = within === "" ? entry.name : `${within}/${entry.name}`;
    if (LEFT_OUT.some((pattern) => pattern.test(inside))) continue;
    const source = `${tree}/${inside}`;
    const path = MERGED.some((folder) => inside.startsWith(`${folder}/`)) ? `usr/${inside}` : inside;
    if (entry.isSymlink) writer.link(path, Deno.readLinkSync(source));
    else if (entry.isDirectory) {
      if (!MERGED.includes(inside)) writer.folder(path);
      addTree(writer, tree, inside);
    } else writer.file(path, Deno.readFileSync(source), Deno.statSync(source).mode ?? 0o755);
  }
}

/** Part of the cached archive's key: raised when the same packages are laid out otherwise. */
const LAYOUT = "2";

const MERGED = ["bin", "sbin", "lib", "lib64"];

/** What no program in the guest reads. */
const LEFT_OUT = [
  /^usr\/share\/(doc|man|locale|info|lintian|bug|bash-completion|zsh|pixmaps|common-licenses)$/,
  /^usr\/lib\/x86_64-linux-gnu\/(gconv|perl|perl-base|libperl\.so[^/]*)$/,
  // More than half of it all, and there only because packages' installation wants it.
  /^usr\/(bin\/perl[^/]*|share\/perl5?|lib\/udev\/hwdb\.d)$/,
  /^boot$/,
];
