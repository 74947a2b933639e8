import { assert, assertEquals } from "@std/assert";
import { parse } from "../../lib/cli/args.ts";
import { commandNamed, commands } from "../../lib/cli/commands.ts";

for (const command of commands) {
  Deno.test(`commands: no option of ${command.name} has the name or letter of another`, () => {
    const names = command.options.flatMap((row) => row.short === undefined ? [row.name] : [row.name, row.short]);
    assertEquals(names.length, new Set(names).size);
  });

  Deno.test(`commands: descriptions of ${command.name} are sentences without full stop`, () => {
    for (const row of [...command.options, ...command.imageOptions ?? []]) {
      assert(/^[A-Z].*[^.]$/.test(row.description), row.description);
    }
  });

  Deno.test(`commands: the examples of ${command.name} can be run`, () => {
    for (const [, line] of command.examples) {
      const [program, name, ...args] = line.replaceAll("'", "").split(" ");
      assertEquals([program, name], ["lunbox", command.name]);
      parse(args, { options: command.options, operands: command.operands });
    }
  });
}

Deno.test("commandNamed() finds a command", () => {
  assertEquals(commandNamed("serve")?.name, "serve");
  assertEquals(commandNamed("srve"), undefined);
});
