import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "../../lib/cli/args.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { protocolOf, protocolOptions } from "../../lib/cli/protocol_options.ts";
import { serveOptions } from "../../lib/cli/serve_options.ts";
import { planServe } from "../../lib/cli/serve_plan.ts";
import { defaultLocalParameters, type LocalParameters } from "../../lib/iscsi/parameters.ts";

function local(...args: string[]): LocalParameters | undefined {
  return protocolOf(parse(args, { options: protocolOptions }).values);
}

Deno.test("protocolOf() says nothing when all is as usual", () => {
  assertEquals([local(), local("--session-connections", "4", "--error-recovery", "0")], [undefined, undefined]);
});

for (
  const [args, expected] of [
    [["--session-connections", "1"], { maxConnections: 1 }],
    [["--session-connections", "64", "--error-recovery", "1"], { maxConnections: 64, errorRecoveryLevel: 1 }],
    [["--error-recovery", "2"], { errorRecoveryLevel: 2 }],
  ] as const
) {
  Deno.test(`protocolOf() takes ${args.join(" ")}`, () => {
    assertEquals(local(...args), { ...defaultLocalParameters, ...expected });
    const { values } = parse(["-i", "a", ...args], { options: serveOptions });
    assertEquals(planServe(values, { hostname: "box", cores: 1 }).local, { ...defaultLocalParameters, ...expected });
  });
}

for (
  const args of [
    ["--session-connections", "0"],
    ["--session-connections", "65"],
    ["--session-connections", "many"],
    ["--error-recovery", "3"],
  ]
) {
  Deno.test(`${args.join(" ")} is refused`, () => {
    assertThrows(() => local(...args), UsageError);
  });
}
