import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { commandNamed, commands } from "../../lib/cli/commands.ts";
import { completions, completionScript } from "../../lib/cli/completions.ts";
import { UsageError } from "../../lib/cli/errors.ts";
import { FakeHost } from "../support/fake_host.ts";

const shells = commandNamed("completions")?.operands[0]?.choices ?? [];

for (const shell of shells) {
  Deno.test(`completions() prints a script for ${shell} that names every command, option and choice`, async () => {
    const host = new FakeHost();
    assertEquals(await completions(host, [shell]), 0);
    const script = host.stdout.text;
    for (const { name, options } of commands) {
      assertStringIncludes(script, name);
      for (const { name: long, choices } of options) {
        assertStringIncludes(script, long);
        for (const choice of choices ?? []) assertStringIncludes(script, choice);
      }
    }
    assertEquals(script.includes("undefined"), false);
    assertStringIncludes(script, `lunbox completions ${shell}`);
  });
}

Deno.test("completions() refuses a shell that it does not know", async () => {
  const error = await assertRejects(async () => await completions(new FakeHost(), ["zhs"]), UsageError);
  assertEquals(error.message, `Cannot use "zhs": SHELL is one of bash, fish, powershell, zsh; did you mean zsh?`);
  await assertRejects(async () => await completions(new FakeHost(), []), UsageError, "SHELL is missing");
});

Deno.test("completionScript() is empty for a shell that it does not know", () => {
  assertEquals(completionScript("tcsh"), "");
});
