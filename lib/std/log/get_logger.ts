import { loggers } from "./_state.ts";
import { Logger } from "./logger.ts";

/**
 * The logger of a name. One that is not configured is made, with level NOTSET and no handler.
 *
 * @param name Its name (default: the default logger)
 * @returns the logger, the same each time until `setup()`
 * @throws {Error} when there is no default logger
 */
export function getLogger(name?: string): Logger {
  const known = loggers.get(name || "default");
  if (known !== undefined) return known;
  if (!name) throw new Error('"default" logger must be set for getting logger without name');
  const logger = new Logger(name, "NOTSET", { handlers: [] });
  loggers.set(name, logger);
  return logger;
}
