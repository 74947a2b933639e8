/**
 * What a logical unit remembers of each I_T nexus, and of initiator ports that were here before.
 *
 * Tested in tests/scsi/logical_unit_test.ts.
 *
 * @module
 */

import type { Nexus } from "./nexus.ts";
import { sense } from "./sense.ts";
import type { ScsiError } from "./sense_data.ts";
import { UnitAttentions } from "./unit_attention.ts";

/** Ports that are remembered after they have gone; a stranger cannot make us remember more. */
const mostPorts = 4096;

/** The state of one I_T nexus on one logical unit. */
export class NexusState {
  readonly attentions: UnitAttentions = new UnitAttentions();
  /** PREVENT ALLOW MEDIUM REMOVAL is in force (SBC-4 §5.15). */
  preventsRemoval = false;
  /** What happened last to the medium and was not asked for yet, as GET EVENT STATUS NOTIFICATION numbers it. */
  mediaEvent = 0;
  /** What reservations deny to it now, as bits of `denial`. */
  denied = 0;
  /** The asymmetric access state of its target port; 0 and 1 let every command through. */
  portState = 0;
  /** What WRITE BUFFER has left to be echoed. */
  echo: Uint8Array | undefined = undefined;
  /** An error of a command that has ended, to be told with the next one (SPC-5). */
  deferred: ScsiError | undefined = undefined;
  /** The initiator may only read, whatever others may. */
  readonly readOnly: boolean;

  constructor(readOnly = false) {
    this.readOnly = readOnly;
  }
}

/** The nexuses of a logical unit. */
export class NexusMemory {
  readonly #states = new Map<Nexus, NexusState>();
  readonly #ports = new Set<string>();
  /** Told of each nexus that comes into being. */
  onAdmit: ((nexus: Nexus, state: NexusState) => void) | undefined = undefined;
  readonly #readOnly: (nexus: Nexus) => boolean;

  /** `readOnly` says which initiators may only read. */
  constructor(readOnly: (nexus: Nexus) => boolean = () => false) {
    this.#readOnly = readOnly;
  }

  /** The state of a nexus; a new one starts with the unit attention that its port has to hear. */
  at(nexus: Nexus): NexusState {
    return this.#states.get(nexus) ?? this.#admit(nexus);
  }

  /** Forgets a nexus, but not its ports. */
  drop(nexus: Nexus): void {
    this.#states.delete(nexus);
  }

  /** The states of all nexuses. */
  states(): IterableIterator<NexusState> {
    return this.#states.values();
  }

  /** All nexuses with their states. */
  entries(): IterableIterator<[Nexus, NexusState]> {
    return this.#states.entries();
  }

  #admit(nexus: Nexus): NexusState {
    const state = new NexusState(this.#readOnly(nexus));
    const ports = `${nexus.targetPort.relativeId} ${nexus.initiatorPort}`;
    state.attentions.raise(this.#ports.has(ports) ? sense.nexusLoss : sense.powerOnOrReset);
    this.#ports.add(ports);
    if (this.#ports.size > mostPorts) this.#forgetOldestPort();
    this.#states.set(nexus, state);
    this.onAdmit?.(nexus, state);
    return state;
  }

  #forgetOldestPort(): void {
    for (const oldest of this.#ports) {
      this.#ports.delete(oldest);
      return;
    }
  }
}
