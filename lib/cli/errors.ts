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

/** What the exit codes mean to people. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCode.ok, "All went well"],
  [exitCode.failure, "It was understood, and failed"],
  [exitCode.usage, "The arguments make no sense; nothing was done"],
  [exitCode.interrupted, "Interrupted before it was done"],
];

/** A command line that makes no sense. The message says what is wrong and how to put it right; exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
  /** Lines to type instead, each with what it does. */
  readonly ways: readonly (readonly [line: string, what: string])[];

  constructor(message: string, ways: readonly (readonly [line: string, what: string])[] = []) {
    super(message);
    this.ways = ways;
  }
}

/** The message of whatever was thrown, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
