/**
 * The stages of a login and the ways between them (RFC 7143 §6.3, §11.12.3).
 *
 * @module
 */

import { stage } from "./constants.ts";
import type { TextPhase } from "./declarations.ts";

/** A stage of the login. */
export interface LoginStage {
  /** CSG. */
  readonly stage: number;
  readonly phase: TextPhase;
  /** Each NSG that may be asked for from here. */
  readonly next: readonly number[];
  readonly spec: string;
}

/** The stages in which a login may be, and where it may start. Anything not listed is an initiator error. */
export const loginStages: readonly LoginStage[] = [
  {
    stage: stage.security,
    phase: "security",
    next: [stage.operational, stage.fullFeature],
    spec: "RFC 7143 §6.3.2",
  },
  { stage: stage.operational, phase: "operational", next: [stage.fullFeature], spec: "RFC 7143 §6.3.3" },
];

/** The stage of a CSG, or `undefined` for one that no login can be in. */
export function loginStage(currentStage: number): LoginStage | undefined {
  return loginStages.find((row) => row.stage === currentStage);
}
