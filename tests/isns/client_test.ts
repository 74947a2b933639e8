import { assertEquals, assertStringIncludes } from "@std/assert";
import { createLog } from "../../lib/cli/logging.ts";
import { IsnsClient } from "../../lib/isns/client.ts";
import { textOf, valueOf } from "../../lib/isns/message.ts";
import { KeptOutput } from "../support/fake_host.ts";
import { FakeIsns } from "../support/isns_server.ts";

/** A client, its server and what it has logged. */
function setUp(targets = [{ name: "iqn.a", portalGroups: [1] }]): {
  client: IsnsClient;
  isns: FakeIsns;
  output: KeptOutput;
} {
  const isns = new FakeIsns();
  const output = new KeptOutput();
  const client = new IsnsClient({
    network: isns,
    entity: () => ({ identifier: "us", portals: [], targets }),
    log: createLog(output, { level: "info", format: "text" }),
  });
  return { client, isns, output };
}

/** Half of the registration period, after which the client says that it lives. */
const HEARTBEAT = 150_000;

Deno.test("IsnsClient registers at the start and takes all back at the end", async () => {
  const { client, isns, output } = setUp();
  client.start();
  await isns.untilWaiting(HEARTBEAT);
  assertEquals([isns.asked, client.registered], [["register"], true]);
  await client.stop();
  assertEquals(isns.asked, ["register", "deregister"]);
  assertEquals([isns.open, isns.waits.length, client.registered], [0, 0, false]);
  assertStringIncludes(output.text, "registered with iSNS entity=us targets=1");
});

Deno.test("IsnsClient says now and then that it lives", async () => {
  const { client, isns } = setUp();
  client.start();
  for (let i = 0; i < 3; i++) await isns.untilWaiting(HEARTBEAT, true);
  await isns.untilAsked(4);
  await isns.untilWaiting(HEARTBEAT);
  assertEquals(isns.asked, ["register", "query", "query", "query"]);
  await client.stop();
});

for (const [granted, pause] of [[60, 30_000], [600, 150_000], [1, 5_000]] as const) {
  Deno.test(`IsnsClient says every ${pause} ms that it lives when the server forgets after ${granted} s`, async () => {
    const { client, isns } = setUp();
    isns.registrationPeriod = granted;
    client.start();
    await isns.untilWaiting(pause, true);
    await isns.untilAsked(2);
    await isns.untilWaiting(pause);
    assertEquals(isns.asked, ["register", "query"]);
    await client.stop();
  });
}

for (const how of ["knows nothing", "refuses"] as const) {
  Deno.test(`IsnsClient registers again at a server that ${how}`, async () => {
    const { client, isns, output } = setUp();
    client.start();
    await isns.untilWaiting(HEARTBEAT);
    if (how === "refuses") isns.statuses["query"] = 6;
    else isns.forgetful = true;
    await isns.untilWaiting(HEARTBEAT, true);
    await isns.untilAsked(3);
    await isns.untilWaiting(HEARTBEAT);
    assertEquals(isns.asked, ["register", "query", "register"]);
    assertStringIncludes(output.text, "the iSNS server has forgotten us");
    await client.stop();
  });
}

Deno.test("IsnsClient tries again, ever more slowly, and complains once", async () => {
  const { client, isns, output } = setUp();
  isns.down = true;
  client.start();
  for (const pause of [2000, 4000, 8000, 16_000, 32_000, 60_000]) await isns.untilWaiting(pause, true);
  await isns.untilWaiting(60_000);
  assertEquals(output.text.split("iSNS registration failed").length, 2);
  isns.down = false;
  await isns.untilWaiting(60_000, true);
  await isns.untilWaiting(HEARTBEAT);
  assertEquals(isns.asked, ["register"]);
  await client.stop();
});

Deno.test("IsnsClient complains when it is refused, and hangs up on a server that says nothing", async () => {
  const refused = setUp();
  refused.isns.statuses["register"] = 8;
  refused.client.start();
  await refused.isns.untilWaiting(2000);
  assertStringIncludes(refused.output.text, "the iSNS server says source unauthorized");
  await refused.client.stop();
  assertEquals(refused.isns.asked, ["register"]);

  const muted = setUp();
  muted.isns.mute = true;
  muted.client.start();
  await muted.isns.untilWaiting(10_000, true);
  await muted.isns.untilWaiting(2000);
  assertStringIncludes(muted.output.text, "no answer within 10000 ms");
  await muted.client.stop();
  assertEquals(muted.isns.open, 0);
});

Deno.test("IsnsClient registers at once when something has changed", async () => {
  const targets = [{ name: "iqn.a", portalGroups: [1] }];
  const { client, isns } = setUp(targets);
  client.start();
  await isns.untilWaiting(HEARTBEAT);
  targets.push({ name: "iqn.b", portalGroups: [1] });
  client.changed();
  await isns.untilAsked(2);
  assertEquals(isns.asked, ["register", "register"]);
  const names = isns.messages[1]?.attributes.filter(([tag]) => tag === 32).map(([, value]) => textOf(value));
  assertEquals(names, ["iqn.a", "iqn.a", "iqn.b"]);
  await isns.untilWaiting(HEARTBEAT);
  await client.stop();
});

Deno.test("IsnsClient registers nothing while there is no target", async () => {
  const { client, isns } = setUp([]);
  client.start();
  await isns.untilWaiting(HEARTBEAT);
  await client.stop();
  assertEquals(isns.asked, []);
});

Deno.test("IsnsClient listens for state changes and logs them", async () => {
  const isns = new FakeIsns();
  const output = new KeptOutput();
  let closed = false;
  const client = new IsnsClient({
    network: {
      dial: () => isns.dial(),
      wait: (...args) => isns.wait(...args),
      listen: (hostname, learn) => {
        learn({ name: `iqn.x at ${hostname}`, change: "added" });
        return { port: 4000, close: () => closed = true };
      },
    },
    entity: () => ({
      identifier: "us",
      portals: [{ address: Uint8Array.of(192, 0, 2, 1), port: 3260, portalGroup: 1 }],
      targets: [{ name: "iqn.a", portalGroups: [1] }, { name: "iqn.b", portalGroups: [1] }],
    }),
    log: createLog(output, { level: "info", format: "text" }),
  });
  isns.statuses["scn"] = 17;
  client.start();
  await isns.untilWaiting(HEARTBEAT);
  assertEquals(isns.asked, ["register", "scn", "scn"]);
  const [first] = isns.messages;
  assertEquals(first && valueOf(first, 23), Uint8Array.of(0, 0, 0x0f, 0xa0));
  assertStringIncludes(output.text, `iSNS state change node="iqn.x at 192.0.2.1" change=added`);
  await client.stop();
  assertEquals(closed, true);
});

Deno.test("IsnsClient ends in time when the server is gone at the end", async () => {
  const { client, isns, output } = setUp();
  client.start();
  await isns.untilWaiting(HEARTBEAT);
  isns.mute = true;
  const stopped = client.stop();
  await isns.untilWaiting(2000, true);
  await stopped;
  assertStringIncludes(output.text, "iSNS deregistration failed");
});
