/** One line of a comparison: in both texts, only in the actual one, or only in the expected one. */
export interface DiffLine {
  /** Where the line occurs */
  readonly kind: "common" | "removed" | "added";
  /** The line itself, without its line feed */
  readonly line: string;
}

/** Above this number of differing lines the shortest script is not searched for: it takes quadratic time. */
const SEARCHED = 2000;

/**
 * The lines that lead from `actual` to `expected`, by Myers' shortest edit script; removals precede additions.
 * Two texts that differ in more than a few thousand lines are told apart as a whole between their common ends.
 *
 * @param actual The lines found
 * @param expected The lines wanted
 * @returns all lines of both, in order
 */
export function diff(actual: readonly string[], expected: readonly string[]): DiffLine[] {
  const shortest = Math.min(actual.length, expected.length);
  let head = 0;
  while (head < shortest && actual[head] === expected[head]) head++;
  let tail = 0;
  while (tail < shortest - head && actual[actual.length - 1 - tail] === expected[expected.length - 1 - tail]) tail++;
  const from = actual.slice(head, actual.length - tail);
  const to = expected.slice(head, expected.length - tail);
  return [
    ...lines("common", actual.slice(0, head)),
    ...(from.length + to.length > SEARCHED
      ? [...lines("removed", from), ...lines("added", to)]
      : shortestScript(from, to)),
    ...lines("common", actual.slice(actual.length - tail)),
  ];
}

function lines(kind: DiffLine["kind"], texts: readonly string[]): DiffLine[] {
  return texts.map((line) => ({ kind, line }));
}

function shortestScript(from: readonly string[], to: readonly string[]): DiffLine[] {
  return removalsFirst(walkBack(from, to, frontiers(from, to)));
}

/** The furthest x reached on each diagonal k, for 0, 1, 2, … edits; index is `k + edits`. */
function frontiers(from: readonly string[], to: readonly string[]): Int32Array[] {
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= from.length + to.length; edits++) {
    const previous = trace.at(-1);
    const reached = new Int32Array(2 * edits + 1);
    trace.push(reached);
    for (let k = -edits; k <= edits; k += 2) {
      let x = previous === undefined ? 0 : step(previous, k, edits).x;
      while (x < from.length && x - k < to.length && from[x] === to[x - k]) x++;
      reached[k + edits] = x;
      if (x >= from.length && x - k >= to.length) return trace;
    }
  }
  return trace;
}

/** The better way onto diagonal `k` with the last of `edits` edits: down (an addition) or right (a removal). */
function step(previous: Int32Array, k: number, edits: number): { x: number; added: boolean } {
  const above = k < edits - 1 ? previous[k + edits] ?? -1 : -1;
  const left = k > 1 - edits ? previous[k + edits - 2] ?? -1 : -1;
  const added = k === -edits || (k !== edits && left < above);
  return { x: added ? above : left + 1, added };
}

function walkBack(from: readonly string[], to: readonly string[], trace: readonly Int32Array[]): DiffLine[] {
  const script: DiffLine[] = [];
  let x = from.length;
  let y = to.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const previous = trace[edits - 1];
    const way = previous === undefined ? { x: 0, added: false } : step(previous, x - y, edits);
    const k = x - y;
    while (x > way.x && x - k > (previous === undefined ? 0 : way.x - k)) {
      script.push({ kind: "common", line: from[--x] ?? "" });
      y--;
    }
    if (previous === undefined) break;
    if (way.added) script.push({ kind: "added", line: to[--y] ?? "" });
    else script.push({ kind: "removed", line: from[--x] ?? "" });
  }
  return script.reverse();
}

function removalsFirst(script: readonly DiffLine[]): DiffLine[] {
  const ordered: DiffLine[] = [];
  const added: DiffLine[] = [];
  for (const line of script) {
    if (line.kind === "added") {
      added.push(line);
      continue;
    }
    if (line.kind === "common") ordered.push(...added.splice(0));
    ordered.push(line);
  }
  return [...ordered, ...added];
}
