import { getLogger } from "./get_logger.ts";
import type { GenericFunction } from "./logger.ts";

/**
 * Logs the result of `msg` at level CRITICAL with the default logger. `msg` is called only when the level is logged.
 *
 * @param msg Makes the message
 * @param args What the message speaks of
 * @returns the message, or `undefined` when the level is not logged
 */
export function critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
/**
 * Logs `msg` at level CRITICAL with the default logger.
 *
 * @param msg The message
 * @param args What the message speaks of
 * @returns the message
 */
export function critical<T>(
  msg: T extends GenericFunction ? never : T,
  ...args: unknown[]
): T;
export function critical<T>(
  msg: (T extends GenericFunction ? never : T) | (() => T),
  ...args: unknown[]
): T | undefined {
  const logger = getLogger("default");
  return msg instanceof Function ? logger.critical(msg, ...args) : logger.critical(msg, ...args);
}
