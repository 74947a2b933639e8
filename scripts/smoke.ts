// deno-lint-ignore-file no-console -- a script talks to people
/**
 * Tries an executable on the system that it was built for, with nothing but itself: `deno run -A scripts/smoke.ts FILE`.
 * It has to tell its version, create an image, serve it, be discovered, and give back what our own initiator writes.
 *
 * @module
 */

import { resolve } from "node:path";
import { connect } from "../lib/initiator/connect.ts";
import { DEFAULT_INITIATOR_NAME } from "../lib/initiator/discover.ts";
import { Initiator } from "../lib/initiator/initiator.ts";
import { run, stop } from "./command.ts";

const TARGET = "iqn.2026-11.io.lunbox:smoke";
const BLOCK = 512;

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) {
    console.error("Usage: deno run -A scripts/smoke.ts EXECUTABLE");
    Deno.exit(2);
  }
  await smoke(resolve(file));
  console.log(`${file}: serves`);
}

async function smoke(program: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lunbox-smoke-" });
  try {
    console.log((await run([program, "--version"], { cwd: folder })).trim());
    await run([program, "create", "disk.img", "--size", "16M"], { cwd: folder });
    await serve(program, folder);
    // What was written has to be in the file.
    const image = await Deno.readFile(`${folder}/disk.img`);
    expect(image.length === 16 << 20 && image[8 * BLOCK] === 0x5a, "the image has what was written");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function serve(program: string, folder: string): Promise<void> {
  const child = new Deno.Command(program, {
    args: ["serve", "--image", "disk.img", "--listen", "127.0.0.1:0", "--iqn", TARGET, "--log-format", "json"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  let done = false;
  try {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      const portal = /"portals":"127\.0\.0\.1:(\d+)"/.exec(log)?.[1];
      if (portal === undefined || done) continue;
      done = true;
      const list = await run([program, "discover", `127.0.0.1:${portal}`], { cwd: folder });
      expect(list.includes(TARGET), "discovery shows the target");
      await writeAndRead(Number(portal));
      // Windows knows no way to ask.
      stop(child, Deno.build.os === "windows" ? "SIGKILL" : "SIGINT");
    }
  } finally {
    stop(child, "SIGKILL");
    const { code } = await child.status;
    // Windows has no signals that one process sends another: there the server was ended, not asked.
    if (done && Deno.build.os !== "windows") expect(code === 0, `the server ends with 0, not ${code}: ${log}`);
  }
  expect(done, `the server listens: ${log}`);
}

async function writeAndRead(port: number): Promise<void> {
  const transport = await connect({ hostname: "127.0.0.1", port });
  await using initiator = await Initiator.login(transport, {
    initiatorName: DEFAULT_INITIATOR_NAME,
    targetName: TARGET,
  });
  const pattern = new Uint8Array(64 * BLOCK).fill(0x5a);
  // The first command of a new nexus may be told of a reset.
  await initiator.execute(new Uint8Array(6));
  const write = await initiator.execute(Uint8Array.of(0x2a, 0, 0, 0, 0, 8, 0, 0, 64, 0), { dataOut: pattern });
  expect(write.status === 0, "WRITE (10) succeeds");
  const flush = await initiator.execute(Uint8Array.of(0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  expect(flush.status === 0, "SYNCHRONIZE CACHE (10) succeeds");
  const read = await initiator.execute(Uint8Array.of(0x28, 0, 0, 0, 0, 8, 0, 0, 64, 0), { dataIn: 64 * BLOCK });
  expect(read.status === 0 && read.data.every((byte) => byte === 0x5a), "READ (10) gives back what was written");
  await initiator.logout();
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(`Cannot ship this executable: expected that ${what}`);
}
