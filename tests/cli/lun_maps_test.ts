import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli/errors.ts";
import { parseMap } from "../../lib/cli/lun_maps.ts";

Deno.test("parseMap() reads numbers, other numbers and read-only", () => {
  assertEquals(parseMap("IQN.2026-01.example:web*,0=3,1:ro,2=0:ro", [0, 1, 3]), {
    rule: {
      initiators: ["iqn.2026-01.example:web*"],
      luns: [{ lun: 0, unit: 3 }, { lun: 1, readOnly: true }, { lun: 2, unit: 0, readOnly: true }],
    },
  });
  assertEquals(parseMap("eui.*", [0]), { rule: { initiators: ["eui.*"], luns: [] } });
});

Deno.test("parseMap() reads the target, whose images need not be known", () => {
  assertEquals(parseMap("eui.*,target=Backup,0=7"), {
    rule: { initiators: ["eui.*"], luns: [{ lun: 0, unit: 7 }] },
    target: "backup",
  });
});

const bad: readonly (readonly [text: string, message: string])[] = [
  ["", "it begins with an initiator name"],
  ["0=1", "it begins with an initiator name"],
  ["*,x", `"x" is not LUN, LUN=IMAGE or LUN=IMAGE:ro`],
  ["*,0:rw", `"0:rw" is not LUN`],
  ["*,", `"" is not LUN`],
  ["*,7", "there is no image with number 7"],
  ["*,target=", "the value of target is missing"],
  ["*,0,target=x", `"target=x" is not LUN`],
  ["*,0,0=1", ": LUN 0: it is there already"],
  ["*,16384=0", ": LUN 16384: numbers go from 0 to 16383"],
];

for (const [text, message] of bad) {
  Deno.test(`parseMap() refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(
      () => parseMap(text, [0, 1]),
      UsageError,
      `Cannot use --map ${JSON.stringify(text)}: `,
    );
    assertEquals(error.message.includes(message), true, error.message);
  });
}
