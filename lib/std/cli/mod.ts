/**
 * What a command line program needs: its arguments, secrets, the width of text. Offline counterpart of the package of
 * this name, with the same interface.
 *
 * @module
 */

export * from "./parse_args.ts";
export * from "./prompt_secret.ts";
export * from "./unicode_width.ts";
