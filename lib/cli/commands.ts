/**
 * The commands of the program as a table: help, documentation and dispatch come from it. What they do is in a module
 * each, loaded when it is run.
 *
 * @module
 */

import type { OperandRow, OptionRow } from "./args.ts";
import { createOptions, demoOptions, discoverOptions, helpOption, versionOption } from "./small_options.ts";
import { benchOptions } from "./bench_options.ts";
import { type ImageOptionRow, imageOptions } from "./images.ts";
import { serveOptions } from "./serve_options.ts";

/** A command of the program. */
export interface CommandRow {
  readonly name: string;
  /** What it does, in one line without full stop. */
  readonly summary: string;
  /** What follows the program's name. */
  readonly usage: string;
  readonly operands: readonly OperandRow[];
  readonly options: readonly OptionRow[];
  /** What may follow an image's path. */
  readonly imageOptions?: readonly ImageOptionRow[];
  /** What each does, and how it is written. */
  readonly examples: readonly (readonly [what: string, line: string])[];
}

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandRow[] = [
  {
    name: "serve",
    summary: "Serve disk images as the LUNs of iSCSI targets",
    usage: "serve --image PATH[,OPTION...] [OPTION...]",
    operands: [],
    options: [...serveOptions, helpOption],
    imageOptions,
    examples: [
      ["a disk of 1 GiB for this machine, created if need be", "lunbox serve --image disk.img --size 1G"],
      ["two disks, the second one for reading only", "lunbox serve --image a.img --image b.img,ro"],
      ["two targets, a disk each", "lunbox serve --image a.img --image b.img,target=backup"],
      [
        "for every Windows machine that reaches this one",
        "lunbox serve --image disk.img --listen 0.0.0.0 --allow 'iqn.1991-05.com.microsoft:*'",
      ],
      ["a scratch disk with 4 KiB blocks that is gone afterwards", "lunbox serve --image memory:1G,block=4096"],
    ],
  },
  {
    name: "create",
    summary: "Create an empty disk image",
    usage: "create PATH --size SIZE [OPTION...]",
    operands: [{ name: "PATH", description: "the image to create", required: true }],
    options: [...createOptions, helpOption],
    examples: [
      ["10 GiB that take no space yet", "lunbox create disk.img --size 10G"],
      ["the same with its space allocated now", "lunbox create disk.img --size 10G --preallocate"],
    ],
  },
  {
    name: "discover",
    summary: "List the targets that an iSCSI portal offers",
    usage: "discover HOST[:PORT] [OPTION...]",
    operands: [{ name: "HOST[:PORT]", description: "the portal to ask", required: true }],
    options: [...discoverOptions, helpOption],
    examples: [
      ["what is served on this machine", "lunbox discover 127.0.0.1"],
      ["where a CHAP user has to be known", "lunbox discover nas.example --chap alice"],
      ["for scripts", "lunbox discover nas.example --json"],
    ],
  },
  {
    name: "bench",
    summary: "Measure how fast a LUN is, of any iSCSI target",
    usage: "bench iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET/LUN [OPTION...]",
    operands: [{ name: "URL", description: "the LUN to measure", required: true }],
    options: [...benchOptions, helpOption],
    examples: [
      ["random reads of 4 KiB, 32 in flight", "lunbox bench iscsi://127.0.0.1/iqn.2026-11.io.lunbox:box.disk/0"],
      [
        "a database's mix by 16 sessions; what is on the LUN is lost",
        "lunbox bench iscsi://nas.example/iqn.2026-11.io.lunbox:nas.db/0 --sessions 16 -d 4 --reads 70 --destroy-data",
      ],
      [
        "whether it keeps what is written; what is on the LUN is lost",
        "lunbox bench iscsi://nas.example/iqn.2026-11.io.lunbox:nas.db/0 --verify --reads 50 --destroy-data",
      ],
      [
        "as a CHAP user; a secret in the URL is all behind the first %, as libiscsi and QEMU read it",
        "lunbox bench iscsi://alice@nas.example/iqn.2026-11.io.lunbox:nas.db/0",
      ],
    ],
  },
  {
    name: "demo",
    summary: "Serve a small disk in memory, to have a look",
    usage: "demo [OPTION...]",
    operands: [],
    options: [...demoOptions, helpOption],
    examples: [["another port, when 3260 is taken", "lunbox demo --listen 127.0.0.1:0"]],
  },
  {
    name: "completions",
    summary: "Print what makes a shell complete lunbox commands",
    usage: "completions SHELL",
    operands: [{
      name: "SHELL",
      description: "bash, fish, powershell or zsh",
      required: true,
      choices: ["bash", "fish", "powershell", "zsh"],
    }],
    options: [helpOption],
    examples: [["what to load it with stands in its first lines", "lunbox completions bash"]],
  },
  {
    name: "man",
    summary: "Print the manual page",
    usage: "man",
    operands: [],
    options: [helpOption],
    examples: [["to read it: lunbox man | man -l -", "lunbox man"]],
  },
  {
    name: "help",
    summary: "Explain the program, or one of its commands",
    usage: "help [COMMAND]",
    operands: [{ name: "COMMAND", description: "the command to explain", required: false }],
    options: [helpOption],
    examples: [],
  },
];

/** Options of the program itself, in front of any command. */
export const programOptions: readonly OptionRow[] = [helpOption, versionOption];

/** The command of a name. */
export function commandNamed(name: string): CommandRow | undefined {
  return commands.find((command) => command.name === name);
}
