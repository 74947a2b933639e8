import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { noAuthentication } from "../../lib/iscsi/authentication.ts";
import { loginStatus } from "../../lib/iscsi/constants.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { type Login, LOGIN_SEGMENT, MAX_LOGIN_REQUESTS } from "../../lib/iscsi/login.ts";
import type { LoginHost } from "../../lib/iscsi/login_host.ts";
import { encodeText, type TextPair } from "../../lib/iscsi/text.ts";
import { MAX_TEXT } from "../../lib/iscsi/text_pieces.ts";
import {
  challenge,
  INITIATOR,
  type LoginFlags,
  loginHeader,
  newLogin,
  normal,
  openHost,
  operational,
  operationalLogin,
  pairsOf,
  step,
  TARGET,
} from "../support/login_steps.ts";

const closedHost: LoginHost = {
  target: () => ({ portalGroupTag: 1, authentication: [challenge] }),
  discovery: () => ({ authentication: [challenge] }),
};

Deno.test("step() tells who has logged in, to what, and what was settled", () => {
  const login = newLogin();
  step(login, { cid: 5 }, [...normal, ["InitiatorAlias", "desk"]]);
  assertEquals([login.initiatorName, login.initiatorAlias, login.targetName], [INITIATOR, "desk", TARGET]);
  assertEquals([login.sessionType, login.tsih, login.cid], ["Normal", 0, 5]);
  assertEquals(login.isid, new Uint8Array([0x40, 0x00, 0x01, 0x37, 0, 1]));
  assertEquals([login.finished, login.parameters], [false, undefined]);
  step(login, { ...operational, cid: 5 }, [["MaxRecvDataSegmentLength", "65536"], ["DataDigest", "CRC32C"]]);
  assert(login.finished);
  assertEquals(login.parameters?.connection, {
    headerDigest: false,
    dataDigest: true,
    initiatorMaxRecvDataSegmentLength: 65536,
    targetMaxRecvDataSegmentLength: 262144,
  });
});

Deno.test("step() adds the alias of the target to the first answer", () => {
  const login = newLogin({
    ...openHost,
    target: () => ({ portalGroupTag: 7, alias: "Archive", authentication: [noAuthentication] }),
  });
  assertEquals(pairsOf(step(login, {}, normal)), [
    ["TargetPortalGroupTag", "7"],
    ["TargetAlias", "Archive"],
    ["AuthMethod", "None"],
  ]);
  assertEquals(step(login, operational, [["TargetAlias", "NotUnderstood"]]).status, 0);
});

Deno.test("step() declares our segment length to an initiator that leaves the operational stage without", () => {
  const login = operationalLogin();
  const stay = { ...operational, transit: false };
  assertEquals(pairsOf(step(login, stay, [["ErrorRecoveryLevel", "0"]])), [["ErrorRecoveryLevel", "0"]]);
  assertEquals(pairsOf(step(login, operational, [])), [["MaxRecvDataSegmentLength", "262144"]]);
  assertEquals(login.parameters?.connection.targetMaxRecvDataSegmentLength, 262144);
});

Deno.test("step() keeps 8192 for both sides when the operational stage is skipped", () => {
  const login = newLogin();
  assert(step(login, { nextStage: 3 }, normal).transit);
  assertEquals(login.parameters?.connection.targetMaxRecvDataSegmentLength, 8192);
});

Deno.test("step() sets T only when asked", () => {
  const login = newLogin();
  assertEquals(step(login, { transit: false }, normal).transit, false);
  assertEquals(step(login, { transit: true }, []).transit, true);
  for (let i = 0; i < 3; i++) assertEquals(step(login, { ...operational, transit: false }, []).transit, false);
  assertEquals(step(login, operational, []).transit, true);
});

Deno.test("step() ignores NSG without T, reserved bits and additional header bytes", () => {
  const header = loginHeader({ transit: false, nextStage: 2 });
  header[1] = (header[1] as number) | 0x30;
  header.fill(0xff, 22, 24);
  header.fill(0xff, 32, 48);
  assertEquals(newLogin().step(header, encodeText(normal)).status, 0);
});

