/**
 * The types behind `parseArgs`: what a call returns, worked out from the names its options mention.
 *
 * @module
 */

/** The `boolean` option: names, or `true` for all long flags. */
export type BooleanType = boolean | string | undefined;

/** Options that are names only. */
export type NameType = string | undefined;

/** The `default` option. */
export type DefaultType = Record<string, unknown> | undefined;

/** The `alias` option: other names by name. */
export type Aliases<TArgNames = string, TAliasNames extends string = string> = Partial<
  Record<Extract<TArgNames, string>, TAliasNames | ReadonlyArray<TAliasNames>>
>;

/** An intersection written as one record, at every depth. */
export type Flatten<T> = T extends Record<string, unknown>
  ? T extends infer R ? { [K in keyof R]: Flatten<R[K]> } : never
  : T;

type Intersection<T> = (T extends unknown ? (value: T) => void : never) extends (value: infer R) => void ? R : never;

/** The record `{ a: { b: T } }` for the name `"a.b"`; optional throughout when `TOptional`. */
type Entry<TName, T, TOptional extends boolean> = TName extends `${infer Head}.${infer Rest}`
  ? TOptional extends true ? { [K in Head]?: Entry<Rest, T, true> } : { [K in Head]: Entry<Rest, T, false> }
  : TName extends string ? TOptional extends true ? { [K in TName]?: T } : { [K in TName]: T }
  : Record<never, never>;

/** `Entry` for each name of a union, in one record. */
type Entries<TNames, T, TOptional extends boolean> = [TNames] extends [never] ? Record<never, never>
  : Intersection<TNames extends string ? Entry<TNames, T, TOptional> : Record<never, never>>;

type Names<T> = Extract<T, string>;

type BooleanEntries<TBooleans, TCollect> =
  & Entries<Exclude<Names<TBooleans>, TCollect>, boolean, false>
  & Entries<Extract<Names<TBooleans>, TCollect>, boolean[], false>;

type StringEntries<TStrings, TCollect, TNegatable> =
  & Entries<Exclude<Names<TStrings>, TCollect | TNegatable>, string, true>
  & Entries<Extract<Exclude<Names<TStrings>, TCollect>, TNegatable>, string | false, true>
  & Entries<Exclude<Extract<Names<TStrings>, TCollect>, TNegatable>, string[], false>
  & Entries<Extract<Extract<Names<TStrings>, TCollect>, TNegatable>, string[] | false, false>;

type OtherEntries<TCollect, TKnown, TNegatable> =
  & Entries<Exclude<Names<TCollect>, TKnown | TNegatable>, unknown[], false>
  & Entries<Exclude<Extract<Names<TCollect>, TNegatable>, TKnown>, unknown[] | false, false>;

/** Defaults written with dots, as nested records. */
type Nested<T> = Intersection<{ [K in keyof T]: Entry<K, T[K], false> }[keyof T]>;

/** The defaults laid over the arguments: what has a default is always there. */
type Overlay<TArgs, TDefaults> = TDefaults extends undefined ? TArgs
  :
    & Omit<TArgs, keyof TDefaults>
    & {
      [K in keyof TDefaults]: K extends keyof TArgs ? OverlayValue<NonNullable<TArgs[K]>, TDefaults[K]> : unknown;
    };

type OverlayValue<TArg, TDefault> = TArg extends Record<string, unknown>
  ? TDefault extends Record<string, unknown> ? Overlay<TArg, TDefault> : TArg | TDefault
  : TArg | TDefault;

type WithAliases<TArgs, TAliases> = {
  [K in keyof TArgs as K extends keyof TAliases ? K | AliasNames<TAliases[K]> : K]: TArgs[K];
};

type AliasNames<T> = string extends T ? never
  : T extends string ? T
  : T extends readonly (infer Name extends string)[] ? string extends Name ? never : Name
  : never;

/** Nothing is known of the arguments when no option names any; the dynamic type is then the published one. */
type IsTyped<TBooleans, TStrings, TCollect> = undefined extends
  ((false extends TBooleans ? undefined : TBooleans) & TCollect & TStrings) ? false : true;

/** The record of all arguments of a call of `parseArgs`. */
export type Values<
  TBooleans extends BooleanType,
  TStrings extends NameType,
  TCollect extends NameType,
  TNegatable extends NameType,
  TDefaults extends DefaultType,
  TAliases extends Aliases | undefined,
> = IsTyped<TBooleans, TStrings, TCollect> extends true ?
    & Record<string, unknown>
    & WithAliases<
      Overlay<
        & BooleanEntries<TBooleans, TCollect>
        & StringEntries<TStrings, TCollect, TNegatable>
        & OtherEntries<TCollect, TBooleans | TStrings, TNegatable>,
        TDefaults extends undefined ? undefined : Nested<TDefaults>
      >,
      TAliases
    >
  // deno-lint-ignore no-explicit-any -- callers that name no arguments read them untyped, as published
  : Record<string, any>;
