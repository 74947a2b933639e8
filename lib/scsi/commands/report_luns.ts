/**
 * REPORT LUNS.
 *
 * @module
 */

import { layout, u32 } from "../../bytes/layout.ts";
import { reportLunsCdb } from "../cdb.ts";
import { answer, type Command, command } from "../command.ts";
import type { Nexus } from "../nexus.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

const lunList = layout("SPC-5 §6.32", 8, { length: u32(0) });

/** What SELECT REPORT asks for (SPC-5 §6.32). No unit is an administrative one, or has subsidiaries. */
const select = {
  accessible: 0x00,
  wellKnown: 0x01,
  all: 0x02,
  administrative: 0x10,
  notSubsidiary: 0x11,
  subsidiary: 0x12,
} as const;

/** The first two bytes of the REPORT LUNS well known logical unit's number (SPC-5). */
const wellKnown = 0xc101;

/** Flat space addressing begins where peripheral device addressing ends (SAM-5 §4.7). */
const mostPeripheral = 255;
const flatSpace = 0x40;

/** REPORT LUNS. */
export const reportLunsCommand: Command = command({
  name: "REPORT LUNS",
  spec: "SPC-5 §6.32",
  usage: "a0 00 ff 00 00 00 ff ff ff ff 00 00",
  data: "in",
  access: "free",
  attention: "ignore",
  run: reportLuns,
});

/** Answers REPORT LUNS; any address will do, also one that names no logical unit. */
export function reportLuns(task: ScsiTask): void {
  const wanted = reportLunsCdb.select.get(task.cdb);
  const numbers = numbersFor(wanted, task.nexus);
  const data = new Uint8Array(lunList.size + 8 * numbers.length);
  lunList.length.set(data, 8 * numbers.length);
  numbers.forEach((number, i) => {
    data[lunList.size + 8 * i] = number > mostPeripheral ? flatSpace | number >> 8 : 0;
    data[lunList.size + 8 * i + 1] = number & 0xff;
  });
  forgetLunsChanged(task.nexus);
  answer(task, data, reportLunsCdb.allocationLength.get(task.cdb));
}

function numbersFor(wanted: number, nexus: Nexus): readonly number[] {
  switch (wanted) {
    case select.accessible:
    case select.notSubsidiary:
      return nexus.luns.numbers();
    case select.wellKnown:
      return [wellKnown];
    case select.all:
      return [...nexus.luns.numbers(), wellKnown];
    case select.administrative:
    case select.subsidiary:
      return [];
    default:
      throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 2 } });
  }
}

/** One that has heard of it need not hear it from each logical unit (SAM-5 §5.14.2; LUICLR of VPD page 86h). */
export function forgetLunsChanged(nexus: Nexus): void {
  for (const number of nexus.luns.numbers()) {
    nexus.luns.at(number)?.nexus(nexus).attentions.clear(sense.reportedLunsDataHasChanged);
  }
}
