/** What a logical unit remembers, in memory. */

import type { MemoryValue, UnitMemory } from "../../lib/scsi/unit_memory.ts";

/** Fields that can be looked at, and writes that can be made to fail. */
export class FakeMemory implements UnitMemory {
  readonly fields: Map<string, MemoryValue>;
  /** The next writes fail with this. */
  failure: unknown = undefined;

  constructor(fields: Readonly<Record<string, MemoryValue>> = {}) {
    this.fields = new Map(Object.entries(fields));
  }

  read(field: string): MemoryValue | undefined {
    return this.fields.get(field);
  }

  write(field: string, value: MemoryValue | undefined): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (value === undefined) this.fields.delete(field);
    else this.fields.set(field, value);
    return Promise.resolve();
  }
}
