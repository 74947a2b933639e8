/** A command without a transport: what `lib/scsi` sees of one, and a device to send it to. */

import { begin, DONE, finish, GATHER, type Outcome, proceed, STREAM } from "../../lib/scsi/dispatch.ts";
import { LogicalUnit, type LogicalUnitIdentity, type LogicalUnitOptions } from "../../lib/scsi/logical_unit.ts";
import { type LunMap, Nexus } from "../../lib/scsi/nexus.ts";
import { type AbortWaiter, type ScsiTask, taskAttribute, type TaskNotes } from "../../lib/scsi/task.ts";
import type { BlockStore } from "../../lib/store/store.ts";
import { ArrayStore } from "./array_store.ts";

/** Options of a {@link FakeTask}. */
export interface FakeTaskOptions {
  readonly cdbLength?: number;
  /** Bytes that the initiator takes; 4 MiB by default. */
  readonly dataIn?: number;
  /** Data from the initiator. */
  readonly dataOut?: Uint8Array;
  /** Bytes that the initiator is ready to give; those of `dataOut` by default. */
  readonly expectedDataOut?: number;
  /** The most that `window` lends at once. */
  readonly windowSize?: number;
  /** Bytes of each piece of data from the initiator. */
  readonly pieceSize?: number;
  /** Every second `window` has to be waited for. */
  readonly crowded?: boolean;
  /** One of {@link taskAttribute}; SIMPLE by default. */
  readonly attribute?: number;
}

/** A command as a transport presents it. */
export class FakeTask implements ScsiTask {
  readonly cdb: Uint8Array = new Uint8Array(32);
  readonly cdbLength: number;
  readonly lun: number;
  readonly nexus: Nexus;
  readonly attribute: number;
  readonly expectedDataIn: number;
  readonly expectedDataOut: number;
  transferLength = 0;
  data: Uint8Array = new Uint8Array();
  dataOffset = 0;
  dataLast = false;
  status = 0;
  sense: Uint8Array | undefined = undefined;
  aborted = false;
  /** It still runs when it is aborted: it settles only when the test says so. */
  running = false;
  readonly waiters: AbortWaiter[] = [];
  scsi: TaskNotes | undefined = undefined;
  readonly options: FakeTaskOptions;
  readonly #windows: Uint8Array[] = [];
  #taken = 0;
  #full = false;

  constructor(nexus: Nexus, lun: number, cdb: readonly number[], options: FakeTaskOptions = {}) {
    this.cdb.set(cdb);
    this.cdbLength = options.cdbLength ?? Math.max(16, cdb.length);
    this.nexus = nexus;
    this.lun = lun;
    this.options = options;
    this.attribute = options.attribute ?? taskAttribute.simple;
    this.expectedDataOut = options.expectedDataOut ?? options.dataOut?.length ?? 0;
    this.expectedDataIn = options.dataIn ?? (options.dataOut === undefined ? 0x40_0000 : 0);
  }

