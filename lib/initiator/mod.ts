/**
 * Our own initiator.
 *
 * @module
 */

export type { ChapIdentity, InitiatorChap } from "./authentication.ts";
export type { Transport } from "./channel.ts";
export type { CommandOptions, CommandResult } from "./command.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export { DEFAULT_INITIATOR_NAME, discover, type DiscoverOptions } from "./discover.ts";
export {
  AnswerTimeoutError,
  AuthenticationError,
  describeLoginStatus,
  LoginRefusedError,
  SessionClosedError,
  TargetFailureError,
} from "./errors.ts";
export { Initiator, type InitiatorOptions } from "./initiator.ts";
export type { LoginOptions } from "./login.ts";
export type { AgreedParameters, InitiatorParameters } from "./parameters.ts";
export type { DiscoveredPortal, DiscoveredTarget } from "./send_targets.ts";
