/**
 * A first-in first-out queue that allocates only when it grows.
 *
 * Data path: push and shift allocate nothing in steady state.
 *
 * @module
 */

/** A queue on a ring of slots. */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array<T | undefined>(16).fill(undefined);
  #first = 0;
  #length = 0;

  /** How many are waiting. */
  get length(): number {
    return this.#length;
  }

  /** Puts one at the end. */
  push(item: T): void {
    if (this.#length === this.#slots.length) this.#grow();
    this.#slots[(this.#first + this.#length++) & (this.#slots.length - 1)] = item;
  }

  /** Takes the oldest, or returns `undefined` when none is waiting. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#slots.length - 1);
    this.#length--;
    return item;
  }

  #grow(): void {
    const slots = new Array<T | undefined>(this.#slots.length * 2).fill(undefined);
    for (let i = 0; i < this.#length; i++) slots[i] = this.#slots[(this.#first + i) & (this.#slots.length - 1)];
    this.#slots = slots;
    this.#first = 0;
  }
}
