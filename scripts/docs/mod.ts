/**
 * The generated parts of the documentation. A part stands between `<!-- generated: NAME [ARGUMENT] -->` and
 * `<!-- end -->`; its generator is `scripts/docs/NAME.ts`.
 *
 * @module
 */

import { conformance } from "./conformance.ts";
import { files } from "./files.ts";
import { layers } from "./layers.ts";
import { loginKeys } from "./login_keys.ts";
import { options } from "./options.ts";
import { permissions } from "./permissions.ts";
import { scsiCommands } from "./scsi_commands.ts";

/** Writes a part as Markdown. */
export type Generator = (argument?: string) => string;

/** All generators by name. */
export const generators: Readonly<Record<string, Generator>> = {
  conformance,
  files,
  layers,
  "login-keys": loginKeys,
  options,
  permissions,
  "scsi-commands": scsiCommands,
};

/** Documents that have generated parts. */
export const documents: readonly string[] = [
  "README.md",
  ".github/ARCHITECTURE.md",
  "docs/conformance.md",
  "docs/security.md",
];

const part = /^<!-- generated: (\S+)(?: (\S+))? -->\n[\s\S]*?^<!-- end -->$/gm;

/**
 * A document with its generated parts written anew.
 *
 * @throws {Error} At a part that nothing generates, and at one without an end
 */
export function regenerate(document: string, by: Readonly<Record<string, Generator>> = generators): string {
  const written = document.replaceAll(part, (_, name: string, argument: string | undefined) => {
    const generator = by[name];
    if (generator === undefined) {
      throw new Error(`Cannot generate ${name}: there are only ${Object.keys(by).join(", ")}`);
    }
    const label = argument === undefined ? name : `${name} ${argument}`;
    return `<!-- generated: ${label} -->\n\n${generator(argument)}\n\n<!-- end -->`;
  });
  const begun = document.match(/^<!-- generated: /gm)?.length ?? 0;
  const whole = document.match(part)?.length ?? 0;
  if (begun !== whole) throw new Error(`Cannot generate ${begun - whole} parts: their <!-- end --> is missing`);
  return written;
}
