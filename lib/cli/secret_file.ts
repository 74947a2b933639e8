/**
 * Files with secrets: read only when nobody else can.
 *
 * @module
 */

import { UsageError } from "./errors.ts";

/** What was read. */
export interface SecretFile {
  readonly text: string;
  /** What is unwise about its permissions; absent when nothing is, or where the system has none. */
  readonly warning?: string;
}

/** Permissions of others than owner and group, and the group's to write. */
const OTHERS = 0o007;
const GROUP_WRITES = 0o020;
const GROUP_READS = 0o040;

/** Longest file that makes sense, in bytes. */
const MAX_LENGTH = 1 << 20;

/**
 * Reads a file with secrets.
 *
 * @throws {UsageError} when others can read or change it; when it is not there, cannot be read or is far too long
 */
export async function readSecretFile(path: string): Promise<SecretFile> {
  try {
    using file = await Deno.open(path);
    // Of the open file, so that nobody can put another in its place between check and use.
    const { mode, size, isFile } = await file.stat();
    if (isFile && size > MAX_LENGTH) throw new UsageError(`Cannot use ${path}: it has more than ${MAX_LENGTH} bytes`);
    const permissions = Deno.build.os === "windows" || mode === null || !isFile ? 0 : mode & 0o777;
    if ((permissions & (OTHERS | GROUP_WRITES)) !== 0) {
      throw new UsageError(
        `Cannot use ${path}: it holds secrets, and others can ${(permissions & 0o004) !== 0 ? "read" : "change"} it; ` +
          `put that right by chmod 600 ${path}`,
      );
    }
    const text = await new Response(file.readable).text();
    if ((permissions & GROUP_READS) === 0) return { text };
    return { text, warning: `its group can read ${path}; chmod 600 keeps the secrets to you` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new UsageError(`Cannot read ${path}: it does not exist`);
    if (error instanceof Deno.errors.PermissionDenied) throw new UsageError(`Cannot read ${path}: no permission`);
    throw error;
  }
}
