/**
 * Markdown tables in the form that `deno fmt` leaves alone.
 *
 * @module
 */

/** A table with its columns filled up to the same width; bars in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? "").length)));
  const lines = cells.map((row) => line(widths.map((width, column) => (row[column] ?? "").padEnd(width))));
  lines.splice(1, 0, line(widths.map((width) => "-".repeat(width))));
  return lines.join("\n");
}

/** Text as code, where it is not empty. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
