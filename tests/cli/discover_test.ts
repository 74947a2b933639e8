import { assertEquals, assertRejects } from "@std/assert";
import { type Discover, discover, type DiscoverServices } from "../../lib/cli/discover.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { LoginRefusedError } from "../../lib/initiator/errors.ts";
import type { DiscoveredTarget } from "../../lib/initiator/send_targets.ts";
import { FakeHost } from "../support/fake_host.ts";

const targets: readonly DiscoveredTarget[] = [
  { name: "iqn.2026-11.io.lunbox:a", portals: [{ hostname: "192.0.2.1", port: 3260, tag: 1 }] },
  {
    name: "iqn.2026-11.io.lunbox:bb",
    portals: [{ hostname: "2001:db8::1", port: 3260, tag: 1 }, { hostname: "nas", port: 4000, tag: 2 }],
  },
];

const secrets: DiscoverServices["secrets"] = {
  readSecretFile: (path) => Promise.resolve({ text: `alice "a good secret"`, warning: `${path} is open` }),
  askSecret: (question) => `answer to ${question}`,
};

async function asked(args: string[], found = targets, env = {}): Promise<{ text: string; question: unknown }> {
  const host = new FakeHost([], { env });
  let question: unknown;
  const ask: Discover = (asking) => {
    question = asking;
    return Promise.resolve(found);
  };
  const code = await discover(host, args, { ask, secrets });
  assertEquals(code, 0);
  return { text: host.stdout.text, question };
}

Deno.test("discover() prints a table of targets and their portals", async () => {
  const { text, question } = await asked(["nas.example"]);
  assertEquals(question, { hostname: "nas.example", port: 3260 });
  assertEquals(text.split("\n"), [
    "TARGET                    PORTAL              GROUP",
    "iqn.2026-11.io.lunbox:a   192.0.2.1:3260      1",
    "iqn.2026-11.io.lunbox:bb  [2001:db8::1]:3260  1",
    "                          nas:4000            2",
    "",
  ]);
});

Deno.test("discover() prints JSON for scripts", async () => {
  assertEquals(JSON.parse((await asked(["nas", "--json"])).text), { targets });
});

Deno.test("discover() says so when there is nothing", async () => {
  assertEquals((await asked(["[::1]:4000"], [])).text, "[::1]:4000 offers no targets to this initiator\n");
});

Deno.test("discover() shows the portal that was asked for a target that names none", async () => {
  const { text } = await asked(["nas"], [{ name: "iqn.a", portals: [] }]);
  assertEquals(text, "TARGET  PORTAL    GROUP\niqn.a   nas:3260\n");
});

Deno.test("discover() logs in with the name that it is told", async () => {
  const env = { LUNBOX_INITIATOR: "iqn.2001-04.com.example:env" };
  const { question } = await asked(["nas", "--initiator", "iqn.2001-04.com.example:me"], [], env);
  assertEquals(question, { hostname: "nas", port: 3260, initiatorName: "iqn.2001-04.com.example:me" });
  assertEquals((await asked(["nas"], [], env)).question, {
    hostname: "nas",
    port: 3260,
    initiatorName: "iqn.2001-04.com.example:env",
  });
});

Deno.test("discover() proves who it is by a user whose secret it asks for, or that stands in a file", async () => {
  const { question } = await asked(["nas", "--chap", "alice", "--chap-mutual", "disk"], [], {
    LUNBOX_CHAP_MUTUAL_SECRET: "the other secret",
  });
  assertEquals(question, {
    hostname: "nas",
    port: 3260,
    chap: {
      user: "alice",
      secret: "answer to CHAP secret of alice:",
      mutual: { user: "disk", secret: "the other secret" },
    },
  });
  const host = new FakeHost();
  let chap: unknown;
  const ask: Discover = (question) => {
    chap = question.chap;
    return Promise.resolve([]);
  };
  await discover(host, ["nas", "--chap-file", "users"], { ask, secrets });
  assertEquals([chap, host.stderr.text], [{ user: "alice", secret: "a good secret" }, "Warning: users is open\n"]);
});

Deno.test("discover() lets no control characters of a target reach the terminal", async () => {
  const { text } = await asked(["nas"], [{ name: "iqn.\x1b[2J", portals: [{ hostname: "a\x07", port: 1, tag: 1 }] }]);
  assertEquals(text.includes("\x1b") || text.includes("\x07"), false);
});

for (const args of [[], ["a", "b"], ["host:port"], ["nas", "--initiator", "me"], ["nas", "--chap-mutual", "disk"]]) {
  Deno.test(`discover() refuses [${args.join(" ")}]`, async () => {
    await assertRejects(() => discover(new FakeHost(), args, { ask: () => Promise.resolve([]), secrets }), UsageError);
  });
}

const failures: readonly (readonly [thrown: Error, expected: string])[] = [
  [new Deno.errors.ConnectionRefused("Connection refused (os error 111)"), "Cannot reach nas:3260: connection refused"],
  [new Error("Cannot discover: the target says nothing"), "Cannot discover: the target says nothing"],
  [
    new LoginRefusedError(0x0201),
    "Cannot log in: the target says authentication failure (0201h); where it asks for CHAP, say --chap USER",
  ],
  [new TypeError("x is not a function"), "x is not a function"],
];

for (const [thrown, expected] of failures) {
  Deno.test(`discover() says "${expected}"`, async () => {
    const services = { ask: () => Promise.reject(thrown), secrets };
    const error = await assertRejects(() => discover(new FakeHost(), ["nas"], services), Error);
    assertEquals(error.message, expected);
  });
}
