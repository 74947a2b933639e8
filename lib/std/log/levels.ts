/** The levels and their numbers: the higher, the graver. */
export const LogLevels = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The number of a level. */
export type LogLevel = typeof LogLevels[LevelName];

/** The name of a level. */
export type LevelName = keyof typeof LogLevels;

/** The names of all levels, the least grave first. */
export const LogLevelNames: LevelName[] = [
  "NOTSET",
  "DEBUG",
  "INFO",
  "WARN",
  "ERROR",
  "CRITICAL",
];

/**
 * The number of a level.
 *
 * @param name Its name
 * @returns its number
 * @throws {Error} when there is no level of that name
 */
export function getLevelByName(name: LevelName): LogLevel {
  const level: LogLevel | undefined = Object.hasOwn(LogLevels, name) ? LogLevels[name] : undefined;
  if (level === undefined) {
    throw new Error(`Cannot get log level: no level named ${name}`);
  }
  return level;
}

/**
 * The name of a level.
 *
 * @param level Its number
 * @returns its name
 * @throws {Error} when there is no level of that number
 */
export function getLevelName(level: LogLevel): LevelName {
  const name = LogLevelNames.find((each) => LogLevels[each] === level);
  if (name === undefined) {
    throw new Error(`Cannot get log level: no name for level: ${level}`);
  }
  return name;
}
