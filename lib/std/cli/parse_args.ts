import { aliasSets, hasArgument, isNumeric, nameSet, type NameSets, setArgument } from "./_parse_args_state.ts";
import type { Aliases, BooleanType, DefaultType, Flatten, NameType, Values } from "./_parse_args_types.ts";

/** What {@linkcode parseArgs} returns: the options by name, and the operands in `_`. */
export type Args<
  // deno-lint-ignore no-explicit-any -- the published type
  TArgs extends Record<string, unknown> = Record<string, any>,
  TDoubleDash extends boolean | undefined = undefined,
> = Flatten<
  & TArgs
  & {
    /** All arguments that belong to no option */
    _: Array<string | number>;
  }
  & (boolean extends TDoubleDash ? DoubleDash
    : true extends TDoubleDash ? Required<DoubleDash>
    : Record<never, never>)
>;

/** What comes after `--`, when asked for apart. */
type DoubleDash = {
  /** All arguments after `--`, unread */
  "--"?: Array<string>;
};

/** What {@linkcode parseArgs} is to know of the arguments. */
export interface ParseOptions<
  TBooleans extends BooleanType = BooleanType,
  TStrings extends NameType = NameType,
  TCollectable extends NameType = NameType,
  TNegatable extends NameType = NameType,
  TDefault extends DefaultType = DefaultType,
  TAliases extends Aliases | undefined = Aliases | undefined,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows `--` is returned as `"--"` instead of in `_` (default: false). */
  "--"?: TDoubleDash;
  /** Other names, by name. */
  alias?: TAliases;
  /** Names that take no value and are `false` unless given; `true` for all long options without `=`. */
  boolean?: TBooleans | ReadonlyArray<Extract<TBooleans, string>>;
  /** Values of options that are not given. */
  default?: TDefault & Partial<Record<string, unknown>>;
  /** Whether everything from the first operand on is operands (default: false). */
  stopEarly?: boolean;
  /** Names whose values are texts, even those like numbers. */
  string?: TStrings | ReadonlyArray<Extract<TStrings, string>>;
  /** Names that may be given several times; their values come as an array. */
  collect?: TCollectable | ReadonlyArray<Extract<TCollectable, string>>;
  /** Names that `--no-` may precede, for `false`. */
  negatable?: TNegatable | ReadonlyArray<Extract<TNegatable, string>>;
  /** Called for each argument that no option mentions; the argument is dropped when it returns `false`. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * Takes a command line apart.
 *
 * `--name value`, `--name=value`, `-n value`, `-n=value`, `-nvalue` for numbers and paths, `-abc` for three flags.
 * Values like numbers become numbers unless named in `string`; `true` and `false` after a flag are its value; after `--`
 * nothing is read. Dots in names make nested records.
 *
 * @example
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 * import { assertEquals } from "@std/assert";
 *
 * const args = parseArgs(["--image", "a.img", "--image=b.img", "-v", "extra"], {
 *   boolean: ["verbose"],
 *   string: ["image"],
 *   collect: ["image"],
 *   alias: { verbose: "v" },
 * });
 * assertEquals(args, { image: ["a.img", "b.img"], verbose: true, v: true, _: ["extra"] });
 * ```
 *
 * @typeParam TArgs The options of the result
 * @typeParam TDoubleDash Whether the result has `"--"`
 * @param args The command line, as in `Deno.args`
 * @param options What is known of the arguments
 * @returns the options by name, and the operands in `_`
 */
export function parseArgs<
  TArgs extends Values<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TAliases>,
  TDoubleDash extends boolean | undefined = undefined,
  TBooleans extends BooleanType = undefined,
  TStrings extends NameType = undefined,
  TCollectable extends NameType = undefined,
  TNegatable extends NameType = undefined,
  TDefaults extends DefaultType = undefined,
  TAliases extends Aliases<TAliasArgNames, TAliasNames> | undefined = undefined,
  TAliasArgNames extends string = string,
  TAliasNames extends string = string,
>(
  args: string[],
  options?: ParseOptions<TBooleans, TStrings, TCollectable, TNegatable, TDefaults, TAliases, TDoubleDash>,
): Args<TArgs, TDoubleDash> {
  const given: ParseOptions = { ...options } as ParseOptions;
  return new Parser(given).parse(args) as Args<TArgs, TDoubleDash>;
}

const OPTION = /^-(?:(?<long>-)(?<no>no-)?)?(?<name>.+?)(?:=(?<value>.+?))?$/s;

type Scalar = string | boolean;

class Parser {
  readonly #options: ParseOptions;
  readonly #names: NameSets;
  readonly #allFlags: boolean;
  readonly #result: Record<string, unknown> & { _: Array<string | number> } = { _: [] };

