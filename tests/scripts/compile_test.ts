import { assertEquals } from "@std/assert";
import { root } from "../../scripts/files.ts";
import { permissions, stage, stampedVersion } from "../../scripts/compile/stage.ts";

for (
  const [commit, dirty, version] of [
    [undefined, false, "1.2.0"],
    ["17aebc0", false, "1.2.0+17aebc0"],
    ["17aebc0", true, "1.2.0+17aebc0.dirty"],
  ] as const
) {
  Deno.test(`stampedVersion() is ${version} for commit ${commit}`, () => {
    assertEquals(stampedVersion("1.2.0", commit, dirty), version);
  });
}

Deno.test("permissions() are those of the serve task, without prompts", () => {
  const command = "deno run --allow-net --allow-env=A,B main.ts serve";
  assertEquals(permissions({ version: "1.2.0", tasks: { serve: { command } } }), [
    "--allow-net",
    "--allow-env=A,B",
    "--no-prompt",
  ]);
});

Deno.test("stage() copies the program and nothing else, with the version in deno.json", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await stage(root, folder, "1.2.0+17aebc0");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["deno.json", "lib", "main.ts"]);
    assertEquals(JSON.parse(Deno.readTextFileSync(`${folder}/deno.json`)).version, "1.2.0+17aebc0");
    assertEquals(
      Deno.readTextFileSync(`${folder}/lib/scsi/task.ts`),
      Deno.readTextFileSync(new URL("lib/scsi/task.ts", root)),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
