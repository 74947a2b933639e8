import { assertEquals, assertRejects } from "@std/assert";
import { AuthenticationError, LoginRefusedError, SessionClosedError } from "../../lib/initiator/errors.ts";
import { Initiator, type InitiatorOptions } from "../../lib/initiator/initiator.ts";
import { ConnectionError } from "../../lib/iscsi/errors.ts";
import { NameError } from "../../lib/iscsi/names.ts";
import { loginRequest, loginResponse, nopIn } from "../../lib/iscsi/pdu/mod.ts";
import { decodeText, encodeText, type TextPair } from "../../lib/iscsi/text.ts";
import { memoryPair } from "../support/memory_pair.ts";
import { scriptedInitiatorOptions, ScriptedTarget } from "../support/scripted_target.ts";

const none: readonly TextPair[] = [["AuthMethod", "None"]];

Deno.test("login() goes through both stages and says who it is", async () => {
  await withLogin(async (login, target) => {
    const [first, identity] = await target.login(none);
    assertEquals([first.currentStage, first.nextStage, first.transit, first.immediate], [0, 1, true, true]);
    assertEquals([first.isid, first.tsih, first.cid, first.cmdSn], [isid, 0, 0, 1]);
    assertEquals(identity, [
      ["InitiatorName", "iqn.2001-04.com.example:initiator"],
      ["InitiatorAlias", "a story"],
      ["TargetName", "iqn.2001-04.com.example:target"],
      ["SessionType", "Normal"],
      ["AuthMethod", "None"],
    ]);
    const answers: TextPair[] = [["TargetPortalGroupTag", "1"], ["TargetAlias", "disk"], ["MaxBurstLength", "0x2000"]];
    const [second, offers] = await target.login(answers);
    assertEquals([second.currentStage, second.nextStage, second.expStatSn], [1, 3, target.statSn - 1]);
    assertEquals(new Map(offers).get("MaxRecvDataSegmentLength"), "262144");
    const initiator = await login;
    assertEquals([initiator.tsih, initiator.targetAlias], [7, "disk"]);
    const { maxBurstLength, firstBurstLength, targetMaxRecvDataSegmentLength } = initiator.parameters;
    assertEquals([maxBurstLength, firstBurstLength, targetMaxRecvDataSegmentLength], [8192, 8192, 8192]);
    initiator.close();
  }, { isid, initiatorAlias: "a story" });
});

Deno.test("login() is done when the target goes to full feature phase at once", async () => {
  await withLogin(async (login, target) => {
    await target.login(none, { nextStage: 3, tsih: 9 });
    const initiator = await login;
    assertEquals(initiator.tsih, 9);
    assertEquals([initiator.parameters.initialR2T, initiator.parameters.maxBurstLength], [true, 262144]);
    initiator.close();
  });
});

Deno.test("login() gathers an answer when that takes several PDUs", async () => {
  await withLogin(async (login, target) => {
    await target.login(none);
    const request = await target.expect(loginRequest);
    const { initiatorTaskTag } = request;
    const text = encodeText([["TargetAlias", "a long name"], ["InitialR2T", "No"]]);
    const part = { initiatorTaskTag, currentStage: 1, continued: true };
    await target.send(loginResponse, part, text.subarray(0, 17));
    const more = await target.expect(loginRequest);
    assertEquals([more.transit, more.currentStage, more.data.length], [false, 1, 0]);
    const last = { initiatorTaskTag, currentStage: 1, transit: true, nextStage: 3, tsih: 7 };
    await target.send(loginResponse, last, text.subarray(17));
    const initiator = await login;
    assertEquals([initiator.targetAlias, initiator.parameters.initialR2T], ["a long name", false]);
    initiator.close();
  });
});

Deno.test("login() answers when the target offers something itself", async () => {
  await withLogin(async (login, target) => {
    await target.login(none);
    await target.login([["X-com.example.speed", "1"], ["TaskReporting", "RFC3720"]], { transit: false, nextStage: 0 });
    const [request, answers] = await target.login([]);
    assertEquals(answers, [["X-com.example.speed", "NotUnderstood"], ["TaskReporting", "RFC3720"]]);
    assertEquals([request.transit, request.nextStage], [true, 3]);
    (await login).close();
  });
});

Deno.test("login() keeps the defaults of the standard when the target refuses an offer", async () => {
  await withLogin(async (login, target) => {
    await target.login(none);
    await target.login([["MaxBurstLength", "Reject"], ["HeaderDigest", "NotUnderstood"], ["InitialR2T", "Irrelevant"]]);
    const initiator = await login;
    const { maxBurstLength, headerDigest, initialR2T } = initiator.parameters;
    assertEquals([maxBurstLength, headerDigest, initialR2T], [262144, false, true]);
    initiator.close();
  });
});