Deno.test("step() joins text that is continued, cut at every byte", () => {
  const text = encodeText(normal);
  for (let cut = 0; cut <= text.length; cut++) {
    const login = newLogin();
    const first = login.step(loginHeader({ transit: false, continued: true }), text.subarray(0, cut));
    assertEquals([first.status, first.transit, first.continued, first.text.length], [0, false, false, 0]);
    const last = login.step(loginHeader(), text.subarray(cut));
    assertEquals(pairsOf(last), [["TargetPortalGroupTag", "1"], ["AuthMethod", "None"]]);
    assert(last.transit);
  }
});

Deno.test("step() takes text whose last NUL is missing or doubled", () => {
  const text = encodeText(normal);
  assert(newLogin().step(loginHeader(), text.subarray(0, -1)).transit);
  assert(newLogin().step(loginHeader(), new Uint8Array([...text, 0, 0, 0])).transit);
});

Deno.test("step() does not keep the bytes it was lent", () => {
  const login = newLogin();
  const lent = encodeText(normal.slice(0, 2));
  login.step(loginHeader({ transit: false, continued: true }), lent);
  lent.fill(0);
  assertEquals(login.step(loginHeader(), encodeText(normal.slice(2))).status, 0);
});

/** Unknown keys whose answers fill more than one segment. */
const many: readonly TextPair[] = Array.from({ length: 500 }, (_, i) => [`X-com.example.key-${i}`, "1"] as const);

Deno.test("step() cuts a long answer into pieces and holds T back until the last", () => {
  const login = operationalLogin();
  let answer = step(login, operational, many);
  const texts = [answer.text];
  while (answer.continued) {
    assertEquals([answer.transit, answer.nextStage, answer.text.length], [false, 0, LOGIN_SEGMENT]);
    answer = step(login, operational, []);
    texts.push(answer.text);
  }
  assert(texts.length > 1);
  assertEquals([answer.transit, answer.nextStage], [true, 3]);
  const whole = new TextDecoder().decode(new Uint8Array(texts.flatMap((text) => [...text]))).split("\0");
  assertEquals(whole.filter((pair) => pair.endsWith("=NotUnderstood")).length, many.length);
});

Deno.test("step() refuses text while pieces of the answer are left", () => {
  for (const [flags, pairs] of [[{}, [["X-a", "1"]]], [{ continued: true, transit: false }, []]] as const) {
    const login = operationalLogin();
    assert(step(login, operational, many).continued);
    assertEquals(step(login, { ...operational, ...flags }, pairs).status, loginStatus.initiatorError);
  }
});

Deno.test("step() keeps an initiator that always asks for T until it is authenticated", () => {
  const login = newLogin(closedHost);
  const greeting: TextPair[] = [...normal.slice(0, 3), ["AuthMethod", "CHAP,None"]];
  const first = step(login, {}, greeting);
  assertEquals([first.transit, pairsOf(first).at(-1)], [false, ["AuthMethod", "CHAP"]]);
  assertEquals(step(login, {}, [["CHAP_A", "5"]]).transit, false);
  const last = step(login, {}, [["CHAP_N", "me"], ["CHAP_R", "0x01"]]);
  assertEquals([last.transit, last.nextStage], [true, 1]);
});

