/**
 * What the executable may do, and why. The list itself is that of the `serve` task: what people run from the sources and
 * what they download may do the same.
 *
 * @module
 */

/** The configuration as far as building reads it. */
export interface Config {
  readonly version: string;
  readonly tasks: { readonly serve: { readonly command: string } };
}

/** Why each permission is needed, by its flag. `serve` gives all of them up once its images are open. */
export const permissionReasons: Readonly<Record<string, string>> = {
  "--allow-net": "to listen where `--listen` says, and to connect where `discover` and `bench` are told to",
  "--allow-read": "to read the images and files that the command line names, whose paths nobody can know beforehand",
  "--allow-write": "to write the images that the command line names, and the notes beside them",
  "--allow-sys": "the name of this machine for the name of the target, its addresses for the commands that are printed",
  "--allow-env": "the variables that `--help` names, and how the terminal wants its text",
  "--allow-ffi": "to punch holes into images where initiators free space; without it zeros are written",
};

/** The permissions of the executable: those of the `serve` task, and no questions asked. */
export function permissions(config: Config): string[] {
  const flags = config.tasks.serve.command.split(" ").filter((word) => word.startsWith("--allow-"));
  for (const flag of flags) {
    if (reasonOf(flag) === undefined) throw new Error(`Cannot compile with ${flag}: nothing says why it is needed`);
  }
  return [...flags, "--no-prompt"];
}

/** Why a flag is needed; `undefined` where nothing says so. */
export function reasonOf(flag: string): string | undefined {
  return permissionReasons[flag.split("=", 1)[0] ?? ""];
}
