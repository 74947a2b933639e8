import { assert, assertEquals, assertThrows } from "@std/assert";
import { Workload, type WorkloadOptions } from "../../lib/load/workload.ts";

function workload(options: Partial<WorkloadOptions> = {}): Workload {
  const all = { cells: 8, readPercent: 100, random: false, sessions: 1, verify: false, seed: 1, ...options };
  const made = new Workload(all);
  made.begin("load");
  return made;
}

function take(from: Workload, count: number, session = 0): number[] {
  return Array.from({ length: count }, () => from.next(session));
}

Deno.test("next() goes from one cell to the next, and from the last to the first", () => {
  assertEquals(take(workload({ cells: 3 }), 5), [0, 1, 2, 0, 1]);
});

Deno.test("next() lets each session begin in a part of its own", () => {
  const load = workload({ sessions: 2 });
  assertEquals([take(load, 5, 1), take(load, 2, 0)], [[4, 5, 6, 7, 0], [0, 1]]);
});

Deno.test("next() goes anywhere when it is random", () => {
  const cells = take(workload({ random: true }), 200);
  assertEquals([...new Set(cells)].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

for (const [readPercent, least, most] of [[100, 0, 0], [0, 1000, 1000], [70, 230, 370]] as const) {
  Deno.test(`next() mixes ${readPercent} % reads with writes`, () => {
    const load = workload({ readPercent });
    let writes = 0;
    for (let i = 0; i < 1000; i++) {
      load.next(0);
      if (load.writing) writes++;
    }
    assert(writes >= least && writes <= most, `${writes} writes`);
  });
}

Deno.test("next() has nothing before it begins and after it stops", () => {
  const load = workload();
  load.stop();
  assertEquals(load.next(0), -1);
  load.begin("load");
  assertEquals(load.next(0), 0);
});

for (const random of [true, false]) {
  Deno.test(`next() gives no cell to two requests at a time (random: ${random})`, () => {
    const load = workload({ cells: 16, random, readPercent: 50, verify: true, sessions: 2 });
    const cells = [...take(load, 8), ...take(load, 7, 1)];
    assertEquals(new Set(cells).size, 15);
    load.done(cells[3] as number);
    const free = [...Array(16).keys()].filter((cell) => !cells.includes(cell) || cell === cells[3]);
    assert(free.includes(load.next(0)));
  });
}

Deno.test("generation() counts the writes of a cell", () => {
  const load = workload({ cells: 4, verify: true, readPercent: 0 });
  assertEquals(load.generation(0), 0);
  for (let round = 1; round <= 3; round++) {
    for (const cell of take(load, 4)) {
      assertEquals(load.generation(cell), round);
      load.done(cell);
    }
  }
});

Deno.test("next() goes over every cell once to fill and to check", () => {
  const load = workload({ cells: 5, verify: true, sessions: 2, random: true, readPercent: 100 });
  for (const [stage, writing] of [["fill", true], ["check", false]] as const) {
    load.begin(stage);
    const cells = [load.next(0), load.next(1), load.next(0), load.next(1), load.next(1)];
    assertEquals([cells, load.writing], [[0, 1, 2, 3, 4], writing]);
    assertEquals(load.next(0), -1);
    for (const cell of cells) load.done(cell);
  }
  assertEquals(load.generation(4), 1);
});

Deno.test("Workload refuses to remember more than fits into memory", () => {
  assertThrows(() => workload({ cells: 2 ** 27, verify: true }), RangeError, "Cannot verify");
});
