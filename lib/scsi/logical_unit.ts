/**
 * A logical unit: a store with a name, its state, its task set, and what it remembers of each I_T nexus.
 *
 * @module
 */

import type { BlockStore } from "../store/store.ts";
import { BitmapGenerations } from "./bitmap_generations.ts";
import { type BlockSizeOptions, blockSizesOf } from "./block_sizes.ts";
import { checkIdentity, type LogicalUnitIdentity } from "./identity.ts";
import { LogState } from "./log_state.ts";
import { ModePages } from "./mode_values.ts";
import { CopyOperations } from "./copy/operations.ts";
import { Tokens } from "./copy/tokens.ts";
import type { Nexus } from "./nexus.ts";
import { NexusMemory, type NexusState } from "./nexus_state.ts";
import { interruptedOperation, type Operation } from "./operation.ts";
import type { PortGroups } from "./port_groups.ts";
import { RangeLock } from "./range_lock.ts";
import { Reservations } from "./reservations.ts";
import { selfTestOutcome, SelfTests } from "./self_test.ts";
import { sense, type SenseCode } from "./sense.ts";
import { encodeSense } from "./sense_data.ts";
import { SoftThresholds } from "./soft_thresholds.ts";
import { TaskSet } from "./task_set.ts";
import type { UnitAttention } from "./unit_attention.ts";
import { kindBits, type UnitKind } from "./unit_kind.ts";
import type { UnitMemory } from "./unit_memory.ts";

export type { LogicalUnitIdentity } from "./identity.ts";
export { type AccessState, PortGroupError, PortGroups, type PortGroupsOptions } from "./port_groups.ts";
export type { UnitKind } from "./unit_kind.ts";
export type { MemoryValue, UnitMemory } from "./unit_memory.ts";

/** What a logical unit is made of. */
export interface LogicalUnitOptions extends BlockSizeOptions {
  readonly identity: LogicalUnitIdentity;
  /** A disk by default. A CD-ROM is read-only and removable, and its blocks are of 2048 bytes. */
  readonly kind?: UnitKind;
  /** Write protected, even when the store is not. */
  readonly readOnly?: boolean;
  /** The medium can be ejected and loaded. */
  readonly removable?: boolean;
  /** Thin provisioned; by default when the store can give space back. */
  readonly thin?: boolean;
  /** Keeps what has to survive a restart; without it nothing is claimed to. */
  readonly memory?: UnitMemory;
  /** The time in milliseconds since 1970; without it time stands still. */
  readonly clock?: () => number;
  /** That many random bytes, fit for secrets; without it they are zeros, and tokens of copies can be guessed. */
  readonly random?: (length: number) => Uint8Array;
  /** Told of exceptions that are faults of the program or the store, after the initiator got its sense data. */
  readonly onFault?: (error: unknown) => void;
  /** Lets other work run in the middle of a long loop; by default only what is ready already. */
  readonly breathe?: () => Promise<void>;
  /** Asymmetric access through target port groups; without them all ports are alike. */
  readonly portGroups?: PortGroups;
  /** Relative identifiers of all target ports of the device; none when absent, but those that nexuses have. */
  readonly targetPorts?: () => readonly number[];
  /** Told when a command has aborted tasks of others: the transport then lets go of those that waited for data. */
  readonly onAbort?: () => void;
  /** Told, with sense data, of changes that a nexus may want to hear of before its next command (SAM-5 §5.14). */
  readonly onChange?: (unit: LogicalUnit, nexus: Nexus, sense: Uint8Array) => void;
}

