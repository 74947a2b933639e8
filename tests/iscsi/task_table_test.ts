import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { RESERVED_TAG } from "../../lib/iscsi/constants.ts";
import { type IscsiTask, phase } from "../../lib/iscsi/task.ts";
import { TaskTable } from "../../lib/iscsi/task_table.ts";
import { Core } from "../support/core.ts";

const { connection } = new Core();

function take(table: TaskTable, tag: number): IscsiTask {
  const task = table.take(tag, connection);
  assert(task !== undefined);
  task.phase = phase.running;
  return task;
}

Deno.test("find() finds a task by its tag while it is lent", () => {
  const table = new TaskTable(4);
  const [one, two] = [take(table, 1), take(table, 0xfffffffe)];
  assertStrictEquals(table.find(1), one);
  assertStrictEquals(table.find(0xfffffffe), two);
  assertStrictEquals(table.at(two.slot), two);
  assertEquals([table.find(3), table.size], [undefined, 2]);
  table.release(one);
  assertEquals([table.find(1), table.size], [undefined, 1]);
});

Deno.test("find() finds nothing when the tag is the reserved one", () => {
  const table = new TaskTable(4);
  take(table, 1);
  assertEquals(table.find(RESERVED_TAG), undefined);
  assertEquals(table.wasFinished(RESERVED_TAG), false);
});

Deno.test("take() lends nothing when all tasks are lent", () => {
  const table = new TaskTable(2);
  const first = take(table, 1);
  take(table, 2);
  assertEquals(table.take(3, connection), undefined);
  table.release(first);
  const again = take(table, 3);
  assertStrictEquals(again, first);
  assertEquals(again.generation, 2);
});

Deno.test("wasFinished() remembers the last 256 tags", () => {
  const table = new TaskTable(1);
  for (let tag = 0; tag <= 256; tag++) table.release(take(table, tag));
  assertEquals([table.wasFinished(0), table.wasFinished(1), table.wasFinished(256)], [false, true, true]);
  assertEquals(table.wasFinished(257), false);
});

Deno.test("forEach() visits the tasks on loan, also when it lets go of them", () => {
  const table = new TaskTable(4);
  const tasks = [1, 2, 3].map((tag) => take(table, tag)) as [IscsiTask, IscsiTask, IscsiTask];
  table.release(tasks[1]);
  const visited: number[] = [];
  table.forEach((task) => {
    visited.push(task.initiatorTaskTag);
    table.release(task);
  });
  assertEquals([visited, table.size], [[1, 3], 0]);
});
