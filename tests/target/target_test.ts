import { assert, assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { NameError } from "../../lib/iscsi/names.ts";
import { MemoryStore } from "../../lib/store/memory_store.ts";
import { Target, unitsOf } from "../../lib/target/target.ts";
import { ProtocolHarness, TARGET as STORY } from "../support/protocol_harness.ts";

const NAME = "iqn.2026-11.com.example:disk";

function store(): MemoryStore {
  return new MemoryStore(1 << 20);
}

Deno.test("a target keeps its name in the form that compares equal", () => {
  assertEquals(new Target({ name: "iqn.2026-11.com.example:DISK" }).name, NAME);
});

Deno.test("a target refuses a name that is none", () => {
  assertThrows(() => new Target({ name: "disk" }), NameError);
});

Deno.test("a target is at every portal group unless it is told otherwise", () => {
  const everywhere = new Target({ name: NAME });
  const somewhere = new Target({ name: NAME, portalGroups: [2, 3] });
  assertEquals([everywhere.isAt(1), everywhere.isAt(9)], [true, true]);
  assertEquals([somewhere.isAt(1), somewhere.isAt(3)], [false, true]);
});

Deno.test("portOf() names the port of a portal group, always by the same object", () => {
  const target = new Target({ name: NAME });
  const port = target.portOf(2);
  assertEquals(port, { name: `${NAME},t,0x0002`, relativeId: 2, groupId: 2, device: NAME });
  assertStrictEquals(target.portOf(2), port);
});

Deno.test("numbers() gives the units in order when they were added in another", () => {
  const target = new Target({ name: NAME, luns: [{ lun: 7, store: store() }] });
  target.addUnit({ lun: 0, store: store() }).addUnit({ lun: 16383, store: store() });
  assertEquals(target.numbers(), [0, 7, 16383]);
  assertEquals([target.units().length, target.at(7) === undefined, target.at(1)], [3, false, undefined]);
});

for (const lun of [-1, 16384, 1.5, NaN]) {
  Deno.test(`addUnit() refuses LUN ${lun}`, () => {
    const target = new Target({ name: NAME });
    assertThrows(() => target.addUnit({ lun, store: store() }), RangeError, `Cannot add LUN ${lun}`);
  });
}

Deno.test("addUnit() refuses a number that is taken", () => {
  const target = new Target({ name: NAME, luns: [{ lun: 1, store: store() }] });
  assertThrows(() => target.addUnit({ lun: 1, store: store() }), RangeError, "it is there already");
});

Deno.test("addUnit() gives each unit a name of its own", () => {
  const target = new Target({ name: NAME, luns: [0, 1].map((lun) => ({ lun, store: store() })) });
  assert(target.at(0)?.identity.serial !== target.at(1)?.identity.serial);
});

Deno.test("addUnit() gives a unit the blocks that are asked for", () => {
  const target = new Target({
    name: NAME,
    luns: [
      { lun: 0, store: store() },
      { lun: 1, store: store(), blockSize: 1024, physicalBlockSize: 8192, lowestAlignedLba: 5 },
    ],
  });
  const told = target.units().map((unit) => [unit.blockSize, unit.physicalBlockExponent, unit.lowestAlignedLba]);
  assertEquals(told, [[512, 3, 0], [1024, 3, 5]]);
});

Deno.test("addUnit() gives units random bytes of their own", () => {
  const unit = new Target({ name: NAME, luns: [{ lun: 0, store: store() }] }).at(0);
  const [first, second] = [unit?.random(32), unit?.random(32)];
  assertEquals([first?.length, second?.length], [32, 32]);
  assertNotEquals(first, second);
});

Deno.test("addUnit() lets open sessions know", () => {
  const house = new ProtocolHarness();
  const peer = house.session();
  const target = house.catalogue.targets.get(STORY) as Target;
  target.addUnit({ lun: 2, store: store() });
  peer.command(new Uint8Array(6), { lun: 0 });
  assertEquals(peer.ending().sense, "6/3f/0e");
  peer.command(new Uint8Array(6), { lun: 0 });
  assertEquals(peer.ending().status, 0);
  house.end();
});

Deno.test("unitsOf() gives the units of a map", () => {
  const target = new Target({ name: NAME, luns: [{ lun: 3, store: store() }] });
  assertEquals(unitsOf(target), target.units());
});

Deno.test("a target with asymmetric access tells units the state of each portal group", () => {
  const target = new Target({
    name: NAME,
    portalGroups: [2, 1],
    alua: { explicit: true, states: { 2: "standby" }, preferred: [1] },
    luns: [{ lun: 0, store: store() }],
  });
  const { portGroups } = target;
  assertStrictEquals(target.at(0)?.portGroups, portGroups);
  assertEquals(portGroups?.groups.map(({ id, state, preferred }) => [id, state, preferred]), [
    [1, "optimized", true],
    [2, "standby", false],
  ]);
  assertEquals(portGroups?.stateAt(target.portOf(2)), 2);
  assertEquals(new Target({ name: NAME }).portGroups, undefined);
});
