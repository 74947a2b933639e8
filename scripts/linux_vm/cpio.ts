/**
 * Archives in cpio's "newc" format, the one that the Linux kernel unpacks as its first file system.
 *
 * @module
 */

const TYPE_MASK = 0o170000;
const FOLDER = 0o040755;
const SYMLINK = 0o120777;
const EMPTY = new Uint8Array(0);

/** Collects files, folders and links, and gives the archive; the kernel accepts several archives one after the other. */
export class CpioWriter {
  readonly #chunks: Uint8Array[] = [];
  readonly #folders = new Set<string>();
  #inode = 0;

  /** Adds a file of `content` at `path` (no leading slash), readable by all and executable unless `mode` says otherwise. */
  file(path: string, content: Uint8Array | string, mode = 0o755): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.#parents(path);
    this.#entry(path, 0o100000 | (mode & ~TYPE_MASK), bytes);
  }

  /** Adds a folder, once. */
  folder(path: string): void {
    if (path === "" || this.#folders.has(path)) return;
    this.#parents(path);
    this.#folders.add(path);
    this.#entry(path, FOLDER, EMPTY);
  }

  /** Adds a symbolic link at `path` that names `target`. */
  link(path: string, target: string): void {
    this.#parents(path);
    this.#entry(path, SYMLINK, new TextEncoder().encode(target));
  }

  /** The whole archive, padded to 512 bytes so that another may follow. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#entry("TRAILER!!!", 0, EMPTY);
    const length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const archive = new Uint8Array(Math.ceil(length / 512) * 512);
    let at = 0;
    for (const chunk of this.#chunks) {
      archive.set(chunk, at);
      at += chunk.length;
    }
    return archive;
  }

  #parents(path: string): void {
    const cut = path.lastIndexOf("/");
    if (cut > 0) this.folder(path.slice(0, cut));
  }

  #entry(path: string, mode: number, content: Uint8Array): void {
    const name = new TextEncoder().encode(path + "\0");
    // Magic, then inode, mode, uid, gid, links, mtime, size, device and rdevice (major, minor), name size, checksum.
    const numbers = [++this.#inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
    const head = "070701" + numbers.map((number) => number.toString(16).padStart(8, "0")).join("");
    this.#chunks.push(new TextEncoder().encode(head), name, padding(head.length + name.length));
    this.#chunks.push(content, padding(content.length));
  }
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