  /** What has been sent to the initiator. */
  get sent(): Uint8Array {
    const all = new Uint8Array(this.#taken);
    let at = 0;
    for (const piece of this.#windows) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  window(left: number): Uint8Array | undefined {
    if (this.options.crowded) {
      this.#full = !this.#full;
      if (this.#full) return undefined;
    }
    const size = Math.min(left, this.options.windowSize ?? left, this.expectedDataIn - this.#taken);
    if (size < 1) throw new RangeError(`Cannot lend ${size} bytes: nothing is left to be sent`);
    const piece = new Uint8Array(size).fill(0xee);
    this.#windows.push(piece);
    this.#taken += size;
    return piece;
  }

  room(): Promise<void> {
    return Promise.resolve();
  }

  respond(bytes: Uint8Array): void {
    this.transferLength = bytes.length;
    const piece = bytes.slice(0, Math.min(bytes.length, this.expectedDataIn));
    this.#windows.push(piece);
    this.#taken += piece.length;
  }

  abort(waiter: AbortWaiter): void {
    this.aborted = true;
    if (this.running) {
      waiter.pending++;
      this.waiters.push(waiter);
      this.scsi?.wake?.();
    } else finish(this);
  }

  /** The end of a task that still ran when it was aborted. */
  settle(): void {
    finish(this);
    for (const waiter of this.waiters.splice(0)) {
      waiter.pending--;
      waiter.settled();
    }
  }
}

/** The outcome of a command that was sent to a {@link FakeDevice}. */
export interface FakeResult {
  readonly task: FakeTask;
  readonly outcome: "done" | "gather" | "stream" | "promise";
  readonly status: number;
  readonly sense: Uint8Array | undefined;
  /** `5/24/00`, or an empty text when there is no sense data. */
  readonly reason: string;
  readonly data: Uint8Array;
  readonly transferLength: number;
}

/** An identity for tests. */
export const fakeIdentity: LogicalUnitIdentity = {
  vendor: "LUNBOX",
  product: "DISK",
  revision: "1",
  serial: "0123456789",
  naa: Uint8Array.of(0x30, 1, 2, 3, 4, 5, 6, 7),
};

/** Logical units by number. */
export class FakeLuns implements LunMap {
  readonly units: Map<number, LogicalUnit> = new Map();

  at(lun: number): LogicalUnit | undefined {
    return this.units.get(lun);
  }

  numbers(): readonly number[] {
    return [...this.units.keys()].sort((a, b) => a - b);
  }
}

/** One logical unit at LUN 0 with 64 KiB, and an initiator that has heard all unit attentions. */
export class FakeDevice<S extends BlockStore = ArrayStore> {
  readonly luns: FakeLuns = new FakeLuns();
  readonly store: S;
  readonly unit: LogicalUnit;
  readonly nexus: Nexus;

  constructor(options: Partial<LogicalUnitOptions> & { readonly store?: S } = {}) {
    this.store = options.store ?? (new ArrayStore(0x1_0000) as BlockStore as S);
    this.unit = new LogicalUnit({ identity: fakeIdentity, ...options, store: this.store });
    this.luns.units.set(0, this.unit);
    this.nexus = this.login("iqn.2026-01.test:a");
  }

  /** Another initiator, which has heard its unit attentions unless `fresh`. */
  login(name: string, fresh = false): Nexus {
    const nexus = new Nexus(`${name},i,0x000001370000`, fakePort, this.luns);
    for (const unit of this.luns.units.values()) {
      unit.admit(nexus);
      if (!fresh) { while (unit.nexus(nexus).attentions.take() !== undefined); }
    }
    return nexus;
  }

  /** Sends a command to LUN 0 and waits for its end. */
  async send(cdb: readonly number[], options: FakeTaskOptions = {}, nexus: Nexus = this.nexus): Promise<FakeResult> {
    return await sendTo(new FakeTask(nexus, 0, cdb, options));
  }
}

const fakePort = {
  name: "iqn.2026-01.test:target,t,0x0001",
  relativeId: 1,
  groupId: 1,
  device: "iqn.2026-01.test:target",
};

/** Sends a command and waits for its end, as a transport does. */
export async function sendTo(task: FakeTask): Promise<FakeResult> {
  const outcome = begin(task);
  if (outcome instanceof Promise) await outcome;
  else if (outcome === GATHER || outcome === STREAM) await giveData(task, outcome);
  const { status, sense, transferLength } = task;
  finish(task);
  const kind = outcomeName(outcome);
  return { task, outcome: kind, status, sense, reason: reasonOf(sense), data: task.sent, transferLength };
}

async function giveData(task: FakeTask, outcome: Outcome): Promise<void> {
  const all = task.options.dataOut ?? new Uint8Array();
  const total = Math.min(task.transferLength, task.expectedDataOut);
  const size = outcome === GATHER ? total : task.options.pieceSize ?? total;
  for (let at = 0; at < total && task.status === 0; at += size) {
    task.data = all.slice(at, Math.min(at + size, total));
    task.dataOffset = at;
    task.dataLast = at + size >= total;
    await proceed(task);
    task.data.fill(0xdd);
  }
}

function outcomeName(outcome: Outcome): FakeResult["outcome"] {
  if (outcome === DONE) return "done";
  if (outcome === GATHER) return "gather";
  return outcome === STREAM ? "stream" : "promise";
}

/** `key/asc/ascq` of sense data in hex, as people write it. */
export function reasonOf(sense: Uint8Array | undefined): string {
  if (sense === undefined) return "";
  const fixed = ((sense[0] as number) & 0x7f) < 0x72;
  const parts = fixed ? [sense[2], sense[12], sense[13]] : [sense[1], sense[2], sense[3]];
  const [key, asc, ascq] = parts as [number, number, number];
  return `${(key & 0xf).toString(16)}/${hex(asc)}/${hex(ascq)}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
