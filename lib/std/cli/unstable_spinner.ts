/** An ANSI escape sequence. */
// deno-lint-ignore ban-types -- keeps the names of the colours in completion, as published
export type Ansi = string & {};

/** The colour of a {@linkcode Spinner}: a name, or an ANSI escape sequence. */
export type Color = "black" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "white" | "gray" | Ansi;

/** How a {@linkcode Spinner} looks and where it goes. */
export interface SpinnerOptions {
  /** The frames of the animation (default: turning dots) */
  spinner?: string[];
  /** What stands behind it */
  message?: string;
  /** Milliseconds between frames (default: 75) */
  interval?: number;
  /** The colour of the frames (default: that of the terminal) */
  color?: Color;
  /** Where it is written (default: standard output) */
  output?: typeof Deno.stderr | typeof Deno.stdout;
}

/** An animation that shows that something is going on, for as long as it does. */
export class Spinner {
  /** What stands behind the animation. */
  message: string;
  readonly #frames: readonly string[];
  readonly #interval: number;
  readonly #output: typeof Deno.stderr | typeof Deno.stdout;
  #color: Color | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #shown = 0;

  /** @param options How it looks and where it goes */
  constructor(options?: SpinnerOptions) {
    this.message = options?.message ?? "";
    this.#frames = options?.spinner ?? ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
    this.#interval = options?.interval ?? 75;
    this.#output = options?.output ?? Deno.stdout;
    this.color = options?.color;
  }

  /** Sets the colour of the frames; `undefined` for that of the terminal. */
  set color(value: Color | undefined) {
    this.#color = value ? COLORS[value] : undefined;
  }

  /** The escape sequence of the colour, or `undefined` for that of the terminal. */
  get color(): Color | undefined {
    return this.#color;
  }

  /** Starts the animation; without effect when it runs already or another writer has the output. */
  start(): void {
    if (this.#timer !== undefined || this.#output.writable.locked) return;
    this.#shown = 0;
    const wraps = this.#isTerminal();
    this.#timer = setInterval(() => this.#draw(wraps), this.#interval);
    this.#draw(wraps);
  }

  /** Stops the animation and clears its line. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#write(CLEAR_LINE);
  }

  #draw(wraps: boolean): void {
    const frame = this.#frames[this.#shown] ?? "";
    this.#shown = (this.#shown + 1) % this.#frames.length;
    const painted = Deno.noColor ? frame : `${this.#color ?? ""}${frame}\x1b[0m`;
    const line = `${painted} ${this.message}`;
    // A line longer than the terminal must not wrap, or clearing would leave its first rows
    this.#write(CLEAR_LINE + (wraps ? `\x1b[?7l${line}\x1b[?7h` : line));
  }

  #write(text: string): void {
    this.#output.writeSync(new TextEncoder().encode(text));
  }

  #isTerminal(): boolean {
    try {
      return this.#output.isTerminal();
    } catch {
      return false;
    }
  }
}

const CLEAR_LINE = "\r\x1b[K";

const COLORS: Readonly<Record<string, string>> = {
  black: "\x1b[30m",
  red: "\x1b[31m",
  green: "\x1b[32m",
  yellow: "\x1b[33m",
  blue: "\x1b[34m",
  magenta: "\x1b[35m",
  cyan: "\x1b[36m",
  white: "\x1b[37m",
  gray: "\x1b[90m",
};
