import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { systemHost } from "../../lib/cli/system_host.ts";

const windows = Deno.build.os === "windows";
const program = new URL("../../main.ts", import.meta.url).pathname.replace(/^\/(?=[A-Z]:)/, "");

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program as a process. */
async function lunbox(args: string[], flags: string[] = []): Promise<Outcome> {
  const command = ["run", "--no-prompt", ...flags, program, ...args];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: command }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("systemHost() knows this machine as far as it is permitted", () => {
  const host = systemHost();
  assertEquals(host.os, Deno.build.os);
  assert(host.hostname().length > 0);
  assert(host.addresses().every((address) => !address.startsWith("127.") && address !== "::1"));
  assertEquals(host.env("LUNBOX_NO_SUCH_VARIABLE"), undefined);
});

Deno.test("systemHost() is content without any permission", async () => {
  const { code, stdout, stderr } = await lunbox(["--version"]);
  assertEquals([code, stderr], [0, ""]);
  assert(/^lunbox \d+\.\d+\.\d+/.test(stdout), stdout);
});

Deno.test("systemHost() passes exit codes and both outputs on", async () => {
  const { code, stdout, stderr } = await lunbox(["srve"]);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "did you mean serve?");
});

Deno.test("systemHost() hands signals to the program", { ignore: windows }, async () => {
  const args = ["serve", "--image", "memory:1M", "--listen", "127.0.0.1:0", "--quiet", "--log-level", "info"];
  const flags = ["--allow-net=127.0.0.1", "--allow-sys=hostname"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...flags, program, ...args],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    if (!log.includes("serving") && (log + text).includes("serving")) child.kill("SIGTERM");
    log += text;
  }
  assertEquals((await child.status).code, 0);
  assertStringIncludes(log, "signal=SIGTERM");
});
