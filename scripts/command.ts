/**
 * Running other programs from scripts and tests: one way, whole output, errors that say what was run.
 *
 * @module
 */

/** What a program left behind. */
export interface CommandResult {
  /** Exit code; 128 + n when a signal ended the program. */
  readonly code: number;
  /** Everything it wrote to standard output. */
  readonly stdout: string;
  /** Everything it wrote to standard error. */
  readonly stderr: string;
}

/** How to run a program. */
export interface CommandOptions {
  /** Working directory. */
  readonly cwd?: string;
  /** Variables added to the environment. */
  readonly env?: Record<string, string>;
  /** The program gets no other variables. */
  readonly clearEnv?: boolean;
  /** Kills the program after so many milliseconds; the result then has the signal's exit code. */
  readonly timeout?: number;
}

/** A program that had to succeed ended with another exit code than 0. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** What the program left behind. */
  readonly result: CommandResult;

  /** Describes the failed run of `line` (program and arguments). */
  constructor(line: readonly string[], result: CommandResult) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000);
    super(`Cannot run "${line.join(" ")}": exit code ${result.code}${said === "" ? "" : `: ${said}`}`);
    this.result = result;
  }
}

/** Runs `line` (program and arguments) and returns what it left behind, whatever its exit code. */
export async function attempt(line: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program = "", ...args] = line;
  const { cwd, env, clearEnv, timeout } = options;
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(clearEnv === undefined ? {} : { clearEnv }),
  }).spawn();
  const alarm = timeout === undefined ? undefined : setTimeout(() => stop(child, "SIGKILL"), timeout);
  try {
    const output = await child.output();
    const decoder = new TextDecoder();
    return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
  } finally {
    clearTimeout(alarm);
  }
}

/**
 * Runs `line` (program and arguments) and returns its standard output.
 *
 * @throws {CommandError} If its exit code is not 0.
 */
export async function run(line: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await attempt(line, options);
  if (result.code !== 0) throw new CommandError(line, result);
  return result.stdout;
}

/** Sends `signal` to a child process that may have ended meanwhile. */
export function stop(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // The kernel's answer to a process that is gone; Deno words it as a TypeError or as NotFound.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether a program of this name is found along PATH (or in the folders where daemons live), or a file at this path. */
export function installed(program: string): boolean {
  if (program.startsWith("/")) return isFile(program);
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder !== "" && isFile(`${folder}/${program}`));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
