import { assertEquals } from "@std/assert";
import { commands } from "../../lib/scsi/commands.ts";
import { Counters, sampling, traffic, trafficOf } from "../../lib/scsi/counters.ts";

Deno.test("trafficOf() tells READ, WRITE and VERIFY from commands whose names begin like theirs", () => {
  const rows: [string, number][] = [
    ["READ (6)", traffic.read],
    ["READ (32)", traffic.read],
    ["READ CAPACITY (16)", traffic.other],
    ["READ BUFFER (10)", traffic.other],
    ["WRITE (10)", traffic.write],
    ["WRITE AND VERIFY (12)", traffic.write],
    ["WRITE ATOMIC (16)", traffic.write],
    ["WRITE SAME (10)", traffic.other],
    ["WRITE BUFFER", traffic.other],
    ["VERIFY (16)", traffic.verify],
    ["INQUIRY", traffic.other],
  ];
  for (const [name, kind] of rows) assertEquals(trafficOf(name), kind, name);
  for (const { name, opcode, traffic: kind } of commands) {
    if ([0x08, 0x28, 0xa8, 0x88].includes(opcode)) assertEquals(kind, traffic.read, name);
    if ([0x0a, 0x2a, 0xaa, 0x8a].includes(opcode)) assertEquals(kind, traffic.write, name);
  }
});

Deno.test("Counters count commands, bytes, errors and time apart for each kind", () => {
  const counters = new Counters();
  counters.count(traffic.read, 512);
  counters.count(traffic.read, 1024);
  counters.count(traffic.write, 4096);
  counters.failed(traffic.verify);
  counters.took(traffic.write, 2);
  assertEquals([...counters.commands], [0, 2, 1, 0]);
  assertEquals([...counters.bytes], [0, 1536, 4096, 0]);
  assertEquals([...counters.errors], [0, 0, 0, 1]);
  assertEquals([...counters.time], [0, 0, 2 * sampling, 0]);
});

Deno.test("Counters have one command in so many timed", () => {
  const counters = new Counters();
  const timed = Array.from({ length: 3 * sampling }, () => counters.arrive());
  assertEquals(timed.filter(Boolean).length, 3);
  assertEquals(timed[sampling - 1], true);
});

Deno.test("Counters.since() is what came after a copy", () => {
  const counters = new Counters();
  counters.count(traffic.read, 512);
  counters.starts = 3;
  const earlier = counters.copy();
  counters.count(traffic.read, 1024);
  const later = counters.since(earlier);
  assertEquals([later.commands[traffic.read], later.bytes[traffic.read], later.starts], [1, 1024, 3]);
  assertEquals(earlier.bytes[traffic.read], 512);
});
