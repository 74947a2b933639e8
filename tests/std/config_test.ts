import { assertEquals } from "@std/assert";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Config = { readonly [key: string]: Json };

async function readConfig(path: string): Promise<Config> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../${path}`, import.meta.url)));
}

/** Paths as seen from `scripts`. */
function fromScripts(value: Json): Json {
  if (typeof value === "string") return value.replace(/^\.\//, "../");
  if (Array.isArray(value)) return value.map(fromScripts);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromScripts(inner)]));
}

Deno.test("scripts/deno.jsr.json agrees with deno.json but for links and tasks", async () => {
  const { links: _links, tasks: _tasks, ...expected } = await readConfig("deno.json");
  assertEquals<Json>(await readConfig("scripts/deno.jsr.json"), fromScripts(expected));
});

Deno.test("deno.json links every package of lib/std, at a version its imports allow", async () => {
  const { imports, links } = await readConfig("deno.json") as { imports: Record<string, string>; links: string[] };
  const packages = [];
  for await (const { name } of Deno.readDir(new URL("../../lib/std", import.meta.url))) packages.push(name);
  assertEquals(links.toSorted(), packages.map((name) => `./lib/std/${name}`).toSorted());
  for (const name of packages) {
    const own = await readConfig(`lib/std/${name}/deno.json`);
    const range = imports[`@std/${name}`]?.match(/^jsr:@std\/(\w+)@\^([\d.]+)$/);
    assertEquals([own.name, `${own.version}`.startsWith(`${range?.[2]}.`)], [`@std/${range?.[1]}`, true]);
  }
});

Deno.test("the packages of lib/std export files that exist", async () => {
  for (const name of ["assert", "cli", "log", "streams"]) {
    const { exports } = await readConfig(`lib/std/${name}/deno.json`) as { exports: Record<string, string> };
    for (const path of Object.values(exports)) {
      const { isFile } = await Deno.stat(new URL(`../../lib/std/${name}/${path}`, import.meta.url));
      assertEquals([path, isFile], [path, true]);
    }
  }
});
