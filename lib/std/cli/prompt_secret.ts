/** How {@linkcode promptSecret} shows what is typed. */
export type PromptSecretOptions = {
  /** Shown for each character typed; empty to show nothing (default: `*`). */
  mask?: string;
  /** Whether the line is cleared afterwards (default: false). */
  clear?: boolean;
};

/**
 * Asks for a secret on the terminal without showing it.
 *
 * @param message What is asked for
 * @param options How it is shown
 * @returns what was typed, or `null` when standard input is not a terminal
 */
export function promptSecret(message = "Secret", options?: PromptSecretOptions): string | null {
  const { mask = "*", clear = false } = options ?? {};
  if (!Deno.stdin.isTerminal()) return null;
  const prompt = `${message} `;
  write(prompt);
  // Windows knows no cbreak mode, in which Ctrl-C still ends the program
  Deno.stdin.setRaw(true, { cbreak: Deno.build.os !== "windows" });
  try {
    return readSecret((count) => {
      if (mask !== "") redraw(prompt + mask.repeat(count));
    });
  } finally {
    write(clear ? CLEAR_LINE : "\n");
    Deno.stdin.setRaw(false);
  }
}

const CLEAR_LINE = "\r\x1b[K";
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BACKSPACE = 0x08;
const DELETE = 0x7f;

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** Only the last row of a long line can be drawn again. */
function redraw(line: string): void {
  write(CLEAR_LINE);
  const columns = terminalColumns();
  write(line.length > columns ? line.slice(-(line.length % columns || columns)) : line);
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || Infinity;
  } catch {
    return Infinity;
  }
}

function readSecret(changed: (count: number) => void): string {
  const typed: number[] = [];
  const byte = new Uint8Array(1);
  while (Deno.stdin.readSync(byte)) {
    const code = byte[0] ?? LINE_FEED;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
    if (code === BACKSPACE || code === DELETE) eraseLast(typed);
    else typed.push(code);
    changed(countCharacters(typed));
  }
  return new TextDecoder().decode(new Uint8Array(typed));
}

/** One character may be several bytes of UTF-8. */
function eraseLast(typed: number[]): void {
  while (isContinuation(typed.pop())) continue;
}

function countCharacters(typed: readonly number[]): number {
  return typed.filter((byte) => !isContinuation(byte)).length;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
