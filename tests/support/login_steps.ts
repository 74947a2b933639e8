/**
 * Login and Text Requests without a connection: what a test says, what the state machines hear, what they answer.
 *
 * @module
 */

import { type AuthenticationMethod, noAuthentication } from "../../lib/iscsi/authentication.ts";
import { loginStatus, RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { LoginError } from "../../lib/iscsi/errors.ts";
import { Login, type LoginStep } from "../../lib/iscsi/login.ts";
import type { LoginHost } from "../../lib/iscsi/login_host.ts";
import { defaultLocalParameters, type LocalParameters } from "../../lib/iscsi/parameters.ts";
import { loginRequest } from "../../lib/iscsi/pdu/login.ts";
import { textRequest } from "../../lib/iscsi/pdu/text.ts";
import { decodeText, encodeText, type TextPair } from "../../lib/iscsi/text.ts";

export const INITIATOR = "iqn.1991-05.com.example:host";
export const TARGET = "iqn.2024-01.org.lunbox:disk";

/** Flags and fields of a Login Request; what is absent is as in the first request of Windows. */
export interface LoginFlags {
  readonly transit?: boolean;
  readonly continued?: boolean;
  readonly currentStage?: number;
  readonly nextStage?: number;
  readonly versionMax?: number;
  readonly versionMin?: number;
  readonly isid?: readonly number[];
  readonly tsih?: number;
  readonly cid?: number;
}

/** A host with one target that wants no authentication. */
export const openHost: LoginHost = {
  target(name) {
    if (name !== TARGET) throw new LoginError(loginStatus.notFound, `Cannot find target "${name}"`);
    return { portalGroupTag: 1, authentication: [noAuthentication] };
  },
  discovery: () => ({ authentication: [noAuthentication] }),
};

/** A method in two steps, in the manner of CHAP: any CHAP_R but 0x01 fails. */
export const challenge: AuthenticationMethod = {
  name: "CHAP",
  begin() {
    return {
      next(pairs) {
        const keys = new Map(pairs);
        if (keys.has("CHAP_A")) return { pairs: [["CHAP_A", "5"], ["CHAP_I", "1"], ["CHAP_C", "0x00"]], done: false };
        const response = keys.get("CHAP_R");
        if (response === undefined) return { pairs: [], done: false };
        if (response === "0x01") return { pairs: [], done: true };
        throw new LoginError(loginStatus.authenticationFailure, "Cannot authenticate: the response is wrong");
      },
    };
  },
};

/** A login at `host`. */
export function newLogin(host: LoginHost = openHost, local: Partial<LocalParameters> = {}): Login {
  return new Login({ host, local: { ...defaultLocalParameters, ...local } });
}

/** The header of a Login Request. */
export function loginHeader(flags: LoginFlags = {}): Uint8Array {
  const { isid = [0x40, 0x00, 0x01, 0x37, 0, 1], ...rest } = flags;
  return loginRequest.encode({
    opcode: 0x03,
    immediate: true,
    transit: true,
    currentStage: 0,
    nextStage: 1,
    cid: 1,
    initiatorTaskTag: 1,
    ...rest,
    isid: new Uint8Array(isid),
  });
}

/** One step of a login, its text as pairs. */
export function step(login: Login, flags: LoginFlags, pairs: readonly TextPair[]): LoginStep {
  return login.step(loginHeader(flags), encodeText(pairs));
}

/** The pairs of an answer. */
export function pairsOf(answer: { readonly text: Uint8Array }): TextPair[] {
  return decodeText(answer.text);
}

/** The keys that open a normal session. */
export const normal: readonly TextPair[] = [
  ["InitiatorName", INITIATOR],
  ["SessionType", "Normal"],
  ["TargetName", TARGET],
  ["AuthMethod", "None"],
];

/** Flags of the second request of most logins: operational stage, on to full feature phase. */
export const operational = { currentStage: 1, nextStage: 3 } as const;

/** A login that has come to the operational stage. */
export function operationalLogin(local: Partial<LocalParameters> = {}): Login {
  const login = newLogin(openHost, local);
  step(login, {}, normal);
  return login;
}

/** The header of a Text Request. */
export function textHeader(
  flags: {
    readonly final?: boolean;
    readonly continued?: boolean;
    readonly initiatorTaskTag?: number;
    readonly targetTransferTag?: number;
  } = {},
): Uint8Array {
  return textRequest.encode({
    opcode: 0x04,
    final: true,
    initiatorTaskTag: 7,
    targetTransferTag: RESERVED_TAG,
    ...flags,
  });
}
