import { assertEquals } from "@std/assert";
import { createLog } from "../../../lib/cli/logging.ts";
import type { Report } from "../../../lib/cli/workers/messages.ts";
import { logReport, remoteLog } from "../../../lib/cli/workers/remote_log.ts";
import { KeptOutput } from "../../support/fake_host.ts";

Deno.test("a worker's lines come out of the main thread's log as if they were its own", () => {
  const output = new KeptOutput();
  const main = createLog(output, { level: "debug", format: "json" });
  const reports: Report[] = [];
  const log = remoteLog("debug", (report) => reports.push(structuredClone(report)));
  log.debug("connection closed", { peer: "192.0.2.1:9" });
  log.error("fault", { reason: new Error("Cannot read: io"), bytes: 9n });
  for (const report of reports) if (report.kind === "log") logReport(main, report);
  const lines = output.text.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ time: _time, ...rest }) => rest), [
    { level: "debug", message: "connection closed", peer: "192.0.2.1:9" },
    { level: "error", message: "fault", reason: "Cannot read: io", bytes: "9" },
  ]);
});

Deno.test("remoteLog() reports nothing below its level", () => {
  const reports: Report[] = [];
  const log = remoteLog("warn", (report) => reports.push(report));
  log.info("login");
  log.warn("login refused");
  assertEquals(reports, [{ kind: "log", severity: "warn", message: "login refused", args: [] }]);
});
