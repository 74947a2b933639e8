import { assertEquals } from "@std/assert";
import { completionScript } from "../../lib/cli/completions.ts";
import { run } from "../../scripts/command.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";

const rows: readonly (readonly [words: string[], completed: string[]])[] = [
  [["lunbox", "se"], ["serve"]],
  [["lunbox", "serve", "--im"], ["--image"]],
  [["lunbox", "serve", "--image", "di"], ["disk.img"]],
  [["lunbox", "serve", "--log-format", ""], ["json", "text"]],
  [["lunbox", "completions", "z"], ["zsh"]],
  [["lunbox", "help", "cr"], ["create"]],
  [["lunbox", "create", "d"], ["disk.img"]],
];

/** Runs a test beside the script of a shell and an image. */
const beside = (shell: string, use: (folder: string) => Promise<void>) => async (): Promise<void> => {
  await using scratch = await Scratch.make();
  await Deno.writeTextFile(scratch.path("disk.img"), "");
  await Deno.writeTextFile(scratch.path(`lunbox.${shell}`), completionScript(shell));
  await use(scratch.directory);
};

Deno.test({
  name: "bash completes commands, options, choices, files, and what follows an image's path",
  ...requires("bash"),
  fn: beside("bash", async (cwd) => {
    const complete = 'source lunbox.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lunbox; ' +
      'printf "%s\\n" "${COMPREPLY[@]}" | sort';
    const inside: typeof rows = [[["lunbox", "serve", "-i", "disk.img,si"], ["disk.img,size="]]];
    for (const [words, completed] of [...rows, ...inside]) {
      const lines = await run(["bash", "-c", complete, "bash", ...words], { cwd });
      assertEquals(lines.trim().split("\n"), completed, words.join(" "));
    }
  }),
});

Deno.test({
  name: "fish completes commands, options, choices and files",
  ...requires("fish"),
  fn: beside("fish", async (cwd) => {
    for (const [words, completed] of rows) {
      const lines = await run(["fish", "-c", `source lunbox.fish; complete -C '${words.join(" ")}'`], { cwd });
      assertEquals(lines.trim().split("\n").map((line) => line.split("\t")[0]).sort(), completed, words.join(" "));
    }
  }),
});

Deno.test({
  name: "zsh takes the completions for those of lunbox",
  ...requires("zsh"),
  fn: beside("zsh", async (cwd) => {
    const load = "autoload -Uz compinit; compinit -D -u; source lunbox.zsh; print -r -- $_comps[lunbox]";
    assertEquals((await run(["zsh", "-f", "-c", load], { cwd })).trim(), "_lunbox");
  }),
});
