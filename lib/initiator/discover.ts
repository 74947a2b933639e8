/**
 * Which targets are behind a portal: a discovery session from beginning to end (RFC 7143 §4.3, Appendix C).
 *
 * @module
 */

import { connect, type ConnectOptions } from "./connect.ts";
import type { InitiatorChap } from "./authentication.ts";
import { Initiator } from "./initiator.ts";
import type { DiscoveredTarget } from "./send_targets.ts";

/** Which portal to ask, and as whom. */
export interface DiscoverOptions extends ConnectOptions {
  /** The name that access lists see; a name of our own by default. */
  readonly initiatorName?: string;
  /** By what we prove who we are; absent where everybody may ask. */
  readonly chap?: InitiatorChap;
}

/** The name of our initiator where nobody gives it another. */
export const DEFAULT_INITIATOR_NAME = "iqn.2026-11.io.lunbox:initiator";

/**
 * Asks a portal for its targets.
 *
 * @example
 * ```ts ignore
 * import { discover } from "@lunbox/lunbox";
 *
 * for (const { name, portals } of await discover({ hostname: "127.0.0.1" })) console.log(name, portals);
 * ```
 *
 * @throws {LoginRefusedError} the portal does not let us in.
 * @throws {AuthenticationError} it has not proven who it is, or wants proof of another kind than we have.
 * @throws {AnswerTimeoutError} it does not answer.
 * @throws {ConnectionError} it does not speak iSCSI.
 * @throws {Error} what the operating system says of the connection.
 */
export async function discover(options: DiscoverOptions): Promise<DiscoveredTarget[]> {
  const { initiatorName = DEFAULT_INITIATOR_NAME, timeout, chap } = options;
  const transport = await connect(options);
  await using initiator = await Initiator.login(transport, {
    initiatorName,
    ...(timeout === undefined ? {} : { timeout }),
    ...(chap === undefined ? {} : { chap }),
  });
  return await initiator.sendTargets();
}
