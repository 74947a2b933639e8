import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { parseImage } from "../../lib/cli/images.ts";
import { type NumberedTarget, planTargets, type TargetArguments } from "../../lib/cli/targets.ts";

function plan(images: readonly string[], more: Partial<TargetArguments> = {}): readonly NumberedTarget[] {
  return planTargets({ images: images.map(parseImage), maps: [], hostname: "box", ...more });
}

/** Names, each with its images and their numbers. */
function drawn(targets: readonly NumberedTarget[]): string[] {
  return targets.map(({ name, images }) =>
    [name, ...images.map(({ location, lun }) => `${lun}=${location}`)].join(" ")
  );
}

const good: readonly (readonly [what: string, images: readonly string[], iqn: string | undefined, drawn: string[]])[] =
  [
    ["puts images without target to one", ["a.img", "b.img"], undefined, [
      "iqn.2026-11.io.lunbox:box.a 0=a.img 1=b.img",
    ]],
    ["numbers the LUNs of each target", ["a", "b,target=x", "c", "d,target=x", "e,target=x,lun=0"], undefined, [
      "iqn.2026-11.io.lunbox:box.a 0=a 1=c",
      "iqn.2026-11.io.lunbox:box.x 1=b 2=d 0=e",
    ]],
    ["names the main target after its own first image", ["a,target=x", "b"], undefined, [
      "iqn.2026-11.io.lunbox:box.x 0=a",
      "iqn.2026-11.io.lunbox:box.b 0=b",
    ]],
    ["puts ends behind --iqn", ["a", "b,target=X"], "iqn.2026-01.example:nas", [
      "iqn.2026-01.example:nas 0=a",
      "iqn.2026-01.example:nas.x 0=b",
    ]],
    ["puts a colon where --iqn has none", ["a,target=x"], "iqn.2026-01.example", ["iqn.2026-01.example:x 0=a"]],
    ["takes whole names", ["a,target=IQN.2026-01.Example:y", "b,target=eui.0123456789ABCDEF"], undefined, [
      "iqn.2026-01.example:y 0=a",
      "eui.0123456789abcdef 0=b",
    ]],
    ["takes equal names for one target", ["a", "b,target=iqn.2026-01.example:nas"], "iqn.2026-01.example:nas", [
      "iqn.2026-01.example:nas 0=a 1=b",
    ]],
    ["has a target without images for those that are sent elsewhere", [], "iqn.2026-01.example:nas", [
      "iqn.2026-01.example:nas",
    ]],
  ];

for (const [what, images, iqn, expected] of good) {
  Deno.test(`planTargets() ${what}`, () => assertEquals(drawn(plan(images, { iqn })), expected));
}

const two = ["a,target=x", "b,target=y"];

Deno.test("planTargets() gives the alias to the main target, or to the only one", () => {
  const aliases = (images: readonly string[]) => plan(images, { alias: "Büro" }).map(({ alias }) => alias);
  assertEquals([aliases(["a,target=x", "b"]), aliases(["a,target=x"])], [[undefined, "Büro"], ["Büro"]]);
});

Deno.test("planTargets() gives maps to the targets that they name, others to the main one", () => {
  const rules = (images: readonly string[], ...maps: string[]) =>
    plan(images, { maps }).map(({ maps }) => maps.map(({ initiators }) => initiators[0]));
  assertEquals(rules(["a", "b,target=x"], "eui.1*,0", "eui.2*,target=x,0", "eui.3*"), [["eui.1*", "eui.3*"], [
    "eui.2*",
  ]]);
  assertEquals(rules(["a,target=x"], "eui.1*,0"), [["eui.1*"]]);
});

const bad:
  readonly (readonly [what: string, images: readonly string[], more: Partial<TargetArguments>, message: string])[] = [
    ["an --iqn that is none", ["a"], { iqn: "disk1" }, `Cannot use "disk1" as an iSCSI name`],
    ["an end that makes no name", ["a,target=x..y"], { iqn: `iqn.2026-01.example:${"n".repeat(210)}` }, "Cannot use"],
    ["an end behind a name that has none", ["a,target=x"], { iqn: "eui.0123456789abcdef" }, "Cannot use"],
    [
      "an alias for nobody",
      two,
      { alias: "x" },
      "Cannot use --alias: every image names its target, and there are several",
    ],
    ["a map for nobody", two, { maps: ["eui.*,0"] }, `Cannot use --map "eui.*,0": there are several targets`],
    ["a map for a target without images", two, { maps: ["eui.*,target=z"] }, "no image belongs to target"],
    ["a map for another target's image", ["a", "b,target=x,lun=7"], { maps: ["eui.*,7"] }, "no image with number 7"],
    ["a number that two images of a target have", ["a,target=x,lun=1", "b,target=x,lun=1"], {}, "a has that number"],
  ];

for (const [what, images, more, message] of bad) {
  Deno.test(`planTargets() refuses ${what}`, () => {
    assertThrows(() => plan(images, more), UsageError, message);
  });
}
