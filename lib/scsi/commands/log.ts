/**
 * LOG SENSE and LOG SELECT.
 *
 * @module
 */

import { bits, flag, layout, u16, u8 } from "../../bytes/layout.ts";
import { logSelectCdb, logSenseCdb } from "../state_cdbs.ts";
import { answer, type Command, command } from "../command.ts";
import { Counters } from "../counters.ts";
import { type LogPage, logPages } from "../log_pages.ts";
import { encodeParameters, logFormat, type LogParameter } from "../log_parameters.ts";
import type { LogicalUnit } from "../logical_unit.ts";
import { sense } from "../sense.ts";
import { ScsiError } from "../sense_data.ts";
import type { ScsiTask } from "../task.ts";

/** The header of a log page. */
export const logPageHeader = layout("SPC-5", 4, {
  disableSave: flag(0, 7),
  subpageFormat: flag(0, 6),
  page: bits(0, 5, 0),
  subpage: u8(1),
  length: u16(2),
});

/** PC: thresholds or cumulative values, as they are or by default (SPC-5 §6.9). */
const pageControl = { threshold: 0, cumulative: 1, defaultThreshold: 2, defaultCumulative: 3 } as const;

const allPages = 0x00;
const allSubpages = 0xff;

/** The commands of the log. SP is reserved: nothing is saved. */
export const logCommands: readonly Command[] = [
  command({
    name: "LOG SELECT",
    spec: "SPC-5 §6.8",
    usage: "4c 02 ff ff 00 00 00 ff ff 00",
    data: "gather",
    access: "write",
    plan: planSelect,
    run: refuseParameters,
    runWithoutData: select,
  }),
  command({
    name: "LOG SENSE",
    spec: "SPC-5 §6.9",
    usage: "4d 00 ff ff 00 ff ff ff ff 00",
    data: "in",
    access: "free",
    run: senseLog,
  }),
];

function senseLog(task: ScsiTask, unit: LogicalUnit): void | Promise<void> {
  const { page, subpage } = addressIn(task);
  const list = listed(page, subpage, unit);
  if (list !== undefined) return answerPage(task, list);
  const row = find(unit, page, subpage);
  const counting = logSenseCdb.pageControl.get(task.cdb) === pageControl.cumulative;
  const parameters = row.parameters(unit, counting ? unit.log.counted(row) : new Counters());
  if (!(parameters instanceof Promise)) return answerParameters(task, parameters);
  return parameters.then((later) => answerParameters(task, later));
}

function answerParameters(task: ScsiTask, parameters: readonly LogParameter[]): void {
  const control = logSenseCdb.pageControl.get(task.cdb);
  const from = logSenseCdb.parameterPointer.get(task.cdb);
  const wanted = parameters.filter(({ code }) => code >= from);
  if (wanted.length === 0 && from > 0) throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 5 } });
  const isThreshold = control === pageControl.threshold || control === pageControl.defaultThreshold;
  answerPage(task, encodeParameters(isThreshold ? wanted.map(threshold) : wanted));
}

function answerPage(task: ScsiTask, body: Uint8Array): void {
  const { page, subpage } = addressIn(task);
  const data = new Uint8Array(logPageHeader.size + body.length);
  logPageHeader.encode(
    { disableSave: true, subpageFormat: subpage !== 0, page, subpage, length: body.length },
    data,
  );
  data.set(body, logPageHeader.size);
  answer(task, data, logSenseCdb.allocationLength.get(task.cdb));
}

/** The pages, or the pages with their subpages, that there are (SPC-5). */
function listed(page: number, subpage: number, unit: LogicalUnit): Uint8Array | undefined {
  const pages = pagesOf(unit);
  if (page === allPages && subpage === 0) {
    return Uint8Array.from([...new Set([allPages, ...pages.map((row) => row.page)])]);
  }
  if (subpage !== allSubpages) return undefined;
  const known = page === allPages || pages.some((row) => row.page === page);
  if (!known) return undefined;
  const codes = page === allPages ? [[allPages, 0], [allPages, allSubpages]] : [];
  for (const row of pages) {
    if (page !== allPages && row.page !== page) continue;
    codes.push([row.page, row.subpage]);
    const last = pages.findLast((other) => other.page === row.page) === row;
    if (last) codes.push([row.page, allSubpages]);
  }
  return Uint8Array.from(codes.flat());
}

/** No counter ever reaches its threshold; what is no counter has none (SPC-5 §6.9). */
function threshold(parameter: LogParameter): LogParameter {
  if (parameter.format === logFormat.text || parameter.format === logFormat.binary) return parameter;
  return { ...parameter, value: new Uint8Array(parameter.value.length).fill(0xff) };
}

function planSelect(task: ScsiTask, unit: LogicalUnit): void {
  const { cdb } = task;
  const length = logSelectCdb.parameterListLength.get(cdb);
  if (logSelectCdb.reset.get(cdb) && length > 0) {
    throw new ScsiError(sense.invalidFieldInCdb, { pointer: { byte: 1, bit: 1 } });
  }
  const { page, subpage } = addressIn(task);
  if (page !== allPages || subpage !== 0) find(unit, page, subpage);
  task.transferLength = length;
}

/** PCR, and the default cumulative values, begin counting anew; thresholds are what they are. */
function select(task: ScsiTask, unit: LogicalUnit): void {
  const { cdb } = task;
  const counting = logSelectCdb.pageControl.get(cdb) === pageControl.defaultCumulative;
  if (!logSelectCdb.reset.get(cdb) && !counting) return;
  const { page, subpage } = addressIn(task);
  for (const row of pagesOf(unit)) {
    if (page === allPages || row.page === page && row.subpage === subpage) unit.log.reset(row, unit.age);
  }
  unit.raise(sense.logParametersChanged, task.nexus);
}

/** Counters count what happens: none can be set. */
function refuseParameters({ data }: ScsiTask): void {
  if (data.length < logPageHeader.size) throw new ScsiError(sense.parameterListLengthError);
  throw new ScsiError(sense.invalidFieldInParameterList, { pointer: { byte: 0, inData: true } });
}

function find(unit: LogicalUnit, page: number, subpage: number): LogPage {
  const pages = pagesOf(unit);
  const row = pages.find((candidate) => candidate.page === page && candidate.subpage === subpage);
  if (row !== undefined) return row;
  const known = pages.some((candidate) => candidate.page === page);
  throw new ScsiError(sense.invalidFieldInCdb, { pointer: known ? { byte: 3 } : { byte: 2, bit: 5 } });
}

function pagesOf(unit: LogicalUnit): readonly LogPage[] {
  return logPages.filter((row) => row.supported?.(unit) ?? true);
}

/** Both CDBs have these fields in the same place. */
function addressIn({ cdb }: ScsiTask): { page: number; subpage: number } {
  return { page: logSenseCdb.page.get(cdb), subpage: logSenseCdb.subpage.get(cdb) };
}
