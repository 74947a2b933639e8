import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { readSecretFile } from "../../lib/cli/secret_file.ts";
import { Scratch } from "../support/scratch.ts";

const ignore = Deno.build.os === "windows";

/** A file with these permissions. */
async function fileOf(scratch: Scratch, mode: number): Promise<string> {
  const path = scratch.path("users");
  await Deno.writeTextFile(path, "alice secret");
  await Deno.chmod(path, mode);
  return path;
}

for (const mode of [0o600, 0o400]) {
  Deno.test({
    name: `readSecretFile() reads a file of mode ${mode.toString(8)}`,
    ignore,
    fn: async () => {
      await using scratch = await Scratch.make();
      assertEquals(await readSecretFile(await fileOf(scratch, mode)), { text: "alice secret" });
    },
  });
}

Deno.test({
  name: "readSecretFile() warns when the group can read",
  ignore,
  fn: async () => {
    await using scratch = await Scratch.make();
    const { text, warning = "" } = await readSecretFile(await fileOf(scratch, 0o640));
    assertEquals(text, "alice secret");
    assertStringIncludes(warning, "its group can read");
  },
});

for (const mode of [0o644, 0o604, 0o620, 0o602, 0o601, 0o660]) {
  Deno.test({
    name: `readSecretFile() refuses a file of mode ${mode.toString(8)}`,
    ignore,
    fn: async () => {
      await using scratch = await Scratch.make();
      const path = await fileOf(scratch, mode);
      await assertRejects(() => readSecretFile(path), UsageError, `put that right by chmod 600 ${path}`);
    },
  });
}

Deno.test("readSecretFile() says that a file does not exist", async () => {
  await assertRejects(() => readSecretFile("/nonexistent/users"), UsageError, "it does not exist");
});

Deno.test("readSecretFile() refuses a file that is far too long", async () => {
  await using scratch = await Scratch.make();
  const path = scratch.path("users");
  await Deno.writeTextFile(path, "x".repeat((1 << 20) + 1), { mode: 0o600 });
  await assertRejects(() => readSecretFile(path), UsageError, "has more than 1048576 bytes");
});
