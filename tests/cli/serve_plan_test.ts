import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "../../lib/cli/args.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { serveOptions } from "../../lib/cli/serve_options.ts";
import { planServe, type ServePlan, sizeOf } from "../../lib/cli/serve_plan.ts";

function plan(...args: string[]): ServePlan {
  return planServe(parse(args, { options: serveOptions }).values, { hostname: "box", cores: 8 });
}

Deno.test("planServe() needs nothing but an image", () => {
  assertEquals(plan("--image", "disk.img"), {
    targets: [{
      name: "iqn.2026-11.io.lunbox:box.disk",
      images: [{ location: "disk.img", lun: 0, readOnly: false, removable: false }],
      maps: [],
    }],
    listen: [{ hostname: "127.0.0.1", port: 3260 }],
    limits: {},
    queueDepth: 128,
    workers: 1,
    quiet: false,
    logLevel: "info",
    logFormat: "text",
  });
});

Deno.test("planServe() takes everything that can be said", () => {
  const args = [
    "-i",
    "a,size=1G",
    "-i",
    "b",
    "-i",
    "memory:1M",
    "--size",
    "2G",
    "--listen",
    "0.0.0.0",
    "-l",
    "[::1]:0",
  ];
  args.push("--advertise", "nas:4000", "--iqn", "IQN.2001-04.com.Example:x", "--alias", "Büro", "--allow", "any");
  args.push("--queue-depth", "32", "--quiet", "--log-format", "json");
  assertEquals(plan(...args), {
    targets: [{
      name: "iqn.2001-04.com.example:x",
      alias: "Büro",
      images: [
        { location: "a", lun: 0, readOnly: false, removable: false, size: 2 ** 30 },
        { location: "b", lun: 1, readOnly: false, removable: false, sizeIfMissing: 2 ** 31 },
        { location: "memory:1M", lun: 2, readOnly: false, removable: false, sizeIfMissing: 2 ** 31 },
      ],
      maps: [],
    }],
    listen: [{ hostname: "0.0.0.0", port: 3260 }, { hostname: "::1", port: 0 }],
    advertise: { hostname: "nas", port: 4000 },
    allow: ["*"],
    limits: {},
    queueDepth: 32,
    workers: 1,
    quiet: true,
    logLevel: "warn",
    logFormat: "json",
  });
});

Deno.test("planServe() logs what it is told to, even when quiet", () => {
  assertEquals(plan("-i", "a", "-q", "--log-level", "debug").logLevel, "debug");
});

Deno.test("planServe() keeps the target's name when an image is added", () => {
  assertEquals(plan("-i", "a.img", "-i", "b.img").targets[0]?.name, plan("-i", "a.img").targets[0]?.name);
});

Deno.test("planServe() advertises the port that it listens on", () => {
  const { advertise } = plan("-i", "a", "-l", "127.0.0.1:4000", "--advertise", "nas");
  assertEquals(advertise, { hostname: "nas", port: 4000 });
});

Deno.test("planServe() has a worker for each target where there are cores for them, and nothing is advertised", () => {
  const targets = ["-i", "a", "-i", "b,target=b", "-i", "c,target=c"];
  assertEquals(plan(...targets).workers, 3);
  assertEquals(plan(...targets, "--workers", "2").workers, 2);
  assertEquals(plan(...targets, "--advertise", "nas").workers, 1);
  assertEquals(plan(...targets, "-l", "127.0.0.1,advertise=nas").workers, 1);
});

const bad: readonly (readonly [args: string[], message: string])[] = [
  [[], "Cannot serve: no image is given"],
  [["-i", "a", "--size", "10X"], `Cannot use --size "10X": write bytes or a unit, as in 512, 10M, 1.5G, 1GiB or 1GB`],
  [["-i", "a", "--size", "0"], `Cannot use --size "0": it is less than one block`],
  [["-i", "a,size=big"], `Cannot use size of --image a "big": write bytes or a unit`],
  [["-i", "a", "-l", "0.0.0.0"], "Cannot listen on 0.0.0.0:3260: whoever reaches that address could read and write"],
  [["-i", "a", "-l", "::1", "-l", "[::1]"], "Cannot listen on [::1]:3260: it is given twice"],
  [["-i", "a", "--advertise", "0.0.0.0"], "Cannot advertise 0.0.0.0: initiators cannot connect to it"],
  [["-i", "a", "-l", "127.0.0.1:0", "--advertise", "nas"], "Cannot advertise nas: give the port, as in ADDR:PORT"],
  [["-i", "a", "--iqn", "disk1"], `Cannot use "disk1" as an iSCSI name: it starts with none of`],
  [["-i", "a", "--alias", "a\nb"], "Cannot use --alias: it is up to 255 bytes without control characters"],
  [["-i", "a", "--queue-depth", "0"], `Cannot use --queue-depth "0": it is a number from 1 to 4096`],
  [["-i", "a", "--queue-depth", "4097"], `Cannot use --queue-depth "4097": it is a number from 1 to 4096`],
  [["-i", "a", "--max-sessions", "0"], `Cannot use --max-sessions "0": it is a number from 1 up`],
  [["-i", "a", "--max-connections", "many"], `Cannot use --max-connections "many": it is a number from 1 up`],
  [["-i", "a", "--map", "*,1"], `Cannot use --map "*,1": there is no image with number 1`],
  [["-i", "a", "--allow-from", "x"], `Cannot use --allow-from "x": write ADDRESS or ADDRESS/LENGTH`],
  [["--redirect", "nas"], "Cannot redirect: no image is given, nor the name of the target by --iqn NAME"],
  [["-i", "memory:"], "Cannot open memory:: it needs a size, as in memory:1G"],
  [["-i", "null:1X"], "Cannot open null:1X: 1X is no size, as 512, 10M or 1.5G are"],
  [["-i", "nbd:nas"], "Cannot open nbd:nas: nbd is no kind of store"],
  [
    ["-i", "a", "-l", "127.0.0.1", "-l", "127.0.0.1:1,group=2", "--advertise", "nas"],
    "Cannot advertise nas:3260: it would be in portal groups 1 and 2",
  ],
  [["-i", "a", "--workers", "0"], `Cannot use --workers "0": it is a number from 1 to 64`],
  [
    ["-i", "a", "-i", "b,target=b", "--workers", "2", "-l", "127.0.0.1", "-l", "127.0.0.1:3262"],
    "Cannot listen on 127.0.0.1:3262: with 2 workers 127.0.0.1:3260 needs the 2 ports after it",
  ],
  [["-i", "a,lun=1", "-i", "b,lun=1"], "Cannot serve b as LUN 1: a has that number"],
];

for (const guard of [["--chap", "alice"], ["--chap-file", "users"], ["--allow-from", "192.0.2.0/24"]]) {
  Deno.test(`planServe() listens on a network with ${guard[0]}`, () => {
    assertEquals(plan("-i", "a", "-l", "0.0.0.0", ...guard).listen, [{ hostname: "0.0.0.0", port: 3260 }]);
  });
}

for (const [args, message] of bad) {
  Deno.test(`planServe() refuses [${args.join(" ")}]`, () => {
    assertThrows(() => plan(...args), UsageError, message);
  });
}

Deno.test("planServe() takes free ports twice", () => {
  assertEquals(plan("-i", "a", "-l", "127.0.0.1:0", "-l", "127.0.0.1:0").listen.length, 2);
});

Deno.test("sizeOf() reads sizes", () => assertEquals(sizeOf("1.5G", "--size"), 1_610_612_736));
