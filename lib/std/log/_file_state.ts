import type { LogMode } from "./file_handler.ts";

/** Where a file handler keeps the name of its file; subclasses of this package see it, others do not. */
export const filename: unique symbol = Symbol("filename");

/** Where a file handler keeps its mode. */
export const mode: unique symbol = Symbol("mode");

/** Where a file handler opens its file again. */
export const reopen: unique symbol = Symbol("reopen");

/**
 * How a log file is opened.
 *
 * @param mode The mode of the handler
 * @returns options for `Deno.open`
 */
export function openOptions(mode: LogMode): Deno.OpenOptions {
  return {
    write: true,
    create: mode !== "x",
    createNew: mode === "x",
    append: mode === "a",
    truncate: mode !== "a",
  };
}
