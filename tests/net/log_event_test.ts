import { assertEquals } from "@std/assert";
import type { ConnectionEvent } from "../../lib/iscsi/events.ts";
import { createLog } from "../../lib/cli/logging.ts";
import { logEvent } from "../../lib/net/log_event.ts";
import { KeptOutput } from "../support/fake_host.ts";

const lines: readonly (readonly [event: ConnectionEvent, line: string])[] = [
  [
    { kind: "login", initiatorName: "iqn.a", targetName: "iqn.t", tsih: 3 },
    "INFO  login peer=192.0.2.1:9 initiator=iqn.a target=iqn.t tsih=3",
  ],
  [
    { kind: "login", initiatorName: "iqn.a", targetName: "", tsih: 3 },
    "INFO  login peer=192.0.2.1:9 initiator=iqn.a target=(discovery) tsih=3",
  ],
  [
    { kind: "login refused", status: 0x0201, message: "Cannot do: no", initiatorName: "iqn.a", targetName: "iqn.t" },
    `WARN  login refused peer=192.0.2.1:9 initiator=iqn.a target=iqn.t status=0201 reason="Cannot do: no"`,
  ],
  [
    { kind: "login refused", status: 0x0101, message: "it has moved", initiatorName: "iqn.a", targetName: "iqn.t" },
    `INFO  login sent on peer=192.0.2.1:9 initiator=iqn.a target=iqn.t status=0101 reason="it has moved"`,
  ],
  [{ kind: "rejected", reason: 4, message: "no" }, "WARN  PDU rejected peer=192.0.2.1:9 code=4 reason=no"],
  [{ kind: "logout", reason: 0 }, "INFO  logout peer=192.0.2.1:9"],
];

for (const [event, line] of lines) {
  Deno.test(`logEvent() writes ${line}`, () => {
    const output = new KeptOutput();
    logEvent(createLog(output, { level: "debug", format: "text" }), "192.0.2.1:9", event);
    assertEquals(output.text.slice(output.text.indexOf(line.slice(0, 5))), `${line}\n`);
  });
}
