import { assertEquals, assertThrows } from "@std/assert";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { identify } from "../../lib/iscsi/login_identity.ts";
import { INITIATOR, openHost, TARGET } from "../support/login_steps.ts";

Deno.test("identify() reads a normal session, named or not", () => {
  for (const type of [{}, { SessionType: "Normal" }]) {
    const declared = new Map(Object.entries({ InitiatorName: INITIATOR, TargetName: TARGET, ...type }));
    const identity = identify(declared, openHost);
    assertEquals(
      [identity.initiatorName, identity.sessionType, identity.targetName, identity.target?.portalGroupTag],
      [INITIATOR, "Normal", TARGET, 1],
    );
  }
});

Deno.test("identify() reads a discovery session, and leaves a TargetName in it alone", () => {
  const declared = new Map([["InitiatorName", INITIATOR], ["SessionType", "Discovery"], ["TargetName", "iqn.nobody"]]);
  const identity = identify(declared, openHost);
  assertEquals([identity.sessionType, identity.targetName, identity.target], ["Discovery", undefined, undefined]);
});

Deno.test("identify() asks the host with names in the form that compares equal", () => {
  const asked: string[] = [];
  const host = {
    ...openHost,
    target(name: string, initiator: string) {
      asked.push(name, initiator);
      return openHost.target(name, initiator);
    },
  };
  identify(new Map([["InitiatorName", INITIATOR.toUpperCase()], ["TargetName", TARGET.toUpperCase()]]), host);
  assertEquals(asked, [TARGET, INITIATOR]);
});

const refusals: readonly { what: string; declared: Record<string, string>; status: number }[] = [
  { what: "nothing", declared: {}, status: 0x0207 },
  { what: "no InitiatorName", declared: { TargetName: TARGET }, status: 0x0207 },
  { what: "an empty InitiatorName", declared: { InitiatorName: "", TargetName: TARGET }, status: 0x0207 },
  { what: "no InitiatorName in discovery", declared: { SessionType: "Discovery" }, status: 0x0207 },
  { what: "no TargetName", declared: { InitiatorName: INITIATOR }, status: 0x0207 },
  { what: "an InitiatorName that is none", declared: { InitiatorName: "host", TargetName: TARGET }, status: 0x0200 },
  {
    what: "a format string for a name",
    declared: { InitiatorName: "iqn.2024-01.%s%n:x", TargetName: TARGET },
    status: 0x0200,
  },
  {
    what: "an InitiatorName of 224 bytes",
    declared: { InitiatorName: `iqn.2024-01.a:${"x".repeat(210)}`, TargetName: TARGET },
    status: 0x0200,
  },
  {
    what: "an unknown target",
    declared: { InitiatorName: INITIATOR, TargetName: "iqn.2024-01.org.lunbox:no" },
    status: 0x0203,
  },
  { what: "a target that has no name", declared: { InitiatorName: INITIATOR, TargetName: "disk" }, status: 0x0203 },
  {
    what: "an unknown session type",
    declared: { InitiatorName: INITIATOR, SessionType: "Party", TargetName: TARGET },
    status: 0x0209,
  },
];

for (const { what, declared, status } of refusals) {
  Deno.test(`identify() answers ${what} with ${status.toString(16).padStart(4, "0")}h`, () => {
    const error = assertThrows(() => identify(new Map(Object.entries(declared)), openHost), LoginError);
    assertEquals(error.status, status);
  });
}
