import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/errors.ts";
import { checkPorts, portsOf, shareOut, workersOf } from "../../../lib/cli/workers/ports.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 3260 };

const counts:
  readonly (readonly [text: string | undefined, cores: number, targets: number, told: boolean, n: number])[] = [
    [undefined, 8, 3, false, 3],
    [undefined, 4, 9, false, 4],
    [undefined, 3, 3, false, 1],
    [undefined, 8, 3, true, 1],
    [undefined, 128, 128, false, 64],
    ["2", 1, 3, true, 2],
    ["64", 2, 3, false, 3],
    ["1", 8, 3, false, 1],
  ];

for (const [text, cores, targets, advertised, expected] of counts) {
  const what = `--workers ${text ?? "(nothing)"}, ${targets} targets, ${cores} cores${
    advertised ? ", advertised" : ""
  }`;
  Deno.test(`workersOf() says ${expected} for ${what}`, () => {
    assertEquals(workersOf(text, { cores, targets, advertised }), expected);
  });
}

for (const text of ["0", "65", "two", "-1", "1.5", ""]) {
  Deno.test(`workersOf() refuses ${JSON.stringify(text)}`, () => {
    const facts = { cores: 8, targets: 8, advertised: false };
    assertThrows(() => workersOf(text, facts), UsageError, "it is a number from 1 to 64");
  });
}

Deno.test("shareOut() deals out one after the other", () => {
  assertEquals(shareOut(["a", "b", "c", "d", "e"], 2), [["a", "c", "e"], ["b", "d"]]);
});

Deno.test("portsOf() counts on from the port of the front, and from those that are advertised", () => {
  const listen = [LOOPBACK, { hostname: "::1", port: 0, portalGroup: 2, advertise: [{ hostname: "six", port: 9 }] }];
  assertEquals(portsOf(listen, 2, { hostname: "nas", port: 4000 }), [
    { hostname: "127.0.0.1", port: 3262, advertise: [{ hostname: "nas", port: 4002 }] },
    { hostname: "::1", port: 0, portalGroup: 2, advertise: [{ hostname: "six", port: 11 }] },
  ]);
  assertEquals(portsOf([LOOPBACK], 0), [LOOPBACK]);
});

const bad: readonly (readonly [what: string, call: () => void, message: string])[] = [
  [
    "ports beyond the last",
    () => checkPorts([{ hostname: "::1", port: 65534 }], 2),
    "Cannot use [::1]:65534 with 2 workers: there are not that many ports after it",
  ],
  [
    "advertised ports beyond the last",
    () => checkPorts([LOOPBACK], 2, { hostname: "nas", port: 65534 }),
    "Cannot use nas:65534 with 2 workers",
  ],
  [
    "portals too close to each other",
    () => checkPorts([LOOPBACK, { ...LOOPBACK, port: 3262 }], 2),
    "Cannot listen on 127.0.0.1:3262: with 2 workers 127.0.0.1:3260 needs the 2 ports after it",
  ],
  [
    "portals too close to each other, the other way round",
    () => checkPorts([{ ...LOOPBACK, port: 3262 }, LOOPBACK], 2),
    "Cannot listen on 127.0.0.1:3260: it needs the 2 ports after it, and 127.0.0.1:3262 is there",
  ],
];

for (const [what, call, message] of bad) {
  Deno.test(`checkPorts() refuses ${what}`, () => void assertThrows(call, UsageError, message));
}

Deno.test("checkPorts() takes what there is room for, free ports, and anything for one worker", () => {
  checkPorts([LOOPBACK, { ...LOOPBACK, port: 3263 }, { hostname: "127.0.0.2", port: 3261 }], 2);
  checkPorts([{ ...LOOPBACK, port: 0 }, { ...LOOPBACK, port: 0 }], 9);
  checkPorts([{ ...LOOPBACK, port: 65535 }, { ...LOOPBACK, port: 65534 }], 1);
});
