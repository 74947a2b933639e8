/**
 * The machines that an executable can be built for.
 *
 * @module
 */

/** A kind of machine. */
export interface Target {
  /** As `deno compile --target` names it. */
  readonly triple: string;
  /** As our files name it. */
  readonly name: string;
  /** What the name of an executable ends with. */
  readonly extension: "" | ".exe";
}

/** Every machine that an executable is built for. */
export const targets: readonly Target[] = [
  { triple: "x86_64-unknown-linux-gnu", name: "linux-x86_64", extension: "" },
  { triple: "aarch64-unknown-linux-gnu", name: "linux-aarch64", extension: "" },
  { triple: "x86_64-apple-darwin", name: "macos-x86_64", extension: "" },
  { triple: "aarch64-apple-darwin", name: "macos-aarch64", extension: "" },
  { triple: "x86_64-pc-windows-msvc", name: "windows-x86_64", extension: ".exe" },
  { triple: "aarch64-pc-windows-msvc", name: "windows-aarch64", extension: ".exe" },
];

/**
 * The target of this triple.
 *
 * @throws {Error} when there is none
 */
export function targetOf(triple: string): Target {
  const target = targets.find((one) => one.triple === triple);
  if (target !== undefined) return target;
  throw new Error(`Cannot compile for ${triple}: there are ${targets.map((one) => one.triple).join(", ")}`);
}

/** The name of an executable: the same for the same version and machine. Build metadata is no part of it. */
export function fileName(version: string, { name, extension }: Target): string {
  return `lunbox-${version.replace(/\+.*/, "")}-${name}${extension}`;
}
