import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { commands } from "../../lib/cli/commands.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { commandHelp, help, optionDescription, optionTerm, programHelp, requireCommand } from "../../lib/cli/help.ts";
import { FakeHost } from "../support/fake_host.ts";

const output = { colors: false, columns: 80 };

Deno.test("programHelp() fits on a screen and names every command", () => {
  const text = programHelp(output);
  assert(text.split("\n").length <= 24, text);
  for (const command of commands) assertStringIncludes(text, `  ${command.name}`);
});

for (const command of commands) {
  Deno.test(`commandHelp() explains every option of ${command.name} within 80 columns`, () => {
    const text = commandHelp(command, output);
    for (const row of command.options) assertStringIncludes(text, `--${row.name}`);
    for (const row of command.imageOptions ?? []) assertStringIncludes(text, `\n  ${row.name}`);
    const explained = text.split("\nExamples\n")[0] ?? "";
    for (const line of explained.split("\n")) assert(line.length <= 80 || /^\S/.test(line), line);
  });
}

Deno.test("help() prints the program's help, or a command's", () => {
  const host = new FakeHost();
  help(host);
  assertStringIncludes(host.stdout.text, "Usage: lunbox COMMAND");
  help(host, "create");
  assertStringIncludes(host.stdout.text, "Usage: lunbox create PATH --size SIZE");
});

Deno.test("requireCommand() suggests what was meant", () => {
  const error = assertThrows(() => requireCommand("srve"), UsageError);
  assertEquals(error.message, `Cannot run "srve": there is no such command; did you mean serve?`);
  assertThrows(() => requireCommand("version"), UsageError, "did you mean --version?");
  assertThrows(
    () => requireCommand("frobnicate"),
    UsageError,
    `there are ${commands.map(({ name }) => name).join(", ")}`,
  );
});

Deno.test("optionTerm() writes an option as it is typed", () => {
  const row = { name: "size", short: "s", value: "SIZE", description: "Size", group: "A" };
  assertEquals(optionTerm(row), ["-s, --size SIZE", "Size"]);
  assertEquals(optionTerm({ name: "force", description: "Force", group: "A" }), ["    --force", "Force"]);
});

Deno.test("optionDescription() adds what the row says beside its description", () => {
  const row = { name: "x", value: "X", description: "Text", group: "A", default: "a", choices: ["a", "b"], env: "E" };
  assertEquals(optionDescription({ ...row, repeatable: true }), "Text [a, b; default a; repeatable; or E]");
});
