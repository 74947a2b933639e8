import { assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import {
  BaseHandler,
  getLevelByName,
  getLevelName,
  getLogger,
  jsonFormatter,
  type LevelName,
  Logger,
  type LogLevel,
  LogLevels,
  LogRecord,
  setup,
} from "@std/log";
import * as log from "@std/log";

class Lines extends BaseHandler {
  readonly lines: string[] = [];
  destroyed = false;

  override log(msg: string): void {
    this.lines.push(msg);
  }

  override destroy(): void {
    this.destroyed = true;
  }
}

const LEVELS: [name: LevelName, level: LogLevel][] = [
  ["NOTSET", 0],
  ["DEBUG", 10],
  ["INFO", 20],
  ["WARN", 30],
  ["ERROR", 40],
  ["CRITICAL", 50],
];

for (const [name, level] of LEVELS) {
  Deno.test(`getLevelByName() and getLevelName() take ${name} for ${level}`, () => {
    assertEquals([getLevelByName(name), getLevelName(level)], [level, name]);
  });
}

Deno.test("getLevelByName() and getLevelName() know no other levels", () => {
  assertThrows(() => getLevelByName("toString" as LevelName), Error, "no level named toString");
  assertThrows(() => getLevelName(15 as LogLevel), Error, "no name for level: 15");
});

Deno.test("Logger drops what is below its level, handlers what is below theirs", () => {
  const handler = new Lines("WARN");
  const logger = new Logger("net", "INFO", { handlers: [handler, new Lines("DEBUG")] });
  logger.debug("a");
  logger.info("b");
  logger.warn("c");
  logger.error("d");
  logger.critical("e");
  const all = logger.handlers[1] as Lines;
  assertEquals([handler.lines, all.lines], [
    ["WARN c", "ERROR d", "CRITICAL e"],
    ["INFO b", "WARN c", "ERROR d", "CRITICAL e"],
  ]);
});

Deno.test("Logger calls functions only when it logs their result, and returns messages", () => {
  const handler = new Lines("DEBUG");
  const logger = new Logger("net", "ERROR", { handlers: [handler] });
  const called = () => {
    throw new Error("Cannot happen");
  };
  assertEquals(logger.debug(called), undefined);
  assertEquals(logger.debug("text"), "text");
  assertEquals(logger.error(() => 5), 5);
  assertEquals(handler.lines, ["ERROR 5"]);
});

const TEXTS: [message: unknown, text: string][] = [
  ["a", "a"],
  [1, "1"],
  [5n, "5"],
  [null, "null"],
  [undefined, "undefined"],
  [Symbol("s"), "Symbol(s)"],
  [{ a: "b", c: { d: 1 } }, '{"a":"b","c":{"d":1}}'],
];

for (const [message, text] of TEXTS) {
  Deno.test(`Logger.asString() makes ${text} of a ${typeof message}`, () => {
    assertEquals(new Logger("a", "INFO").asString(message), text);
  });
}

Deno.test("Logger.asString() makes the stack of an error", () => {
  assertMatch(new Logger("a", "INFO").asString(new RangeError("Cannot x")), /^RangeError: Cannot x\n\s+at /);
});

Deno.test("Logger takes levels by number and by name", () => {
  const logger = new Logger("a", "INFO");
  logger.level = LogLevels.ERROR;
  assertEquals([logger.level, logger.levelName, logger.loggerName], [40, "ERROR", "a"]);
  logger.levelName = "DEBUG";
  assertEquals(logger.level, 10);
  assertThrows(() => logger.level = 7 as LogLevel, TypeError, "Invalid log level: 7");
});

Deno.test("BaseHandler hands records to its formatter", () => {
  const handler = new Lines("DEBUG", {
    formatter: ({ loggerName, level, msg, args }) => `${loggerName} ${level} ${msg} ${args}`,
  });
  new Logger("net", "DEBUG", { handlers: [handler] }).info("hello", 1, "b");
  assertEquals(handler.lines, ["net 20 hello 1,b"]);
});

Deno.test("LogRecord hands out copies", () => {
  const args = [1];
  const record = new LogRecord({ msg: "a", args, level: 20, loggerName: "b" });
  args.push(2);
  record.args.push(3);
  record.datetime.setTime(0);
  assertEquals(record.args, [1]);
  assertEquals(record.datetime.getTime() > 0, true);
});

const RECORDS: [args: unknown[], json: string][] = [
  [[], ""],
  [[{ a: 1 }], ',"args":{"a":1}'],
  [[1, "b"], ',"args":[1,"b"]'],
];

for (const [args, json] of RECORDS) {
  Deno.test(`jsonFormatter() writes ${args.length} arguments`, () => {
    const record = new LogRecord({ msg: "hi", args, level: 30, loggerName: "b" });
    assertEquals(
      jsonFormatter(record),
      `{"level":"WARN","datetime":${record.datetime.getTime()},"message":"hi"${json}}`,
    );
  });
}

Deno.test("setup() replaces loggers and handlers", () => {
  const first = new Lines("DEBUG");
  setup({ handlers: { lines: first }, loggers: { net: { level: "DEBUG", handlers: ["lines", "missing"] } } });
  getLogger("net").debug("a");
  assertEquals(first.lines, ["DEBUG a"]);
  const second = new Lines("DEBUG");
  setup({ handlers: { default: second }, loggers: { default: { level: "WARN", handlers: ["default"] } } });
  assertEquals(first.destroyed, true);
  log.debug("b");
  log.info("c");
  log.warn("d");
  log.error(() => "e");
  log.critical("f");
  assertEquals(second.lines, ["WARN d", "ERROR e", "CRITICAL f"]);
  setup({});
  assertEquals([getLogger().levelName, getLogger().handlers.length], ["INFO", 1]);
});

Deno.test("getLogger() makes a silent logger of an unknown name, once", () => {
  const logger = getLogger("unheard");
  assertEquals([logger.levelName, logger.handlers], ["NOTSET", []]);
  assertStrictEquals(getLogger("unheard"), logger);
});
