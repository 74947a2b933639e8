import { assertEquals } from "@std/assert";
import { LogicalUnit } from "../../lib/scsi/logical_unit.ts";
import { endOperation, interruptedOperation, operationKinds } from "../../lib/scsi/operation.ts";
import type { MemoryValue, UnitMemory } from "../../lib/scsi/unit_memory.ts";
import { ArrayStore } from "../support/array_store.ts";
import { FakeDevice, fakeIdentity } from "../support/fake_task.ts";

class FakeMemory implements UnitMemory {
  readonly fields: Map<string, MemoryValue> = new Map();
  readonly log: string[] = [];

  read(field: string): MemoryValue | undefined {
    return this.fields.get(field);
  }

  write(field: string, value: MemoryValue | undefined): Promise<void> {
    this.log.push(`${field}=${JSON.stringify(value)}`);
    if (value === undefined) this.fields.delete(field);
    else this.fields.set(field, value);
    return Promise.resolve();
  }
}

function unitWith(memory: UnitMemory): LogicalUnit {
  return new LogicalUnit({ store: new ArrayStore(4096), identity: fakeIdentity, memory, thin: true });
}

Deno.test("an operation is noted as long as it is not over", async () => {
  const memory = new FakeMemory();
  const device = new FakeDevice({ memory, thin: true });
  assertEquals((await device.send([0x48, 0x22, 0, 0, 0, 0, 0, 0, 0, 0])).status, 0);
  assertEquals(memory.log, ['operation={"kind":"sanitize","restricted":false}', "operation=undefined"]);
});

Deno.test("an operation that a restart has interrupted has failed", async () => {
  const memory = new FakeMemory();
  memory.fields.set("operation", { kind: "sanitize", restricted: true });
  const unit = unitWith(memory);
  assertEquals([unit.operation?.failed, unit.operation?.restricted], [true, true]);
  assertEquals(unit.operation?.state.code, operationKinds.sanitize.failed);
  await endOperation(unit);
  assertEquals([unit.operation, unitWith(memory).operation], [undefined, undefined]);
});

Deno.test("interruptedOperation() makes nothing of notes that are none", () => {
  for (const note of [null, 5, "format", []]) {
    const memory = new FakeMemory();
    memory.fields.set("operation", note);
    assertEquals(interruptedOperation(unitWith(memory)), undefined);
  }
  const memory = new FakeMemory();
  memory.fields.set("operation", { kind: "format" });
  assertEquals(interruptedOperation(unitWith(memory))?.kind, operationKinds.format);
});
