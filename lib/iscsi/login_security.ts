/**
 * The security stage of a login (RFC 7143 §6.3.2, §12.1): chooses the method and lets it speak.
 *
 * @module
 */

import type { AuthenticationExchange, AuthenticationMethod } from "./authentication.ts";
import { loginStatus } from "./constants.ts";
import { LoginError } from "./errors.ts";
import { formatList, parseList, type TextPair } from "./text.ts";

const METHOD_KEY = "AuthMethod";

/** One login's way through the security stage. */
export class LoginSecurity {
  readonly #methods: readonly AuthenticationMethod[];
  #exchange: AuthenticationExchange | undefined;
  #done = false;

  /** `methods` are good enough for what the initiator wants. */
  constructor(methods: readonly AuthenticationMethod[]) {
    this.#methods = methods;
  }

  /**
   * Answers the security keys of one request.
   *
   * @throws {LoginError} 0201h when no offered method is good enough or the method refuses
   */
  answer(pairs: readonly TextPair[]): TextPair[] {
    const answers: TextPair[] = [];
    const rest: TextPair[] = [];
    for (const pair of pairs) {
      if (pair[0] !== METHOD_KEY) rest.push(pair);
      else answers.push([METHOD_KEY, this.#choose(pair[1])]);
    }
    if (this.#exchange === undefined || this.#done) {
      refuseStray(rest);
      return answers;
    }
    const step = this.#exchange.next(rest);
    this.#done = step.done;
    for (const pair of step.pairs) answers.push(pair);
    return answers;
  }

  /**
   * Whether the initiator, who asks to, may leave the security stage or skip it.
   *
   * @throws {LoginError} 0201h when it has offered no method and needs one
   */
  mayLeave(): boolean {
    if (this.#exchange !== undefined) return this.#done;
    if (this.#methods.some((method) => method.name === "None")) return true;
    throw new LoginError(
      loginStatus.authenticationFailure,
      `Cannot log in without authentication: ${this.#names()} is required`,
    );
  }

  #choose(offer: string): string {
    for (const name of parseList(offer)) {
      const method = this.#methods.find((candidate) => candidate.name === name);
      if (method === undefined) continue;
      this.#exchange = method.begin();
      return method.name;
    }
    throw new LoginError(
      loginStatus.authenticationFailure,
      `Cannot authenticate with any of ${JSON.stringify(offer)}: ${this.#names()} is required`,
    );
  }

  #names(): string {
    return formatList(this.#methods.map((method) => method.name));
  }
}

function refuseStray(pairs: readonly TextPair[]): void {
  const [first] = pairs;
  if (first === undefined) return;
  throw new LoginError(loginStatus.initiatorError, `Cannot take ${first[0]}: no authentication is under way`);
}
