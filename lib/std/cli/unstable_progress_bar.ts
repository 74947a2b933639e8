/** What a formatter of a {@linkcode ProgressBar} is given at each update. */
export interface ProgressBarFormatter {
  /** The time since the start, as `mm:ss` */
  styledTime: string;
  /** Makes a text of value and maximum in binary units, as `0.40/97.66 KiB`, with `fractions` decimals (default: 2) */
  styledData: (fractions?: number) => string;
  /** The bar itself, as `###-------` */
  progressBar: string;
  /** Milliseconds since the start */
  time: number;
  /** `time` of the update before */
  previousTime: number;
  /** How much is done */
  value: number;
  /** `value` of the update before */
  previousValue: number;
  /** How much there is to do */
  max: number;
}

/** How a {@linkcode ProgressBar} looks and where it goes. */
export interface ProgressBarOptions {
  /** Where the bar is written (default: standard error) */
  writable?: WritableStream<Uint8Array>;
  /** How much is done already (default: 0) */
  value?: number;
  /** How much there is to do */
  max: number;
  /** The length of the bar in characters (default: 50) */
  barLength?: number;
  /** The character of the part that is done (default: `#`) */
  fillChar?: string;
  /** The character of the part to be done (default: `-`) */
  emptyChar?: string;
  /** Whether the bar disappears at the end (default: false) */
  clear?: boolean;
  /** Makes the line that is shown (default: time, bar, and data in binary units) */
  formatter?: (formatter: ProgressBarFormatter) => string;
  /** Whether `writable` stays open at the end (default: true) */
  keepOpen?: boolean;
  /** Milliseconds between updates (default: 1000) */
  interval?: number;
}

/**
 * A line that shows how far a task has come, updated at an interval until `stop()`. Set `value` as the task goes on.
 */
export class ProgressBar {
  /** How much is done. */
  value: number;
  /** How much there is to do. */
  max: number;
  readonly #barLength: number;
  readonly #fillChar: string;
  readonly #emptyChar: string;
  readonly #clear: boolean;
  readonly #formatter: (formatter: ProgressBarFormatter) => string;
  readonly #writer: WritableStreamDefaultWriter<string>;
  readonly #piped: Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #started: number;
  #previousTime = 0;
  #previousValue: number;

  /** @param options How it looks and where it goes */
  constructor(options: ProgressBarOptions) {
    this.value = options.value ?? 0;
    this.max = options.max;
    this.#barLength = options.barLength ?? 50;
    this.#fillChar = options.fillChar ?? "#";
    this.#emptyChar = options.emptyChar ?? "-";
    this.#clear = options.clear ?? false;
    this.#formatter = options.formatter ?? formatLine;
    this.#previousValue = this.value;
    this.#started = Date.now();
    const encoder = new TextEncoderStream();
    this.#writer = encoder.writable.getWriter();
    this.#timer = setInterval(() => void this.#draw(), options.interval ?? 1000);
    this.#piped = encoder.readable
      .pipeTo(options.writable ?? Deno.stderr.writable, { preventClose: options.keepOpen ?? true })
      .catch(() => clearInterval(this.#timer));
    void this.#draw();
  }

  /** Shows the last state, or clears the line, and ends the updates. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    try {
      if (this.#clear) {
        await this.#writer.write(CLEAR_LINE);
      } else {
        await this.#draw();
        await this.#writer.write("\n");
      }
      await this.#writer.close();
      await this.#piped;
    } catch {
      // Nobody looks any more: the reader of the stream has gone
    }
  }

  async #draw(): Promise<void> {
    const state = this.#state();
    this.#previousTime = state.time;
    this.#previousValue = state.value;
    try {
      await this.#writer.write(CLEAR_LINE + this.#formatter(state));
    } catch {
      // Nobody looks any more: the reader of the stream has gone
    }
  }

  #state(): ProgressBarFormatter {
    const { value, max } = this;
    const time = Date.now() - this.#started;
    const done = Math.trunc(Math.min(Math.max(value / max, 0), 1) * this.#barLength) || 0;
    return {
      styledTime: formatTime(time),
      styledData: (fractions = 2) => formatData(value, max, fractions),
      progressBar: this.#fillChar.repeat(done) + this.#emptyChar.repeat(this.#barLength - done),
      time,
      previousTime: this.#previousTime,
      value,
      previousValue: this.#previousValue,
      max,
    };
  }
}

const CLEAR_LINE = "\r\x1b[K";

function formatLine(state: ProgressBarFormatter): string {
  return `[${state.styledTime}] [${state.progressBar}] [${state.styledData()}]`;
}

function formatTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

function formatData(value: number, max: number, fractions: number): string {
  const power = UNITS.findLastIndex((_, i) => max >= 2 ** (10 * (i + 1)));
  const index = Math.max(power, 0);
  const size = 2 ** (10 * (index + 1));
  return `${(value / size).toFixed(fractions)}/${(max / size).toFixed(fractions)} ${UNITS[index]}`;
}

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"];
