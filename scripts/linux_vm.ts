/**
 * Boots Debian's own kernel with busybox and the real open-iscsi under QEMU and runs a script in it.
 *
 * @example In a shell
 * ```sh
 * deno run -A scripts/linux_vm.ts -c 'iscsiadm --version; uname -a'
 * deno run -A scripts/linux_vm.ts --packages sg3-utils --timeout 120 story.sh
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { runInGuest } from "./linux_vm/guest.ts";

export { GuestError, type GuestOptions, type GuestResult, type PortForward, runInGuest } from "./linux_vm/guest.ts";

const HELP = `Usage: deno run -A scripts/linux_vm.ts [options] (SCRIPT | -c COMMANDS)

Runs a shell script in a Linux guest; the host's loopback is 10.0.2.2 there.
Exits with the script's exit code.

  -c COMMANDS         the script itself instead of a file
  --packages A,B      more Debian packages, with what they depend on
  --modules A,B       more kernel modules, with what they depend on
  --file GUEST=HOST   a file to put into the guest (repeatable)
  --forward H:G       host port H leads to guest port G (repeatable)
  --timeout SECONDS   switch off after so long (300)
  --memory MIB        memory of the guest (1024)
`;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    boolean: ["help"],
    string: ["c", "packages", "modules", "file", "forward", "timeout", "memory"],
    collect: ["file", "forward"],
    alias: { help: "h" },
  });
  const script = options.c ?? (options._[0] === undefined ? undefined : await Deno.readTextFile(String(options._[0])));
  if (options.help || script === undefined) {
    await Deno.stdout.write(new TextEncoder().encode(HELP));
    return options.help ? 0 : 2;
  }
  const result = await runInGuest({
    script,
    packages: words(options.packages),
    modules: words(options.modules),
    files: Object.fromEntries(options.file.map(readNamed)),
    portForwards: options.forward.map(readForward),
    timeout: Number(options.timeout ?? 300),
    memory: Number(options.memory ?? 1024),
    onOutput: (text) => Deno.stdout.writeSync(new TextEncoder().encode(text)),
  });
  return result.exitCode;
}

function words(list: string | undefined): string[] {
  return (list ?? "").split(",").filter((word) => word !== "");
}

function readNamed(pair: string): [string, Uint8Array] {
  const cut = pair.indexOf("=");
  if (cut < 1) throw new Error(`Cannot read --file ${pair}: GUEST=HOST expected`);
  return [pair.slice(0, cut), Deno.readFileSync(pair.slice(cut + 1))];
}

function readForward(pair: string): { host: number; guest: number } {
  const [host, guest] = pair.split(":").map(Number);
  if (!host || !guest) throw new Error(`Cannot read --forward ${pair}: H:G expected`);
  return { host, guest };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
