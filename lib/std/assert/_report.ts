import { bold, gray, green, red, stripAnsiCode } from "./_color.ts";
import { diff, type DiffLine } from "./_diff.ts";
import { format } from "./_format.ts";

/** Common lines kept around each difference. */
const CONTEXT = 10;

/** Typed arrays longer than this many elements are shown around their first difference only. */
const LONG = 1024;

/**
 * The two values side by side, for the message of an error.
 *
 * @param actual The value found
 * @param expected The value wanted
 * @returns several lines, the first two empty
 */
export function report(actual: unknown, expected: unknown): string {
  if (isElements(actual) && isElements(expected) && Math.max(actual.length, expected.length) > LONG) {
    return reportElements(actual, expected);
  }
  // Two texts are compared by their own lines; quoted, they would be one long line each
  const texts = typeof actual === "string" && typeof expected === "string";
  const from = texts && (actual + expected).includes("\n") ? quoteLines(actual) : format(actual).split("\n");
  const to = texts && (actual + expected).includes("\n") ? quoteLines(expected) : format(expected).split("\n");
  return render(diff(from, to));
}

function quoteLines(text: string): string[] {
  return text.split(/(?<=\n)/).map((line) => JSON.stringify(line).slice(1, -1));
}

type Elements = ArrayLike<number | bigint> & { slice(from: number, to: number): unknown };

function isElements(value: unknown): value is Elements {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function reportElements(actual: Elements, expected: Elements): string {
  const shortest = Math.min(actual.length, expected.length);
  let at = 0;
  while (at < shortest && Object.is(actual[at], expected[at])) at++;
  const from = Math.max(0, at - CONTEXT);
  const to = at + 4 * CONTEXT;
  const shown = render(diff(format(actual.slice(from, to)).split("\n"), format(expected.slice(from, to)).split("\n")));
  const counts = actual.length === expected.length ? `${actual.length}` : `${actual.length} / ${expected.length}`;
  return `\n\n    First difference at index ${at} of ${counts}; shown from index ${from}${shown}`;
}

function render(script: readonly DiffLine[]): string {
  const header = `    ${gray(bold("[Diff]"))} ${red(bold("Actual"))} / ${green(bold("Expected"))}`;
  return ["", "", header, "", "", ...withoutDistant(script).map(paint), ""].join("\n");
}

function paint(line: DiffLine): string {
  if (line.kind === "common") return `    ${line.line}`;
  // A line of its own colour is read as its side; the colours of the values inside would hide that
  const text = stripAnsiCode(line.line);
  return line.kind === "added" ? green(bold(`+   ${text}`)) : red(bold(`-   ${text}`));
}

function withoutDistant(script: readonly DiffLine[]): DiffLine[] {
  const kept: DiffLine[] = [];
  let run: DiffLine[] = [];
  let started = false;
  const flush = (ended: boolean): void => {
    const head = started ? CONTEXT : 0;
    const tail = ended ? 0 : CONTEXT;
    if (run.length <= head + tail + 1) kept.push(...run);
    else {
      const line = `... ${run.length - head - tail} unchanged lines ...`;
      kept.push(...run.slice(0, head), { kind: "common", line }, ...run.slice(run.length - tail));
    }
    run = [];
  };
  for (const line of script) {
    if (line.kind === "common") {
      run.push(line);
      continue;
    }
    flush(false);
    started = true;
    kept.push(line);
  }
  flush(true);
  return kept;
}
