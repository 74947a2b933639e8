import { assertEquals } from "@std/assert";
import { copyStatus } from "../../../lib/scsi/copy/formats.ts";
import { CopyOperations, rememberedCopies } from "../../../lib/scsi/copy/operations.ts";
import { CopyDevice, outCdb } from "../../support/copying.ts";
import { FakeTask } from "../../support/fake_task.ts";

const device = new CopyDevice();

function task(nexus = device.nexus): FakeTask {
  return new FakeTask(nexus, 0, outCdb(0x11, 0));
}

Deno.test("CopyOperations.begin() keeps a list identifier for one that runs", () => {
  const operations = new CopyOperations();
  const mode = { listId: 1, immediate: false };
  const first = operations.begin(task(), mode);
  assertEquals([first?.state, first?.serviceAction, operations.begin(task(), mode)], [
    copyStatus.foreground,
    0x11,
    undefined,
  ]);
  const stranger = task(device.login("iqn.2026-01.test:b"));
  assertEquals(operations.begin(stranger, { ...mode, immediate: true })?.state, copyStatus.background);
  first?.end(0);
  const second = operations.begin(task(), mode);
  assertEquals([operations.find(device.nexus, 1) === second, operations.running], [true, 2]);
});

Deno.test("CopyOperations forgets the oldest result, but none that runs", () => {
  const operations = new CopyOperations();
  const made = Array.from(
    { length: rememberedCopies },
    (_, listId) => operations.begin(task(), { listId, immediate: true }),
  );
  assertEquals(operations.begin(task(), { listId: undefined, immediate: true }), undefined);
  made[5]?.end(0);
  made[9]?.end(0);
  operations.begin(task(), { listId: 100, immediate: true });
  const known = (listId: number): boolean => operations.find(device.nexus, listId) !== undefined;
  assertEquals([4, 5, 9, 100].map(known), [true, false, true, true]);
});

Deno.test("CopyOperation.end() tells how it went", () => {
  const rows = [
    { status: 0, aborted: false, residual: false, state: copyStatus.completed },
    { status: 0, aborted: false, residual: true, state: copyStatus.residual },
    { status: 2, aborted: false, residual: true, state: copyStatus.failed },
    { status: 2, aborted: true, residual: false, state: copyStatus.terminated },
  ];
  for (const { status, aborted, residual, state } of rows) {
    const one = task();
    const operation = new CopyOperations().begin(one, { listId: 1, immediate: false });
    if (operation === undefined) throw new TypeError("Cannot begin: it did not");
    operation.residual = residual;
    one.aborted = aborted;
    operation.end(status);
    // The task is another command's now.
    one.aborted = true;
    assertEquals([operation.state, operation.aborted, operation.running], [state, aborted, false]);
  }
});

Deno.test("CopyOperation.abort() settles with the end, and a task says nothing of a copy in the background", async () => {
  const operations = new CopyOperations();
  const one = task();
  const operation = operations.begin(one, { listId: 1, immediate: true });
  one.aborted = true;
  assertEquals(operation?.aborted, false);
  operations.end(device.nexus);
  assertEquals([operation?.aborted, operations.find(device.nexus, 1)], [true, undefined]);
  const ended = operation?.abort();
  operation?.end(2);
  await ended;
  assertEquals(operation?.state, copyStatus.terminated);
});
