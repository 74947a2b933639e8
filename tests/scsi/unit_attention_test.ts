import { assertEquals } from "@std/assert";
import { sense, type SenseCode } from "../../lib/scsi/sense.ts";
import { detailsOf, UnitAttentions } from "../../lib/scsi/unit_attention.ts";

const { busDeviceReset, capacityDataHasChanged, inquiryDataHasChanged, nexusLoss, powerOnOrReset } = sense;
const { reportedLunsDataHasChanged, scsiBusReset } = sense;

const rows: readonly { name: string; raised: readonly SenseCode[]; taken: readonly SenseCode[] }[] = [
  { name: "nothing", raised: [], taken: [] },
  { name: "the same twice", raised: [nexusLoss, nexusLoss], taken: [nexusLoss] },
  {
    name: "others in the order they came",
    raised: [capacityDataHasChanged, reportedLunsDataHasChanged, capacityDataHasChanged],
    taken: [capacityDataHasChanged, reportedLunsDataHasChanged],
  },
  {
    name: "the same additional sense code with another qualifier",
    raised: [inquiryDataHasChanged, reportedLunsDataHasChanged],
    taken: [inquiryDataHasChanged, reportedLunsDataHasChanged],
  },
  {
    name: "a reset before what came earlier",
    raised: [capacityDataHasChanged, busDeviceReset],
    taken: [busDeviceReset, capacityDataHasChanged],
  },
  { name: "a weaker reset after a stronger one", raised: [powerOnOrReset, nexusLoss], taken: [powerOnOrReset] },
  {
    name: "a stronger reset after weaker ones",
    raised: [nexusLoss, busDeviceReset, scsiBusReset],
    taken: [scsiBusReset],
  },
];

for (const { name, raised, taken } of rows) {
  Deno.test(`UnitAttentions reports ${name} as SAM-5 orders it`, () => {
    const attentions = new UnitAttentions();
    for (const code of raised) attentions.raise(code);
    assertEquals(attentions.pending, taken.length);
    const reported: SenseCode[] = [];
    for (let code = attentions.take(); code !== undefined; code = attentions.take()) reported.push(code);
    assertEquals(reported, taken);
  });
}

Deno.test("UnitAttentions tells apart what has other information", () => {
  const attentions = new UnitAttentions();
  const raised = [{ ...capacityDataHasChanged, information: 1 }, { ...capacityDataHasChanged, information: 2 }];
  for (const code of [...raised, ...raised]) attentions.raise(code);
  assertEquals([attentions.take(), attentions.take(), attentions.take()], [...raised, undefined]);
  assertEquals(raised.map(detailsOf), [{ information: 1 }, { information: 2 }]);
  assertEquals(detailsOf(capacityDataHasChanged), {});
});

Deno.test("UnitAttentions forgets what is cleared, and nothing else", () => {
  const attentions = new UnitAttentions();
  attentions.raise(capacityDataHasChanged);
  attentions.raise(reportedLunsDataHasChanged);
  attentions.clear(reportedLunsDataHasChanged);
  attentions.clear(nexusLoss);
  assertEquals(attentions.take(), capacityDataHasChanged);
  assertEquals(attentions.pending, 0);
});
