import { DEFAULT_CONFIG, DEFAULT_LEVEL, handlers, loggers } from "./_state.ts";
import { type LogConfig, Logger } from "./logger.ts";

/**
 * Replaces all handlers and loggers: those before are destroyed, the new ones made ready. What `config` does not name
 * of the default logger and handler stays as by default.
 *
 * @example
 * ```ts
 * import { ConsoleHandler, getLogger, setup } from "@std/log";
 *
 * setup({
 *   handlers: { console: new ConsoleHandler("DEBUG") },
 *   loggers: { net: { level: "DEBUG", handlers: ["console"] } },
 * });
 * getLogger("net").debug("connected");
 * ```
 *
 * @param config The handlers and loggers
 */
export function setup(config: LogConfig): void {
  for (const handler of handlers.values()) handler.destroy();
  handlers.clear();
  for (
    const [name, handler] of Object.entries({
      ...DEFAULT_CONFIG.handlers,
      ...config.handlers,
    })
  ) {
    handler.setup();
    handlers.set(name, handler);
  }
  loggers.clear();
  for (
    const [name, logger] of Object.entries({
      ...DEFAULT_CONFIG.loggers,
      ...config.loggers,
    })
  ) {
    const named = (logger.handlers ?? []).flatMap((handler) => handlers.get(handler) ?? []);
    loggers.set(
      name,
      new Logger(name, logger.level ?? DEFAULT_LEVEL, { handlers: named }),
    );
  }
}
