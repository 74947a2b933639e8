/** A record of arguments; dots in a name make nested records. */
type Nest = Record<string, unknown>;

/** What the options of a call say about each name, aliases resolved. */
export interface NameSets {
  /** All names that mean the same, by name, without itself */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names that take no value */
  readonly booleans: ReadonlySet<string>;
  /** Names whose value is never made a number */
  readonly strings: ReadonlySet<string>;
  /** Names whose values are gathered in an array */
  readonly collected: ReadonlySet<string>;
  /** Names that `--no-` may precede */
  readonly negatable: ReadonlySet<string>;
}

/**
 * Groups names with their aliases.
 *
 * @param alias The `alias` option
 * @returns for each name all others that mean the same
 * @throws {TypeError} when an alias is undefined
 */
export function aliasSets(alias: Readonly<Record<string, unknown>>): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const [name, value] of Object.entries(alias)) {
    if (value === undefined) throw new TypeError("Alias value must be defined");
    const others: string[] = Array.isArray(value) ? value : [value];
    sets.set(name, new Set(others));
    for (const other of others) sets.set(other, new Set([name, ...others.filter((each) => each !== other)]));
  }
  return sets;
}

/**
 * The names of an option and all their aliases.
 *
 * @param option A name, several, or something else for none
 * @param aliases From {@linkcode aliasSets}
 * @returns the names, empty ones left out
 */
export function nameSet(option: unknown, aliases: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const named: unknown[] = Array.isArray(option) ? option : [option];
  const names = named.filter((name): name is string => typeof name === "string" && name !== "");
  return new Set(names.flatMap((name) => [name, ...aliases.get(name) ?? []]));
}

/**
 * Tells whether `text` is written like a number: decimal, with exponent, or hexadecimal with `0x`.
 *
 * @param text A value from the command line
 * @returns `true` when `Number(text)` is meant
 */
export function isNumeric(text: string): boolean {
  return /^0x[0-9a-f]+$/i.test(text) || /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/.test(text);
}

/**
 * Tells whether an argument has been set.
 *
 * @param root All arguments
 * @param name Its name, dots for nesting
 * @returns `true` when it is there, whatever its value
 */
export function hasArgument(root: Nest, name: string): boolean {
  const keys = name.split(".");
  const last = keys.pop();
  let nest: unknown = root;
  for (const key of keys) nest = isNest(nest) && Object.hasOwn(nest, key) ? nest[key] : undefined;
  return isNest(nest) && last !== undefined && Object.hasOwn(nest, last);
}

/**
 * Sets an argument, or adds to it.
 *
 * @param root All arguments, changed
 * @param name Its name, dots for nesting
 * @param value Its value
 * @param collect Whether the value is added to those already there
 */
export function setArgument(root: Nest, name: string, value: unknown, collect = false): void {
  const keys = name.split(".");
  const last = keys.pop() ?? name;
  let nest = root;
  for (const key of keys) {
    // Only own records are entered: names such as __proto__ must not reach what all objects share
    const inner: unknown = Object.hasOwn(nest, key) ? nest[key] : undefined;
    const next = isNest(inner) ? inner : {};
    if (next !== inner) define(nest, key, next);
    nest = next;
  }
  const old: unknown = Object.hasOwn(nest, last) ? nest[last] : undefined;
  if (collect && Array.isArray(old)) old.push(value);
  else define(nest, last, collect ? (old ? [old, value] : [value]) : value);
}

function define(nest: Nest, key: string, value: unknown): void {
  Object.defineProperty(nest, key, { value, writable: true, enumerable: true, configurable: true });
}

function isNest(value: unknown): value is Nest {
  return typeof value === "object" && value !== null;
}
