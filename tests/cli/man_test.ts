import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { commands } from "../../lib/cli/commands.ts";
import { exitCodeMeanings, UsageError } from "../../lib/cli/errors.ts";
import { man, manPage } from "../../lib/cli/man.ts";
import { FakeHost } from "../support/fake_host.ts";

/** The page as a reader sees it, near enough. */
const text = manPage().replaceAll("\\-", "-").replace(/\\f[BIR]/g, "").replaceAll("\\e", "\\");

Deno.test("man() prints the page", async () => {
  const host = new FakeHost();
  assertEquals(await man(host, []), 0);
  assertEquals(host.stdout.text, manPage());
  await assertRejects(async () => await man(host, ["--frobnicate"]), UsageError);
});

Deno.test("manPage() has the sections of a manual page in their order", () => {
  assertEquals([...text.matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name), [
    ...["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS"],
    ...["EXIT STATUS", "ENVIRONMENT", "FILES", "SECURITY"],
  ]);
});

Deno.test("manPage() explains every command, option, variable and exit code", () => {
  for (const { usage, options, imageOptions } of commands) {
    assertStringIncludes(text, `\n.SS lunbox ${usage}\n`);
    for (const { name, description, env } of options) {
      assertStringIncludes(text, `--${name}`);
      assertStringIncludes(text, description);
      if (env !== undefined) assertStringIncludes(text, `\n.B ${env}\n`);
    }
    for (const { name } of imageOptions ?? []) assertStringIncludes(text, name);
  }
  for (const [code, meaning] of exitCodeMeanings) assertStringIncludes(text, `\n.TP\n${code}\n${meaning}.\n`);
});

Deno.test("manPage() has no line that roff takes for a request of its own", () => {
  const known = /^\.(TH|SH|SS|TP|P|B|IB|br|nh|ad)\b/;
  for (const line of manPage().split("\n")) assert(!/^['.]/.test(line) || known.test(line), line);
});