/** Logins that end in an error: what is sent before, and the request that is refused. */
const refusals: readonly {
  what: string;
  login?: () => Login;
  flags?: LoginFlags;
  pairs?: readonly TextPair[];
  status: number;
}[] = [
  { what: "T and C together", flags: { continued: true }, status: 0x0200 },
  { what: "a start in stage 2", flags: { currentStage: 2, nextStage: 3 }, status: 0x0200 },
  { what: "a start in full feature phase", flags: { currentStage: 3, nextStage: 3 }, status: 0x0200 },
  { what: "a step from 0 to 0", flags: { nextStage: 0 }, status: 0x0200 },
  { what: "a step from 0 to 2", flags: { nextStage: 2 }, status: 0x0200 },
  { what: "a step from 1 to 0", login: operationalLogin, flags: { currentStage: 1, nextStage: 0 }, status: 0x0200 },
  { what: "a step from 1 to 1", login: operationalLogin, flags: { currentStage: 1, nextStage: 1 }, status: 0x0200 },
  { what: "a stage that was left", login: operationalLogin, flags: {}, pairs: [], status: 0x0200 },
  { what: "a stage that was not granted", login: stayingLogin, flags: operational, pairs: [], status: 0x0200 },
  { what: "version 1 at least", flags: { versionMax: 2, versionMin: 1 }, status: 0x0205 },
  {
    what: "another ISID",
    login: operationalLogin,
    flags: { ...operational, isid: [0, 2, 61, 0, 0, 1] },
    status: 0x0200,
  },
  { what: "another CID", login: operationalLogin, flags: { ...operational, cid: 2 }, status: 0x0200 },
  { what: "another TSIH", login: operationalLogin, flags: { ...operational, tsih: 9 }, status: 0x0200 },
  { what: "no keys at all", pairs: [], status: 0x0207 },
  { what: "a missing InitiatorName", pairs: normal.slice(1), status: 0x0207 },
  { what: "a missing TargetName", pairs: [["InitiatorName", INITIATOR]], status: 0x0207 },
  { what: "a name that is none", pairs: [["InitiatorName", "me"], ["TargetName", TARGET]], status: 0x0200 },
  {
    what: "an unknown target",
    pairs: [["InitiatorName", INITIATOR], ["TargetName", "iqn.2024-01.org.lunbox:no"]],
    status: 0x0203,
  },
  {
    what: "an unknown session type",
    pairs: [["InitiatorName", INITIATOR], ["SessionType", "Other"], ["TargetName", TARGET]],
    status: 0x0209,
  },
  { what: "a method that is not served", pairs: [...normal.slice(0, 3), ["AuthMethod", "CHAP"]], status: 0x0201 },
  {
    what: "no method where one is needed",
    login: () => newLogin(closedHost),
    pairs: normal.slice(0, 3),
    status: 0x0201,
  },
  {
    what: "a start behind the authentication that is needed",
    login: () => newLogin(closedHost),
    flags: operational,
    pairs: normal.slice(0, 3),
    status: 0x0201,
  },
  { what: "a key twice in one text", pairs: [...normal, ["AuthMethod", "None"]], status: 0x0200 },
  { what: "a security key twice in two texts", login: stayingLogin, pairs: [["AuthMethod", "None"]], status: 0x0200 },
  { what: "a name said again", login: operationalLogin, flags: operational, pairs: normal.slice(0, 1), status: 0x0200 },
  {
    what: "an operational key twice",
    login: operationalLogin,
    flags: operational,
    pairs: [["InitialR2T", "No"], ["InitialR2T", "Yes"]],
    status: 0x0200,
  },
  { what: "operational keys in the security stage", pairs: [...normal, ["HeaderDigest", "None"]], status: 0x0200 },
  {
    what: "security keys in the operational stage",
    login: operationalLogin,
    flags: operational,
    pairs: [["CHAP_A", "5"]],
    status: 0x0200,
  },
  { what: "SendTargets", login: operationalLogin, flags: operational, pairs: [["SendTargets", "All"]], status: 0x0200 },
  {
    what: "a late session type",
    login: operationalLoginWithoutType,
    flags: operational,
    pairs: [["SessionType", "Discovery"]],
    status: 0x0200,
  },
  { what: "a key of 64 bytes", pairs: [...normal, ["K".repeat(64), "1"]], status: 0x0200 },
  { what: "a key of 8000 bytes", pairs: [...normal, ["K".repeat(8000), "1"]], status: 0x0200 },
  { what: "a value of 256 bytes", pairs: [...normal, ["InitiatorAlias", "x".repeat(256)]], status: 0x0200 },
  { what: "an answer to no offer", pairs: [...normal, ["X-a", "NotUnderstood"]], status: 0x0200 },
  { what: "CHAP_R out of the blue", pairs: [...normal, ["CHAP_R", `0x${"ff".repeat(64)}`]], status: 0x0200 },
];

for (const { what, login = newLogin, flags = {}, pairs = normal, status } of refusals) {
  Deno.test(`step() answers ${what} with ${status.toString(16).padStart(4, "0")}h and stays refused`, () => {
    const machine = login();
    const refused = step(machine, flags, pairs);
    assertEquals(refused.status, status, refused.reason);
    assertEquals([refused.transit, refused.continued, refused.nextStage, refused.text.length], [false, false, 0, 0]);
    assert((refused.reason ?? "").startsWith("Cannot "));
    assert(machine.failed && !machine.finished);
    assertEquals(step(machine, {}, normal).status, status);
  });
}

