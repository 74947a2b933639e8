import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { systemHost } from "../../lib/cli/system_host.ts";
import { Scratch } from "../support/scratch.ts";

const windows = Deno.build.os === "windows";
const program = new URL("../../main.ts", import.meta.url).pathname.replace(/^\/(?=[A-Z]:)/, "");
const configuration = new URL("../../deno.json", import.meta.url).pathname.replace(/^\/(?=[A-Z]:)/, "");

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

/** A program that confines itself once a file and a socket are open, and prints what still goes. */
const confinement = `
import { systemHost } from ${JSON.stringify(new URL("../../lib/cli/system_host.ts", import.meta.url).href)};
import { FileStore } from ${JSON.stringify(new URL("../../lib/store/file_store.ts", import.meta.url).href)};
import { FileNotes } from ${JSON.stringify(new URL("../../lib/store/file_notes.ts", import.meta.url).href)};
const [image, other] = Deno.args;
const store = await FileStore.open(image, { eager: true, policy: { large: 1 } });
const notes = await FileNotes.open(image);
await notes.keepOpen();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
systemHost().confine();
const tried = {};
async function attempt(name, action) {
  try {
    await action();
    tried[name] = "done";
  } catch (error) {
    tried[name] = error.name;
  }
}
await attempt("read another", () => Deno.readTextFile(other));
await attempt("write another", () => Deno.writeTextFile(other + ".new", ""));
await attempt("open the image again", () => Deno.open(image));
await attempt("connect", () => Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }));
await attempt("listen", async () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
await attempt("read a variable", async () => Deno.env.get("HOME"));
await attempt("ask for more", async () => {
  if ((await Deno.permissions.request({ name: "read" })).state !== "granted") throw new Deno.errors.NotCapable("");
});
const blocks = Array.from({ length: 16 }, () => new Uint8Array(1 << 20));
await attempt("many transfers at once", () => Promise.all(blocks.map((block, i) => store.write(block.fill(i), 0))));
await attempt("flush", () => store.flush());
await attempt("write notes", () => notes.write("a", 1));
await attempt("close", async () => {
  await store.close();
  await notes.close();
  listener.close();
});
console.log(JSON.stringify(tried));
`;

Deno.test("systemHost().confine() leaves a process what it has open, and nothing else", async () => {
  await using scratch = await Scratch.make();
  await Deno.writeFile(scratch.path("disk.img"), new Uint8Array(1 << 20));
  await Deno.writeTextFile(scratch.path("other"), "secret");
  await Deno.writeTextFile(scratch.path("confined.ts"), confinement);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--config", configuration],
      ...["--allow-net=127.0.0.1", "--allow-read", "--allow-write", "--allow-env", "--allow-sys"],
      ...[scratch.path("confined.ts"), scratch.path("disk.img"), scratch.path("other")],
    ],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
    "read another": "NotCapable",
    "write another": "NotCapable",
    "open the image again": "NotCapable",
    "connect": "NotCapable",
    "listen": "NotCapable",
    "read a variable": "NotCapable",
    "ask for more": "NotCapable",
    "many transfers at once": "done",
    "flush": "done",
    "write notes": "done",
    "close": "done",
  });
});
