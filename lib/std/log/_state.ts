import type { BaseHandler } from "./base_handler.ts";
import { ConsoleHandler } from "./console_handler.ts";
import type { LevelName } from "./levels.ts";
import { type LogConfig, Logger } from "./logger.ts";

/** The level of loggers that are configured without one. */
export const DEFAULT_LEVEL: LevelName = "INFO";

/** What is configured before `setup()`: one logger to the console. */
export const DEFAULT_CONFIG: LogConfig = {
  handlers: { default: new ConsoleHandler(DEFAULT_LEVEL) },
  loggers: { default: { level: DEFAULT_LEVEL, handlers: ["default"] } },
};

/** The handlers of the present configuration. */
export const handlers: Map<string, BaseHandler> = new Map(
  Object.entries(DEFAULT_CONFIG.handlers ?? {}),
);

/** The loggers there are. */
export const loggers: Map<string, Logger> = new Map([
  [
    "default",
    new Logger("default", DEFAULT_LEVEL, { handlers: [...handlers.values()] }),
  ],
]);