  constructor(options: ParseOptions) {
    this.#options = options;
    this.#allFlags = options.boolean === true;
    const aliases = aliasSets(options.alias ?? {});
    this.#names = {
      aliases,
      booleans: nameSet(options.boolean, aliases),
      strings: nameSet(options.string, aliases),
      collected: nameSet(options.collect, aliases),
      negatable: nameSet(options.negatable, aliases),
    };
  }

  parse(args: readonly string[]): Record<string, unknown> {
    const end = args.indexOf("--");
    this.#read(end < 0 ? args : args.slice(0, end));
    this.#addDefaults();
    const rest = end < 0 ? [] : args.slice(end + 1);
    if (this.#options["--"]) this.#result["--"] = rest;
    else this.#result._.push(...rest);
    return this.#result;
  }

  #read(args: readonly string[]): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? "";
      const parts = OPTION.exec(arg)?.groups;
      if (parts !== undefined) {
        if (parts.long ? this.#long(arg, parts, args[i + 1]) : this.#short(arg, args[i + 1])) i++;
        continue;
      }
      if (this.#options.unknown?.(arg) !== false) {
        this.#result._.push(this.#names.strings.has("_") || !isNumeric(arg) ? arg : Number(arg));
      }
      if (this.#options.stopEarly) {
        this.#result._.push(...args.slice(i + 1));
        return;
      }
    }
  }

  /** Sets the option of `--…`; tells whether the next argument was its value. */
  #long(arg: string, parts: Record<string, string>, next: string | undefined): boolean {
    const name = parts.name ?? "";
    if (parts.value) {
      // A leading no- is no part of a name that has a value, as published
      this.#set(name, this.#names.booleans.has(name) ? parts.value !== "false" : parts.value, arg);
      return false;
    }
    if (parts.no && this.#names.negatable.has(name)) {
      this.#set(name, false, arg, false);
      return false;
    }
    const whole = parts.no ? `no-${name}` : name;
    const takesNext = !this.#allFlags && !next?.startsWith("-");
    return this.#setWithNext(whole, arg, next, takesNext);
  }

  /** Sets the options of `-…`; tells whether the next argument was the value of the last of them. */
  #short(arg: string, next: string | undefined): boolean {
    const letters = arg.slice(1, -1);
    for (let j = 0; j < letters.length; j++) {
      const letter = letters.charAt(j);
      const rest = arg.slice(j + 2);
      if (rest === "-") {
        this.#set(letter, rest, arg);
        continue;
      }
      const value = attachedValue(letter, rest, letters.charAt(j + 1));
      if (value !== undefined) {
        this.#set(letter, value, arg);
        return false;
      }
      this.#set(letter, this.#absent(letter), arg);
    }
    const last = arg.slice(-1);
    if (last === "-") return false;
    return this.#setWithNext(last, arg, next, !/^--?[^-]/.test(next ?? ""));
  }

  #setWithNext(name: string, arg: string, next: string | undefined, takesNext: boolean): boolean {
    if (next && takesNext && !this.#isFlag(name)) {
      this.#set(name, next, arg);
      return true;
    }
    if (next === "true" || next === "false") {
      this.#set(name, next === "true", arg);
      return true;
    }
    this.#set(name, this.#absent(name), arg);
    return false;
  }

  #isFlag(name: string): boolean {
    const { booleans, aliases } = this.#names;
    return booleans.has(name) || [...aliases.get(name) ?? []].some((alias) => booleans.has(alias));
  }

  /** The value of an option without one. */
  #absent(name: string): Scalar {
    return this.#names.strings.has(name) ? "" : true;
  }

  #set(name: string, value: Scalar, arg: string, collect = true): void {
    const { aliases, booleans, strings, collected } = this.#names;
    const known = booleans.has(name) || strings.has(name) || aliases.has(name) ||
      (this.#allFlags && /^--[^=]+$/.test(arg));
    if (!known && this.#options.unknown?.(arg, name, value) === false) return;
    const converted = typeof value === "string" && !strings.has(name) && isNumeric(value) ? Number(value) : value;
    const gathers = collect && collected.has(name);
    for (const each of [name, ...aliases.get(name) ?? []]) setArgument(this.#result, each, converted, gathers);
  }

  #addDefaults(): void {
    const { aliases, booleans, strings, collected } = this.#names;
    for (const [name, value] of Object.entries(this.#options.default ?? {})) {
      if (hasArgument(this.#result, name)) continue;
      for (const each of [name, ...aliases.get(name) ?? []]) setArgument(this.#result, each, value);
    }
    for (const name of booleans) {
      if (!hasArgument(this.#result, name)) setArgument(this.#result, name, collected.has(name) ? [] : false);
    }
    for (const name of strings) {
      if (!hasArgument(this.#result, name) && collected.has(name)) setArgument(this.#result, name, []);
    }
  }
}

/** The value written right behind a short option, or `undefined` when more letters follow. */
function attachedValue(letter: string, rest: string, following: string): string | undefined {
  if (/[A-Za-z]/.test(letter)) {
    const assigned = /=(.+)/s.exec(rest)?.[1];
    if (assigned !== undefined) return assigned;
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return /^\W/.test(following) ? rest : undefined;
}
