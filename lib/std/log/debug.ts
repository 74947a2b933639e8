import { getLogger } from "./get_logger.ts";
import type { GenericFunction } from "./logger.ts";

/**
 * Logs the result of `msg` at level DEBUG with the default logger. `msg` is called only when the level is logged.
 *
 * @param msg Makes the message
 * @param args What the message speaks of
 * @returns the message, or `undefined` when the level is not logged
 */
export function debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
/**
 * Logs `msg` at level DEBUG with the default logger.
 *
 * @param msg The message
 * @param args What the message speaks of
 * @returns the message
 */
export function debug<T>(
  msg: T extends GenericFunction ? never : T,
  ...args: unknown[]
): T;
export function debug<T>(
  msg: (T extends GenericFunction ? never : T) | (() => T),
  ...args: unknown[]
): T | undefined {
  const logger = getLogger("default");
  return msg instanceof Function ? logger.debug(msg, ...args) : logger.debug(msg, ...args);
}
