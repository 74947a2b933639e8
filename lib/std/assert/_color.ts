const enabled = !(globalThis.Deno?.noColor ?? true);

function paint(text: string, open: number, close: number): string {
  return enabled ? `\x1b[${open}m${text}\x1b[${close}m` : text;
}

/** `text` in bold; unchanged where colours are off. */
export function bold(text: string): string {
  return paint(text, 1, 22);
}

/** `text` in red; unchanged where colours are off. */
export function red(text: string): string {
  return paint(text, 31, 39);
}

/** `text` in green; unchanged where colours are off. */
export function green(text: string): string {
  return paint(text, 32, 39);
}

/** `text` in grey; unchanged where colours are off. */
export function gray(text: string): string {
  return paint(text, 90, 39);
}

// deno-lint-ignore no-control-regex -- the escape character is what is looked for
const ANSI = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

/** `text` without terminal control sequences. */
export function stripAnsiCode(text: string): string {
  return text.replace(ANSI, "");
}
