import { assertEquals, assertMatch } from "@std/assert";
import { LogLevels } from "@std/log/levels";
import { LogRecord } from "@std/log/logger";
import { createLog, formatJson, formatText } from "../../lib/cli/logging.ts";
import { KeptOutput } from "../support/fake_host.ts";

function record(msg: string, ...args: unknown[]): LogRecord {
  return new LogRecord({ msg, args, level: LogLevels.WARN, loggerName: "lunbox" });
}

/** A line without its time. */
function text(msg: string, ...args: unknown[]): string {
  return formatText(record(msg, ...args)).replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, "");
}

const rows: readonly (readonly [fields: unknown, expected: string])[] = [
  [{}, ""],
  [{ initiator: "iqn.1993-08.org.debian:01:1", lun: 0 }, " initiator=iqn.1993-08.org.debian:01:1 lun=0"],
  [{ reason: "no such target" }, ` reason="no such target"`],
  [{ empty: "", quote: 'a"b', equals: "a=b" }, ` empty="" quote="a\\"b" equals="a=b"`],
  [{ absent: undefined, none: null, yes: true }, " none=null yes=true"],
  [{ size: 10n, list: [1, 2] }, " size=10 list=[1,2]"],
  [new Error("disk gone"), ` error="disk gone"`],
  [{ error: new Error("x") }, " error=x"],
  ["stray", " value=stray"],
  [{ name: "evil\x1b[2J\nline" }, ` name="evil\\u001b[2J\\nline"`],
];

for (const [fields, expected] of rows) {
  Deno.test(`formatText() writes fields as${expected || " nothing"}`, () => {
    assertEquals(text("event", fields), `WARN  event${expected}`);
  });
}

Deno.test("formatText() keeps an event on one line", () => {
  assertEquals(text("two\nlines").includes("\n"), false);
});

Deno.test("formatJson() writes one object with what every event has", () => {
  const event = JSON.parse(formatJson(record("refused", { lun: 3, message: "own", size: 10n, error: new Error("x") })));
  assertMatch(event.time, /^\d{4}-.*Z$/);
  delete event.time;
  assertEquals(event, { level: "warn", message: "refused", lun: 3, message_: "own", size: "10", error: "x" });
});

Deno.test("createLog() writes events from its level on, one a line", () => {
  const output = new KeptOutput();
  const log = createLog(output, { level: "info", format: "text" });
  log.debug("hidden");
  log.info("shown", { lun: 1 });
  log.error("bad");
  assertEquals(output.text.split("\n").map((line) => line.slice(25)), ["INFO  shown lun=1", "ERROR bad", ""]);
});

Deno.test("createLog() writes JSON when asked for it", () => {
  const output = new KeptOutput();
  createLog(output, { level: "debug", format: "json" }).debug("shown");
  assertEquals(JSON.parse(output.text).message, "shown");
});

Deno.test("createLog() writes colours only where they are welcome", () => {
  const output = new KeptOutput({ colors: true });
  createLog(output, { level: "info", format: "text" }).info("shown");
  assertEquals(output.text.includes("\x1b["), true);
});
