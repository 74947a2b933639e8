/**
 * A real server process for tests: what a person types, on a free port of 127.0.0.1.
 *
 * @module
 */

import { stop } from "../../scripts/command.ts";
import { accepting, freePort, Log, type Served, type ServedImage, type ServeOptions, urlsOf } from "./portal.ts";
import { serveTgt } from "./tgt.ts";

export type { Served, ServeOptions } from "./portal.ts";

/**
 * Starts the server under test and waits for its portal: Lunbox, or tgt when `LUNBOX_TEST_SERVER=tgt` is in the
 * environment (which shows what of a failure is the test's own).
 */
export function serve(options: ServeOptions): Promise<Served> {
  return Deno.env.get("LUNBOX_TEST_SERVER") === "tgt" ? serveTgt(options) : serveLunbox(options);
}

/**
 * Starts `lunbox serve` with the permissions of the task `serve` and waits for its portal: the front, where `options` ask
 * for workers; that of the target's own worker where `LUNBOX_TEST_WORKERS` in the environment does, as not every client
 * of ours goes where it is sent.
 */
export async function serveLunbox(options: ServeOptions): Promise<Served> {
  // Without images there is one target, which is elsewhere.
  const wanted = options.images.length === 0 ? 1 : workersWanted();
  const workers = options.workers ?? wanted;
  const front = freePort(workers > 1 ? workers : 0);
  const port = workers > 1 && options.workers === undefined ? front + 1 : front;
  const portal = `127.0.0.1:${port}`;
  const target = "iqn.2026-01.example:served";
  const [program = "", ...words] = options.executable ? [options.executable, "serve"] : serveTask(options);
  const child = new Deno.Command(program, {
    args: [
      ...words,
      ...options.images.flatMap((image) => ["--image", imageWord(image)]),
      ...["--listen", `127.0.0.1:${front}`, "--iqn", target],
      ...options.args ?? [],
      ...workers > 1 ? ["--workers", String(workers), ...neighbours(workers - 1)] : [],
    ],
    cwd: options.cwd ?? ROOT,
    ...options.env === undefined ? {} : { env: options.env, clearEnv: true },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = new Log(child.stdout, child.stderr);
  try {
    await accepting(front, child.status);
  } catch (error) {
    stop(child, "SIGKILL");
    throw new Error(`Cannot start the server: it said\n${await log.whole()}`, { cause: error });
  }
  const end = async (): Promise<void> => {
    stop(child, "SIGTERM");
    // A server that does not drain is a failure of the test, not a reason to wait for ever.
    const alarm = setTimeout(() => stop(child, "SIGKILL"), 20_000);
    const { code, signal } = await child.status;
    clearTimeout(alarm);
    const said = await log.whole();
    if (code !== 0) {
      throw new Error(`Cannot stop the server well: exit code ${code}, signal ${signal}; it said\n${said}`);
    }
  };
  return {
    ...{ portal, port, target, firstLun: 0, pid: child.pid },
    ...{ url: urlsOf(portal, target, 0), log: () => log.text, stop: end },
  };
}

/** Serves `options`, runs `use` and stops the server whatever happened. */
export async function whileServing(options: ServeOptions, use: (served: Served) => Promise<void>): Promise<void> {
  const served = await serve(options);
  try {
    await use(served);
  } catch (error) {
    await served.stop().catch(() => {});
    throw new Error(`${error instanceof Error ? error.message : error}\nThe server said\n${served.log()}`, {
      cause: error,
    });
  }
  await served.stop();
}

/** Creates a sparse image of `size` bytes and returns its path. */
export async function sparse(path: string, size: number): Promise<string> {
  await Deno.writeFile(path, new Uint8Array(0));
  await Deno.truncate(path, size);
  return path;
}

/** A port for one more `--listen` of a server under test, and where its target is then: at its worker's port, if any. */
export function secondPort(): { readonly listen: number; readonly target: number } {
  const workers = workersWanted();
  const listen = freePort(workers > 1 ? workers : 0);
  return { listen, target: workers > 1 ? listen + 1 : listen };
}

/** Workers that servers under test have where nothing else is asked for: one is the server itself. */
function workersWanted(): number {
  return Number(Deno.env.get("LUNBOX_TEST_WORKERS") || 1);
}

/** Targets for the other workers. */
function neighbours(count: number): string[] {
  return Array.from({ length: count }, (_, i) => ["--image", `memory:1M,target=neighbour-${i + 1}`]).flat();
}

function imageWord(image: string | ServedImage): string {
  if (typeof image === "string") return image;
  return [image.path, ...image.readOnly ? ["ro"] : [], ...image.removable ? ["removable"] : []].join(",");
}

// The task in deno.json is what the README tells people to run, so its permissions are the ones to be tested.
function serveTask({ runtime = [], main = "main.ts" }: ServeOptions): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const [, run = "", ...words] = (tasks.serve.command as string).split(" ");
  return [Deno.execPath(), run, ...runtime, ...words.map((word) => word === "main.ts" ? main : word)];
}

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
