/**
 * How a command ends: exit codes, and the error that is the user's to fix.
 *
 * @module
 */

/** Exit codes of every command. */
export const exitCode = {
  /** Everything asked for was done. */
  ok: 0,
  /** It was understood, and failed. */
  failure: 1,
  /** The command line makes no sense; nothing was done. */
  usage: 2,
  /** Interrupted before it was finished: 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

/** A command line that makes no sense. The message says what is wrong and how to put it right; exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The message of whatever was thrown, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
