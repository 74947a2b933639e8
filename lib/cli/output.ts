/**
 * Text for people: columns, wrapped lines, colours where they are welcome.
 *
 * @module
 */

import type { Output } from "./host.ts";

/** Writes styled text; each function returns plain text where colours are not welcome. */
export interface Styles {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** The styles of an output. */
export function styles(output: Pick<Output, "colors">): Styles {
  const style = (open: number, close: number) => (text: string) =>
    output.colors ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), yellow: style(33, 39), cyan: style(36, 39) };
}

/** Text that came from elsewhere, fit for a terminal: control characters become `\xNN`. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what must not reach a terminal
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Lines of at most `columns` characters, broken between words. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** Rows in columns, each as wide as its widest cell, two spaces apart. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ").trimEnd() + "\n").join("");
}