/** A logical unit (SAM-5 §4.6). */
export class LogicalUnit {
  readonly store: BlockStore;
  readonly identity: LogicalUnitIdentity;
  readonly kind: UnitKind;
  /** The kind as one of `kindBits`. */
  readonly kindBit: number;
  /** Bytes of a logical block. */
  readonly blockSize: number;
  /** Logical blocks of a physical block as a power of two, 0 to 15. */
  readonly physicalBlockExponent: number;
  /** The first logical block with which a physical block begins. */
  readonly lowestAlignedLba: number;
  readonly removable: boolean;
  /** What survives a restart. */
  readonly memory: UnitMemory | undefined;
  /** The time in milliseconds since 1970. */
  readonly clock: () => number;
  /** That many random bytes, fit for secrets. */
  readonly random: (length: number) => Uint8Array;
  readonly onFault: (error: unknown) => void;
  readonly breathe: () => Promise<void>;
  readonly onAbort: () => void;
  /** Asymmetric access; `undefined` when all ports are alike. */
  readonly portGroups: PortGroups | undefined;
  readonly tasks: TaskSet = new TaskSet();
  readonly ranges: RangeLock = new RangeLock(this.tasks);
  readonly copies: CopyOperations = new CopyOperations();
  readonly tokens: Tokens = new Tokens();
  readonly bitmapGenerations: BitmapGenerations = new BitmapGenerations();
  readonly modePages: ModePages;
  readonly thresholds: SoftThresholds;
  readonly log: LogState = new LogState();
  readonly selfTests: SelfTests;
  /** Milliseconds that SET TIMESTAMP has put between us and the clock; `undefined` when it was never used. */
  timestampShift: number | undefined = undefined;
  /** What WRITE BUFFER has left; `undefined` until it is used. */
  buffer: Uint8Array | undefined = undefined;
  readonly reservations: Reservations;
  /** Logical blocks; follows the store when {@link LogicalUnit.capacityChanged} is called. */
  blocks: number;
  /** A removable medium is in its place; always so for a fixed one. */
  loaded = true;
  /** A fixed medium was stopped by START STOP UNIT. */
  stopped = false;
  /** The medium is being formatted or sanitized, or that has failed. */
  operation: Operation | undefined = undefined;
  /** Blocks are allocated when they are written, and given back by UNMAP (SBC-4). */
  readonly thin: boolean;
  readonly #readOnly: boolean;
  readonly #targetPorts: () => readonly number[];
  readonly #began: number;
  readonly #onChange: (unit: LogicalUnit, nexus: Nexus, sense: Uint8Array) => void;
  readonly #nexuses = new NexusMemory((nexus) => nexus.luns.readOnly?.(this) ?? false);

