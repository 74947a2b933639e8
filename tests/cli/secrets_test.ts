import { assertEquals } from "@std/assert";

Deno.test("machineSecrets.askSecret() gives nothing when nobody is at the terminal", async () => {
  const module = new URL("../../lib/cli/secrets.ts", import.meta.url).href;
  const script = `import { machineSecrets } from "${module}"; console.log(machineSecrets.askSecret("Secret:"));`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, code } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--config", config, script],
    stdin: "null",
  }).output();
  assertEquals([new TextDecoder().decode(stdout), code], ["undefined\n", 0]);
});
