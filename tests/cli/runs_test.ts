import { assertEquals } from "@std/assert";
import { commands } from "../../lib/cli/commands.ts";
import { runs } from "../../lib/cli/runs.ts";

Deno.test("runs has every command of the table but help, which is part of the program", () => {
  const names = commands.map((command) => command.name).filter((name) => name !== "help");
  assertEquals(Object.keys(runs).toSorted(), names.toSorted());
});

for (const [name, load] of Object.entries(runs)) {
  Deno.test(`runs loads ${name}`, async () => assertEquals(typeof await load(), "function"));
}