  /** Throws a `RangeError` when block sizes do not fit each other or the store holds no block. */
  constructor(options: LogicalUnitOptions) {
    const { store, identity, kind = "disk" } = options;
    const disc = kind === "cdrom";
    checkIdentity(identity);
    const { blockSize, physicalBlockExponent, lowestAlignedLba } = blockSizesOf(options);
    this.store = store;
    this.identity = identity;
    this.kind = kind;
    this.kindBit = kindBits[kind];
    this.blockSize = blockSize;
    this.blocks = Math.floor(store.size / blockSize);
    this.physicalBlockExponent = physicalBlockExponent;
    this.lowestAlignedLba = lowestAlignedLba;
    this.#readOnly = disc || (options.readOnly ?? false);
    this.removable = disc || (options.removable ?? false);
    this.thin = !disc && (options.thin ?? store.capabilities.unmap);
    this.memory = options.memory;
    this.clock = options.clock ?? (() => 0);
    this.#began = this.clock();
    this.random = options.random ?? ((length) => new Uint8Array(length));
    this.onFault = options.onFault ?? (() => {});
    this.breathe = options.breathe ?? (() => Promise.resolve());
    this.onAbort = options.onAbort ?? (() => {});
    this.#onChange = options.onChange ?? (() => {});
    this.#targetPorts = options.targetPorts ?? (() => []);
    this.portGroups = options.portGroups;
    this.portGroups?.attach(this);
    this.modePages = new ModePages(this);
    this.thresholds = new SoftThresholds(this);
    this.selfTests = new SelfTests(this);
    this.reservations = new Reservations(this);
    this.#nexuses.onAdmit = (nexus, state) => {
      state.denied = this.reservations.denied(nexus);
      if (this.portGroups !== undefined) state.portState = this.portGroups.stateAt(nexus.targetPort);
    };
    this.operation = interruptedOperation(this);
  }

  /** Writes are refused with DATA PROTECT. */
  get writeProtected(): boolean {
    return this.#readOnly || this.store.capabilities.readOnly || this.modePages.softwareWriteProtect;
  }

  /** Milliseconds since the unit came into being. */
  get age(): number {
    return this.clock() - this.#began;
  }

  /** Why writes are refused: what the initiator can undo comes last. */
  get writeProtection(): SenseCode {
    const protectedByUs = this.#readOnly || this.store.capabilities.readOnly;
    return protectedByUs ? sense.writeProtected : sense.softwareWriteProtected;
  }

  /** Writes of this nexus are refused with DATA PROTECT: those of all, or its own. */
  writeProtectedFor(nexus: Nexus): boolean {
    return this.writeProtected || this.nexus(nexus).readOnly;
  }

  /** Why the medium cannot be used now, or `undefined` when it can. */
  get notReady(): SenseCode | undefined {
    if (!this.loaded) return this.kind === "cdrom" ? sense.mediumNotPresentTrayOpen : sense.mediumNotPresent;
    return this.stopped ? sense.initializingCommandRequired : undefined;
  }

  /** Some nexus forbids to take the medium out. */
  get removalPrevented(): boolean {
    for (const state of this.#nexuses.states()) if (state.preventsRemoval) return true;
    return false;
  }

  /** Relative identifiers of all target ports of the device. */
  get targetPorts(): readonly number[] {
    return this.#targetPorts();
  }

  /** All nexuses with what is remembered of each. */
  nexuses(): Iterable<readonly [Nexus, NexusState]> {
    return this.#nexuses.entries();
  }

  /** What is remembered of a nexus; one that was never admitted is admitted now. */
  nexus(nexus: Nexus): NexusState {
    return this.#nexuses.at(nexus);
  }

  /**
   * A nexus comes into being: its first command is told POWER ON (29/00) when the initiator port is new here, or I_T
   * NEXUS LOSS (29/07) when it was here before (SAM-5 §6.3).
   */
  admit(nexus: Nexus): void {
    this.#nexuses.at(nexus);
  }

  /** A nexus is lost: what it prevented is free again. The transport has aborted its tasks (SAM-5 §6.3.4). */
  nexusLost(nexus: Nexus): void {
    this.#nexuses.drop(nexus);
    this.reservations.nexusLost(nexus);
    this.copies.end(nexus);
  }

  /** Raises a unit attention for every nexus but one. */
  raise(code: UnitAttention, except?: Nexus): void {
    for (const [nexus, state] of this.#nexuses.entries()) if (nexus !== except) state.attentions.raise(code);
  }

  /** Back to the state after power on (SAM-5 §6.3.3); the tasks have been aborted. */
  reset(code: SenseCode): void {
    for (const state of this.#nexuses.states()) state.preventsRemoval = false;
    this.reservations.reset();
    this.copies.end();
    this.tokens.clear();
    if (code === sense.scsiBusReset) this.bitmapGenerations.reset();
    this.selfTests.abort(selfTestOutcome.abortedOtherwise);
    this.modePages.reset();
    this.thresholds.update();
    this.raise(code);
  }

  /** The store has another size now; every nexus is told when whole blocks came or went (2A/09). */
  capacityChanged(): void {
    const blocks = Math.floor(this.store.size / this.blockSize);
    if (blocks === this.blocks) return;
    if (blocks < this.blocks) this.tokens.clear();
    this.blocks = blocks;
    this.raise(sense.capacityDataHasChanged);
    for (const [nexus] of this.nexuses()) this.#onChange(this, nexus, encodeSense(sense.capacityDataHasChanged));
  }

  /** The list of logical units that a nexus sees has changed (3F/0E). */
  lunsChanged(nexus: Nexus): void {
    this.nexus(nexus).attentions.raise(sense.reportedLunsDataHasChanged);
    this.#onChange(this, nexus, encodeSense(sense.reportedLunsDataHasChanged));
  }
}
