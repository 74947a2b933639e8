import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { attempt, run } from "../../scripts/command.ts";
import { eventually } from "../support/eventually.ts";
import { GUEST_PROGRAMS, tellGuest } from "../support/guest_story.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, sparse, whileServing } from "../support/served.ts";

const MIB = 1024 * 1024;
const USERS = `
alice  alicesecret123
carol  41-is-no-letter-A
bob    bobs-secret-12  mutual-user=lunbox  mutual-secret=our-own-secret
dora   doras-secret-1  discovery
erin   erins-secret-1  discovery           mutual-user=lunbox  mutual-secret=our-own-secret
`;

const withUsers = (use: (served: Served) => Promise<void>, ...args: string[]) => async (): Promise<void> => {
  await using scratch = await Scratch.make();
  const users = scratch.path("users");
  await Deno.writeTextFile(users, USERS, { mode: 0o600 });
  const images = [await sparse(scratch.path("disk.img"), 64 * MIB)];
  await whileServing({ images, args: ["--chap-file", users, ...args] }, use);
};

/** libiscsi's URL of the disk as seen by a user. */
function urlOf(served: Served, login: string, query = ""): string {
  return served.url().replace("iscsi://", `iscsi://${login}@`) + query;
}

Deno.test({
  name: "iscsi-readcapacity16 logs in with CHAP",
  ...requires("iscsi-readcapacity16"),
  fn: withUsers(async (served) => {
    assertStringIncludes(
      await run(["iscsi-readcapacity16", urlOf(served, "alice%alicesecret123")]),
      `Total size:${64 * MIB}\n`,
    );
  }),
});

Deno.test({
  name: "iscsi-readcapacity16 logs in with mutual CHAP",
  ...requires("iscsi-readcapacity16"),
  fn: withUsers(async (served) => {
    const url = urlOf(served, "bob%bobs-secret-12", "?target_user=lunbox&target_password=our-own-secret");
    assertStringIncludes(await run(["iscsi-readcapacity16", url]), `Total size:${64 * MIB}\n`);
  }),
});

Deno.test({
  name: "lunbox bench takes a URL with a secret as iscsi-readcapacity16 does, though it begins with two digits",
  ...requires("iscsi-readcapacity16"),
  fn: withUsers(async (served) => {
    const url = urlOf(served, "carol%41-is-no-letter-A");
    assertStringIncludes(await run(["iscsi-readcapacity16", url]), `Total size:${64 * MIB}\n`);
    const program = new URL("../../main.ts", import.meta.url).pathname;
    const load = ["--duration", "0.1", "--warm-up", "0", "--json"];
    const { reads } = JSON.parse(await run([Deno.execPath(), "run", "-A", program, "bench", url, ...load]));
    assert(reads.operations > 0);
  }),
});

const WRONG = [
  { what: "a wrong secret", login: "alice%alicesecret124", query: "", log: /user \\"alice\\": the response is wrong/ },
  {
    what: "an unknown user",
    login: "mallory%alicesecret123",
    query: "",
    log: /user \\"mallory\\": nobody of that name/,
  },
  {
    what: "mutual CHAP that is not set up",
    login: "alice%alicesecret123",
    query: "?target_user=lunbox&target_password=our-own-secret",
    log: /user \\"alice\\": it asks for mutual CHAP/,
  },
] as const;

for (const { what, login, query, log } of WRONG) {
  Deno.test({
    name: `iscsi-readcapacity16 is refused with ${what}, and one line of the log says why`,
    ...requires("iscsi-readcapacity16"),
    fn: withUsers(async (served) => {
      const { code, stdout, stderr } = await attempt(["iscsi-readcapacity16", urlOf(served, login, query)], {
        timeout: 20_000,
      });
      assert(code !== 0);
      assertMatch(stdout + stderr, /Authentication/i);
      // A worker's lines come by way of the main thread.
      await eventually("the line of the log", () => served.log().includes("login refused"));
      const lines = served.log().split("\n").filter((line) => line.includes("login refused"));
      assertEquals(lines.length, 1, served.log());
      assertMatch(lines[0] ?? "", log);
      assertStringIncludes(lines[0] ?? "", "status=0201");
      assert(!served.log().includes("secret123") && !served.log().includes("secret124"));
    }),
  });
}

Deno.test({
  name: "iscsi-readcapacity16 refuses a target that does not know its own secret",
  ...requires("iscsi-readcapacity16"),
  fn: withUsers(async (served) => {
    const url = urlOf(served, "bob%bobs-secret-12", "?target_user=lunbox&target_password=not-our-secret");
    const { code } = await attempt(["iscsi-readcapacity16", url], { timeout: 20_000 });
    assert(code !== 0);
  }),
});

Deno.test({
  name: "iscsi-inq is refused without CHAP",
  ...requires("iscsi-inq"),
  fn: withUsers(async (served) => {
    const { code, stdout, stderr } = await attempt(["iscsi-inq", served.url()], { timeout: 20_000 });
    assert(code !== 0);
    assertMatch(stdout + stderr, /Authentication/i);
    await eventually("the line of the log", () => served.log().includes("CHAP is required"));
  }),
});

Deno.test({
  name: "iscsi-ls discovers with CHAP only",
  ...requires("iscsi-ls"),
  fn: withUsers(async (served) => {
    const list = await run(["iscsi-ls", `iscsi://dora%doras-secret-1@${served.portal}`]);
    assertStringIncludes(list, `Target:${served.target} Portal:${served.portal},1`);
    for (const login of ["", "alice%alicesecret123@"]) {
      const { stdout } = await attempt(["iscsi-ls", `iscsi://${login}${served.portal}`], { timeout: 20_000 });
      assert(!stdout.includes(served.target), stdout);
    }
  }),
});

Deno.test({
  name: "qemu-img and qemu-io log in with CHAP, the secret in a file",
  ...requires("qemu-img", "qemu-io"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const secret = scratch.path("secret");
    await Deno.writeTextFile(secret, "alicesecret123", { mode: 0o600 });
    await withUsers(async (served) => {
      const options = [
        ...["driver=iscsi", "transport=tcp", `portal=${served.portal}`, `target=${served.target}`, "lun=0"],
        ...["user=alice", "password-secret=chap", "header-digest=none"],
      ].join(",");
      const object = ["--object", `secret,id=chap,file=${secret}`];
      const info = await run(["qemu-img", "info", ...object, "--image-opts", options]);
      assertStringIncludes(info, "64 MiB");
      const commands = ["-c", "write -P 7 0 1M", "-c", "read -P 7 0 1M", "-c", "flush"];
      const said = await run(["qemu-io", ...object, "-t", "none", ...commands, "--image-opts", options]);
      assertEquals(said.match(/.*(?:verification failed|failed:|error).*/gi) ?? [], []);
      await Deno.writeTextFile(secret, "alicesecret124");
      assert((await attempt(["qemu-img", "info", ...object, "--image-opts", options], { timeout: 20_000 })).code !== 0);
    })();
  },
});

Deno.test({
  name: "Linux logs in with CHAP, one-way and mutual, by every algorithm, to discovery and target",
  ...requires(...GUEST_PROGRAMS),
  fn: withUsers(async ({ port, target, log }) => {
    const variables = { PORTAL: `10.0.2.2:${port}`, TARGET: target };
    await tellGuest([{ file: "chap_guest.sh", variables }], { timeout: 240 });
    assertMatch(log(), /user \\"alice\\": the response is wrong/);
  }),
});
