import { assertEquals, assertThrows } from "@std/assert";
import { ConsoleHandler, FileHandler, type LogLevel, LogLevels, LogRecord, RotatingFileHandler } from "@std/log";

function record(msg: string, level: LogLevel = LogLevels.ERROR): LogRecord {
  return new LogRecord({ msg, args: [], level, loggerName: "default" });
}

/** A folder of its own for each test. */
async function withFolder(run: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    run(`${folder}/test.log`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const COLORS: [level: LogLevel, before: string, after: string][] = [
  [LogLevels.DEBUG, "", ""],
  [LogLevels.INFO, "\x1b[34m", "\x1b[39m"],
  [LogLevels.WARN, "\x1b[33m", "\x1b[39m"],
  [LogLevels.ERROR, "\x1b[31m", "\x1b[39m"],
  [LogLevels.CRITICAL, "\x1b[1m\x1b[31m", "\x1b[39m\x1b[22m"],
];

for (const [level, before, after] of COLORS) {
  Deno.test(`ConsoleHandler tells level ${level} by its colour`, { ignore: Deno.noColor }, () => {
    const made = record("hi", level);
    assertEquals(new ConsoleHandler("DEBUG").format(made), `${before}${made.levelName} hi${after}`);
    assertEquals(new ConsoleHandler("DEBUG", { useColors: false }).format(made), `${made.levelName} hi`);
  });
}

Deno.test("FileHandler keeps lines in memory until flushed", () =>
  withFolder((filename) => {
    using handler = new FileHandler("WARN", { filename });
    handler.setup();
    handler.handle(record("AAA"));
    handler.handle(record("dropped", LogLevels.INFO));
    assertEquals(Deno.readTextFileSync(filename), "");
    handler.flush();
    assertEquals(Deno.readTextFileSync(filename), "ERROR AAA\n");
  }));

Deno.test("FileHandler writes at once what is graver than an error", () =>
  withFolder((filename) => {
    using handler = new FileHandler("WARN", { filename });
    handler.setup();
    handler.handle(record("AAA"));
    handler.handle(record("BBB", LogLevels.CRITICAL));
    assertEquals(Deno.readTextFileSync(filename), "ERROR AAA\nCRITICAL BBB\n");
  }));

Deno.test("FileHandler keeps the order of lines smaller and larger than its buffer", () =>
  withFolder((filename) => {
    using handler = new FileHandler("WARN", { filename, bufferSize: 16 });
    handler.setup();
    const lines = ["a", "b".repeat(40), "c", "d".repeat(12), "e"];
    for (const line of lines) handler.log(line);
    handler.flush();
    assertEquals(Deno.readTextFileSync(filename), lines.map((line) => `${line}\n`).join(""));
  }));

Deno.test("FileHandler flushes when the process ends", () =>
  withFolder((filename) => {
    const handler = new FileHandler("WARN", { filename });
    handler.setup();
    handler.log("last");
    dispatchEvent(new Event("unload"));
    dispatchEvent(new Event("unload"));
    assertEquals(Deno.readTextFileSync(filename), "last\n");
  }));

const MODES: [mode: "a" | "w", content: string][] = [["a", "old\nnew\n"], ["w", "new\n"]];

for (const [mode, content] of MODES) {
  Deno.test(`FileHandler makes ${JSON.stringify(content)} of an old file in mode ${mode}`, () =>
    withFolder((filename) => {
      Deno.writeTextFileSync(filename, "old\n");
      const handler = new FileHandler("WARN", { filename, mode });
      handler.setup();
      handler.log("new");
      handler.destroy();
      assertEquals(Deno.readTextFileSync(filename), content);
    }));
}

Deno.test("FileHandler refuses an old file in mode x", () =>
  withFolder((filename) => {
    Deno.writeTextFileSync(filename, "old\n");
    using handler = new FileHandler("WARN", { filename, mode: "x" });
    assertThrows(() => handler.setup(), Deno.errors.AlreadyExists);
  }));

Deno.test("RotatingFileHandler begins a new file before the old one grows too large", () =>
  withFolder((filename) => {
    const handler = new RotatingFileHandler("WARN", { filename, maxBytes: 25, maxBackupCount: 2 });
    handler.setup();
    for (const msg of ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG"]) handler.handle(record(msg));
    handler.destroy();
    assertEquals([filename, `${filename}.1`, `${filename}.2`].map((path) => Deno.readTextFileSync(path)), [
      "ERROR GGG\n",
      "ERROR EEE\nERROR FFF\n",
      "ERROR CCC\nERROR DDD\n",
    ]);
    assertThrows(() => Deno.statSync(`${filename}.3`), Deno.errors.NotFound);
  }));

Deno.test("RotatingFileHandler counts bytes, those of an old file included", () =>
  withFolder((filename) => {
    Deno.writeTextFileSync(filename, "。\n");
    const handler = new RotatingFileHandler("WARN", { filename, maxBytes: 7, maxBackupCount: 1 });
    handler.setup();
    handler.log("。");
    handler.destroy();
    assertEquals([filename, `${filename}.1`].map((path) => Deno.readTextFileSync(path)), ["。\n", "。\n"]);
  }));

Deno.test("RotatingFileHandler removes older files in mode w and refuses them in mode x", () =>
  withFolder((filename) => {
    Deno.writeTextFileSync(`${filename}.2`, "old\n");
    using refusing = new RotatingFileHandler("WARN", { filename, maxBytes: 7, maxBackupCount: 3, mode: "x" });
    assertThrows(() => refusing.setup(), Deno.errors.AlreadyExists, "test.log.2 already exists");
    using handler = new RotatingFileHandler("WARN", { filename, maxBytes: 7, maxBackupCount: 3, mode: "w" });
    handler.setup();
    assertThrows(() => Deno.statSync(`${filename}.2`), Deno.errors.NotFound);
  }));

Deno.test("RotatingFileHandler refuses limits below 1", () =>
  withFolder((filename) => {
    const rows = [{ maxBytes: 0, maxBackupCount: 1 }, { maxBytes: 1, maxBackupCount: 0 }];
    for (const limits of rows) {
      const handler = new RotatingFileHandler("WARN", { filename, ...limits });
      assertThrows(() => handler.setup(), Error, "must be >= 1: received 0");
    }
  }));
