/**
 * The {@link Host} of a real process.
 *
 * @module
 */

import type { Host, Output, Permission } from "./host.ts";
import { platformOf } from "./platform.ts";

/** The machine and process that this program runs in. */
export function systemHost(): Host {
  return {
    args: Deno.args,
    stdout: output(Deno.stdout),
    stderr: output(Deno.stderr),
    os: Deno.build.os,
    env,
    cores: navigator.hardwareConcurrency,
    hostname,
    now: () => performance.now(),
    addresses,
    onStop,
    confine,
  };
}

function output(stream: typeof Deno.stdout): Output {
  const isTerminal = stream.isTerminal();
  const encoder = new TextEncoder();
  return {
    isTerminal,
    colors: isTerminal && !env("NO_COLOR") && env("TERM") !== "dumb",
    columns: isTerminal ? columns() : 80,
    write(text: string): void {
      let bytes = encoder.encode(text);
      try {
        while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
      } catch (error) {
        // Whoever reads may leave: `lunbox help | head -1`.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    },
  };
}

function columns(): number {
  try {
    return Math.max(40, Deno.consoleSize().columns);
  } catch {
    return 80;
  }
}

function env(name: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return undefined;
  return Deno.env.get(name);
}

function hostname(): string {
  if (Deno.permissions.querySync({ name: "sys", kind: "hostname" }).state !== "granted") return "localhost";
  return Deno.hostname() || "localhost";
}

function addresses(): readonly string[] {
  if (Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" }).state !== "granted") return [];
  const outside = Deno.networkInterfaces().filter((one) =>
    !one.address.startsWith("127.") && one.address !== "::1" && !one.address.toLowerCase().startsWith("fe80:")
  );
  const four = outside.filter((one) => one.family === "IPv4");
  const six = outside.filter((one) => one.family === "IPv6");
  return [...four, ...six].map((one) => one.address);
}

function onStop(handler: (signal: string) => void): () => void {
  const listeners = platformOf(Deno.build.os).stopSignals.map((name) => ({ name, listener: () => handler(name) }));
  for (const { name, listener } of listeners) Deno.addSignalListener(name, listener);
  return () => {
    for (const { name, listener } of listeners) Deno.removeSignalListener(name, listener);
  };
}

const all: readonly Permission[] = ["env", "ffi", "net", "read", "run", "sys", "write"];

function confine(keep: readonly Permission[] = []): void {
  for (const name of all) if (!keep.includes(name)) Deno.permissions.revokeSync({ name });
}
