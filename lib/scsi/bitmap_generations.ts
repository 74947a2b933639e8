/**
 * The generations of the bitmaps that ORWRITE works on: with them initiators agree who may still set bits after somebody
 * has cleared some (SBC-4 §4.27.2).
 *
 * @module
 */

/** What becomes of an ORWRITE that sets bits (SBC-4 §4.27.4, table 29). */
export const setOutcome = { perform: 0, discard: 1, refuse: 2 } as const;

/**
 * Processing policies: what becomes of a set operation of the previous generation, and of any other but the current one,
 * which is always performed.
 */
const policies: ReadonlyMap<number, { readonly previous: number; readonly other: number }> = new Map([
  [0x0, { previous: setOutcome.perform, other: setOutcome.refuse }],
  [0x2, { previous: setOutcome.discard, other: setOutcome.refuse }],
  [0x3, { previous: setOutcome.perform, other: setOutcome.perform }],
  [0x5, { previous: setOutcome.discard, other: setOutcome.discard }],
  [0x7, { previous: setOutcome.refuse, other: setOutcome.refuse }],
]);

/** The policy from power on. */
const initialPolicy = 0x7;

/** The generation codes of a logical unit. */
export class BitmapGenerations {
  #current = 0;
  #previous = 0;
  #policy = initialPolicy;

  /** The current ORWgeneration code. */
  get current(): number {
    return this.#current;
  }

  /** What becomes of a set operation that expects a generation: one of {@link setOutcome}. */
  judge(expected: number): number {
    if (expected === this.#current) return setOutcome.perform;
    const policy = policies.get(this.#policy);
    return (expected === this.#previous ? policy?.previous : policy?.other) ?? setOutcome.refuse;
  }

  /** Another generation begins; `policy` is one of {@link isPolicy}. */
  change(generation: number, policy: number): void {
    this.#previous = this.#current;
    this.#current = generation;
    this.#policy = policy;
  }

  /** Back to the state after power on; a logical unit reset is no reason (SBC-4 §4.27.3). */
  reset(): void {
    this.#current = 0;
    this.#previous = 0;
    this.#policy = initialPolicy;
  }
}

/** Whether PREVIOUS GENERATION PROCESSING has a meaning. */
export function isPolicy(code: number): boolean {
  return policies.has(code);
}