const refusals: readonly [status: number, pairs: TextPair[], message: string, address: string | undefined][] = [
  [0x0203, [], "not found (0203h)", undefined],
  [0x0201, [], "authentication failure (0201h)", undefined],
  [0x0101, [["TargetAddress", "192.0.2.1:3260,1"]], "to 192.0.2.1:3260,1", "192.0.2.1:3260,1"],
  [0x0402, [], "status 0402h", undefined],
];

for (const [status, pairs, message, address] of refusals) {
  Deno.test(`login() fails with "${message}" when the status is ${status.toString(16)}`, async () => {
    await withLogin(async (login, target) => {
      await target.login(pairs, { statusClass: status >>> 8, statusDetail: status & 0xff, transit: false });
      const error = await assertRejects(() => login, LoginRefusedError, message);
      assertEquals([error.status, error.address], [status, address]);
      await target.expectEnd();
    });
  });
}

const nonsense: readonly [name: string, answer: (target: ScriptedTarget) => Promise<unknown>, message: string][] = [
  ["answers with another PDU", async (target) => {
    await target.expect(loginRequest);
    await target.send(nopIn);
  }, "something else"],
  ["answers in another stage", (target) => target.login(none, { currentStage: 1 }), "another stage"],
  ["never ends", async (target) => {
    for (let step = 0; step < 32; step++) await target.login([], { transit: false, nextStage: 0 });
  }, "32 steps"],
];

const chap = { user: "alice", secret: "a good secret" };

Deno.test("login() fails when the target leaves the security stage before the initiator asks for it", async () => {
  await withLogin(async (login, target) => {
    await target.login([["AuthMethod", "CHAP"]], { transit: true, nextStage: 1 });
    await assertRejects(() => login, ConnectionError, "leaves the stage unasked");
  }, { chap });
});

Deno.test("login() goes on without CHAP when the target wants none", async () => {
  await withLogin(async (login, target) => {
    const [first, identity] = await target.login(none);
    assertEquals([first.transit, new Map(identity).get("AuthMethod")], [false, "CHAP,None"]);
    const [second, nothing] = await target.login([]);
    assertEquals([second.transit, second.currentStage, second.nextStage, nothing], [true, 0, 1, []]);
    await target.login([]);
    (await login).close();
  }, { chap });
});

Deno.test("login() fails when the target wants CHAP and there is no secret", async () => {
  await withLogin(async (login, target) => {
    await target.login([["AuthMethod", "CHAP"]]);
    await assertRejects(() => login, AuthenticationError, "AuthMethod=CHAP");
    await target.expectEnd();
  });
});

for (const what of ["header", "data"] as const) {
  Deno.test(`login() fails when it has to have ${what} digests and the target takes none`, async () => {
    await withLogin(async (login, target) => {
      await target.login(none);
      const [, offers] = await target.login([["HeaderDigest", "None"], ["DataDigest", "None"]]);
      const offered = new Map(offers);
      assertEquals(offered.get("HeaderDigest"), what === "header" ? "CRC32C" : "None");
      assertEquals(offered.get("DataDigest"), what === "data" ? "CRC32C" : "None");
      await assertRejects(() => login, ConnectionError, `no ${what} digests`);
    }, { digests: { [what]: true } });
  });
}

for (const [name, answer, message] of nonsense) {
  Deno.test(`login() fails and closes when the target ${name}`, async () => {
    await withLogin(async (login, target) => {
      await answer(target);
      await assertRejects(() => login, ConnectionError, message);
    });
  });
}

Deno.test("login() fails when the target closes the connection", async () => {
  await withLogin(async (login, target) => {
    await target.expect(loginRequest);
    target.close();
    await assertRejects(() => login, SessionClosedError, "closed the connection");
  });
});

Deno.test("login() fails before it says a word when a name is none", async () => {
  await withLogin(async (login, target) => {
    await assertRejects(() => login, NameError, "disk");
    await target.expectEnd();
  }, { targetName: "disk" });
});

Deno.test("login() makes an ISID of random type when it is given none", async () => {
  await withLogin(async (login, target) => {
    const request = await target.expect(loginRequest);
    assertEquals(request.isid[0], 0x80);
    assertEquals(decodeText(request.data).length, 4);
    target.close();
    await assertRejects(() => login);
  });
});

const isid = Uint8Array.of(0x40, 0, 0, 1, 0, 2);

async function withLogin(
  story: (login: Promise<Initiator>, target: ScriptedTarget) => Promise<void>,
  options: Partial<InitiatorOptions> = {},
): Promise<void> {
  const [near, far] = memoryPair();
  const target = new ScriptedTarget(far);
  const login = Initiator.login(near, { ...scriptedInitiatorOptions, ...options });
  // The story looks at the outcome later than it may settle.
  login.catch(() => {});
  try {
    await story(login, target);
  } finally {
    target.close();
  }
}