const broken: readonly { what: string; data: Uint8Array }[] = [
  { what: "no equals sign", data: new TextEncoder().encode("InitiatorName\0") },
  { what: "no key", data: new TextEncoder().encode("=NotUnderstood\0") },
  { what: "bytes of a port scanner", data: new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n") },
  { what: "bytes that are no UTF-8", data: new Uint8Array([0x41, 0x3d, 0xff, 0xfe, 0]) },
  { what: "a truncated pair", data: encodeText(normal).subarray(0, 5) },
];

for (const { what, data } of broken) {
  Deno.test(`step() answers text with ${what} with 0200h`, () => {
    assertEquals(newLogin().step(loginHeader(), data).status, 0x0200);
  });
}

Deno.test("step() gathers 64 KiB of continued text and no more", () => {
  const login = newLogin();
  const flags = loginHeader({ transit: false, continued: true });
  for (let length = 0; length < MAX_TEXT; length += LOGIN_SEGMENT) {
    assertEquals(login.step(flags, new Uint8Array(LOGIN_SEGMENT)).status, 0);
  }
  assertEquals(login.step(flags, new Uint8Array(1)).status, 0x0200);
});

Deno.test("step() takes no endless login", () => {
  const login = stayingLogin();
  for (let i = 1; i < MAX_LOGIN_REQUESTS; i++) assertEquals(step(login, { transit: false }, []).status, 0);
  const last = step(login, { transit: false }, []);
  assertEquals(last.status, 0x0200);
  assertStringIncludes(last.reason ?? "", "requests");
});

Deno.test("step() refuses a login after the login", () => {
  const login = newLogin();
  step(login, { nextStage: 3 }, normal);
  assertEquals(step(login, {}, normal).status, 0x020b);
  assert(login.finished);
});

Deno.test("step() passes on what the host says", () => {
  for (const status of [0x0202, 0x0204, 0x0301, 0x0302]) {
    const refuse = () => {
      throw new LoginError(status, "Cannot serve this initiator: not now");
    };
    const refused = step(newLogin({ target: refuse, discovery: refuse }), {}, normal);
    assertEquals([refused.status, refused.reason], [status, "Cannot serve this initiator: not now"]);
    const discovery: TextPair[] = [["InitiatorName", INITIATOR], ["SessionType", "Discovery"]];
    assertEquals(step(newLogin({ target: refuse, discovery: refuse }), {}, discovery).status, status);
  }
});

Deno.test("step() throws what is no fault of the initiator", () => {
  const mistake = () => {
    throw new TypeError("Cannot read the configuration: none");
  };
  assertThrows(() => step(newLogin({ target: mistake, discovery: mistake }), {}, normal), TypeError);
});

for (const [permanent, status] of [[false, 0x0101], [true, 0x0102]] as const) {
  Deno.test(`step() sends an initiator elsewhere with ${status.toString(16).padStart(4, "0")}h and the address`, () => {
    const movedTo = { address: "192.0.2.7:3260", permanent };
    const target = () => ({ portalGroupTag: 1, authentication: [noAuthentication], movedTo });
    const moved = step(newLogin({ ...openHost, target }), {}, normal);
    assertEquals([moved.status, moved.transit], [status, false]);
    assertEquals(pairsOf(moved), [["TargetAddress", "192.0.2.7:3260"]]);
  });
}

Deno.test("step() finds session-wide keys irrelevant on a further connection", () => {
  const login = newLogin();
  step(login, { tsih: 3 }, normal);
  const offers: TextPair[] = [["MaxConnections", "4"], ["HeaderDigest", "CRC32C"], [
    "MaxRecvDataSegmentLength",
    "4096",
  ]];
  assertEquals(pairsOf(step(login, { ...operational, tsih: 3 }, offers)), [
    ["MaxConnections", "Irrelevant"],
    ["HeaderDigest", "CRC32C"],
    ["MaxRecvDataSegmentLength", "262144"],
  ]);
  assertEquals(login.tsih, 3);
});

/** A login that has not asked to leave the security stage. */
function stayingLogin(): Login {
  const login = newLogin();
  step(login, { transit: false }, normal);
  return login;
}

function operationalLoginWithoutType(): Login {
  const login = newLogin();
  step(login, {}, normal.filter(([name]) => name !== "SessionType"));
  return login;
}
