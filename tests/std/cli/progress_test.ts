import { assertEquals, assertStringIncludes } from "@std/assert";
import { ProgressBar, type ProgressBarOptions } from "@std/cli/unstable-progress-bar";
import { Spinner, type SpinnerOptions } from "@std/cli/unstable-spinner";

/** What a bar shows from start to stop. */
async function drawn(options: Omit<ProgressBarOptions, "writable">, task = (_bar: ProgressBar) => {}): Promise<string> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const text = new Response(readable).text();
  const bar = new ProgressBar({ ...options, writable, keepOpen: false });
  task(bar);
  await bar.stop();
  return await text;
}

Deno.test("ProgressBar shows the first and the last state", async () => {
  const text = await drawn({ max: 10_000, barLength: 10 }, (bar) => bar.value += 5000);
  assertEquals(
    text,
    "\r\x1b[K[00:00] [----------] [0.00/9.77 KiB]\r\x1b[K[00:00] [#####-----] [4.88/9.77 KiB]\n",
  );
});

const UNITS: [max: number, unit: string][] = [
  [1, "KiB"],
  [2 ** 10, "KiB"],
  [2 ** 20, "MiB"],
  [2 ** 30, "GiB"],
  [2 ** 40, "TiB"],
  [2 ** 50, "PiB"],
];

for (const [max, unit] of UNITS) {
  Deno.test(`ProgressBar counts to ${max} in ${unit}`, async () =>
    assertStringIncludes(await drawn({ max }), `${unit}]`));
}

Deno.test("ProgressBar keeps the bar within its length", async () => {
  assertStringIncludes(await drawn({ max: 4, value: 5, barLength: 4 }), "[####]");
  assertStringIncludes(await drawn({ max: 4, value: -1, barLength: 4 }), "[----]");
  assertStringIncludes(await drawn({ max: 4, value: 2, barLength: 4, fillChar: "=", emptyChar: " " }), "[==  ]");
});

Deno.test("ProgressBar disappears when asked to", async () => {
  assertEquals((await drawn({ max: 4, clear: true })).endsWith("\r\x1b[K"), true);
});

Deno.test("ProgressBar asks its formatter for the line", async () => {
  const text = await drawn(
    { max: 4, formatter: ({ value, previousValue, max }) => `${previousValue}>${value}/${max}` },
    (
      bar,
    ) => bar.value = 3,
  );
  assertEquals(text, "\r\x1b[K0>0/4\r\x1b[K0>3/4\n");
});

Deno.test("ProgressBar stops although nobody looks any more", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const bar = new ProgressBar({ max: 4, writable });
  await readable.cancel();
  await bar.stop();
});

/** What a spinner writes, and the spinner. */
function spinnerWith(options: SpinnerOptions): { spinner: Spinner; written: string[] } {
  const written: string[] = [];
  const output = {
    writable: new WritableStream(),
    isTerminal: () => false,
    writeSync(data: Uint8Array): number {
      written.push(new TextDecoder().decode(data));
      return data.length;
    },
  } as unknown as typeof Deno.stdout;
  return { spinner: new Spinner({ interval: 1_000_000, ...options, output }), written };
}

Deno.test("Spinner shows its first frame at once and clears its line at the end", () => {
  const { spinner, written } = spinnerWith({ message: "Loading", spinner: ["|"] });
  spinner.start();
  spinner.start();
  spinner.stop();
  spinner.stop();
  assertEquals(written, [Deno.noColor ? "\r\x1b[K| Loading" : "\r\x1b[K|\x1b[0m Loading", "\r\x1b[K"]);
});

Deno.test("Spinner keeps the escape sequence of its colour", () => {
  const { spinner } = spinnerWith({ color: "green" });
  assertEquals(spinner.color, "\x1b[32m");
  spinner.color = undefined;
  assertEquals(spinner.color, undefined);
});
