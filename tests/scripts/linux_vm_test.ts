import { assertEquals, assertThrows } from "@std/assert";
import { CpioWriter } from "../../scripts/linux_vm/cpio.ts";
import { type Kernel, loadOrder } from "../../scripts/linux_vm/kernel.ts";
import { Scratch } from "../support/scratch.ts";

/** Reads a newc archive: path, mode and content of each entry, until the trailer. */
function entries(archive: Uint8Array): { path: string; mode: number; content: string }[] {
  const text = new TextDecoder("latin1").decode(archive);
  const found = [];
  for (let at = 0;;) {
    assertEquals(text.slice(at, at + 6), "070701");
    const number = (index: number) => Number.parseInt(text.slice(at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [number(1), number(6), number(11)];
    const path = text.slice(at + 110, at + 110 + nameSize - 1);
    if (path === "TRAILER!!!") return found;
    const data = at + 110 + nameSize + 3 & ~3;
    found.push({ path, mode, content: text.slice(data, data + size) });
    at = data + size + 3 & ~3;
  }
}

Deno.test("CpioWriter writes files with their folders before them, and links", () => {
  const writer = new CpioWriter();
  writer.file("etc/a/hosts", "abcde", 0o644);
  writer.file("etc/init", new Uint8Array([120]));
  writer.link("bin", "usr/bin");
  writer.folder("etc");
  const archive = writer.finish();
  assertEquals(archive.length % 512, 0);
  assertEquals(entries(archive), [
    { path: "etc", mode: 0o40755, content: "" },
    { path: "etc/a", mode: 0o40755, content: "" },
    { path: "etc/a/hosts", mode: 0o100644, content: "abcde" },
    { path: "etc/init", mode: 0o100755, content: "x" },
    { path: "bin", mode: 0o120777, content: "usr/bin" },
  ]);
});

async function kernelWith(scratch: Scratch, needs: Record<string, string>, builtIn: string[] = []): Promise<Kernel> {
  const modules = new Map<string, string>();
  for (const [name, depends] of Object.entries(needs)) {
    await Deno.writeTextFile(scratch.path(`${name}.ko`), `\x7fELF\0license=GPL\0depends=${depends}\0retpoline=Y\0`);
    modules.set(name, scratch.path(`${name}.ko`));
  }
  return { release: "6.1.0-test", image: "", modules, builtIn: new Set(builtIn) };
}

Deno.test("loadOrder() puts every module once, after those it needs, and leaves built-in ones out", async () => {
  await using scratch = await Scratch.make();
  const needs = {
    ["iscsi_tcp"]: "libiscsi,transport",
    libiscsi: "scsi_mod,transport",
    transport: "scsi_mod",
    ["scsi_mod"]: "built-in",
  };
  const kernel = await kernelWith(scratch, needs, ["built_in"]);
  assertEquals(loadOrder(kernel, ["iscsi-tcp", "libiscsi"]), ["scsi_mod", "transport", "libiscsi", "iscsi_tcp"]);
});

Deno.test("loadOrder() throws when the kernel has no such module", async () => {
  await using scratch = await Scratch.make();
  const kernel = await kernelWith(scratch, { a: "missing" });
  assertThrows(() => loadOrder(kernel, ["a"]), Error, "Cannot load kernel module missing: 6.1.0-test has none");
});
