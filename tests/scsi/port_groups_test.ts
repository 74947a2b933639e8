import { assertEquals, assertThrows } from "@std/assert";
import { commands } from "../../lib/scsi/commands.ts";
import { accessState, PortGroupError, PortGroups, refusal, stateChange } from "../../lib/scsi/port_groups.ts";
import { FakeDevice } from "../support/fake_task.ts";

const port = (relativeId: number, groupId: number) => ({ name: `port ${relativeId}`, relativeId, groupId });

Deno.test("PortGroups collects ports in groups, in the order of their numbers", () => {
  const groups = new PortGroups();
  groups.add(port(3, 2));
  groups.add(port(1, 1), "standby", true);
  groups.add(port(2, 2));
  groups.add(port(3, 2));
  assertEquals(groups.groups.map(({ id, state, preferred }) => [id, state, preferred]), [
    [1, "standby", true],
    [2, "optimized", false],
  ]);
  assertEquals(groups.ports.map(({ relativeId }) => relativeId), [1, 2, 3]);
  assertEquals([groups.stateAt(port(1, 1)), groups.stateAt(port(7, 9))], [2, 0]);
  assertEquals(groups.groups.length, 3);
});

Deno.test("PortGroups says what TPGS says", () => {
  const rows: [boolean | undefined, boolean | undefined, number][] = [
    [undefined, undefined, 1],
    [true, undefined, 3],
    [true, false, 2],
    [false, true, 1],
  ];
  for (const [explicit, implicit, support] of rows) {
    const options = {
      ...(explicit === undefined ? {} : { explicit }),
      ...(implicit === undefined ? {} : { implicit }),
    };
    assertEquals(new PortGroups(options).support, support);
  }
});

Deno.test("PortGroups.change() changes a state, and tells every nexus when it is another one", async () => {
  const portGroups = new PortGroups();
  const device = new FakeDevice({ portGroups });
  portGroups.change(1, "optimized");
  assertEquals((await device.send([0x00])).reason, "");
  portGroups.change(1, "nonOptimized");
  assertEquals((await device.send([0x00])).reason, "6/2a/06");
  assertEquals((await device.send([0x00])).reason, "");
  assertEquals(portGroups.groups.map(({ changed }) => changed), [stateChange.implicit]);
});

Deno.test("PortGroups.change() refuses groups that are not there, and what is not supported", () => {
  assertThrows(
    () => new PortGroups().change(1, "standby"),
    PortGroupError,
    "Cannot change port group 1: there is none",
  );
  const explicit = new PortGroups({ explicit: true, implicit: false });
  explicit.add(port(1, 1));
  assertThrows(() => explicit.change(1, "standby"), PortGroupError, "not supported");
});

Deno.test("PortGroups.change() is refused while an initiator has switched it off with IALUAE", async () => {
  const portGroups = new PortGroups({ explicit: true });
  const device = new FakeDevice({ portGroups });
  const list = Uint8Array.from([0, 0, 0, 0, 0x4a, 1, 0, 28, 6, ...new Array(27).fill(0)]);
  assertEquals((await device.send([0x15, 0x10, 0, 0, list.length], { dataOut: list })).reason, "");
  assertThrows(() => portGroups.change(1, "standby"), PortGroupError, "switched implicit changes off");
  list[8] = 7;
  await device.send([0x15, 0x10, 0, 0, list.length], { dataOut: list });
  portGroups.change(1, "standby");
  assertEquals(portGroups.groups[0]?.state, "standby");
});

Deno.test("refusal() lets through what asks and what concerns the paths in every state", () => {
  const name = (state: number, wanted: string): string => {
    const row = commands.find((command) => command.name === wanted);
    if (row === undefined) throw new Error(`no ${wanted}`);
    const code = refusal(state, row);
    return code === undefined ? "" : `${code.asc}/${code.ascq}`;
  };
  const { optimized, nonOptimized, standby, unavailable, transitioning } = accessState;
  const rows: [string, string[]][] = [
    ["INQUIRY", ["", "", "", "", ""]],
    ["REPORT LUNS", ["", "", "", "", ""]],
    ["REQUEST SENSE", ["", "", "", "", ""]],
    ["REPORT TARGET PORT GROUPS", ["", "", "", "", ""]],
    ["SET TARGET PORT GROUPS", ["", "", "", "", ""]],
    ["MODE SENSE (6)", ["", "", "", "4/12", "4/10"]],
    ["READ CAPACITY (16)", ["", "", "", "4/12", "4/10"]],
    ["PERSISTENT RESERVE IN - READ KEYS", ["", "", "", "4/12", "4/10"]],
    ["TEST UNIT READY", ["", "", "4/11", "4/12", "4/10"]],
    ["READ (10)", ["", "", "4/11", "4/12", "4/10"]],
    ["WRITE (16)", ["", "", "4/11", "4/12", "4/10"]],
    ["READ (32)", ["", "", "4/11", "4/12", "4/10"]],
  ];
  for (const [wanted, reasons] of rows) {
    const states = [optimized, nonOptimized, standby, unavailable, transitioning];
    assertEquals(states.map((state) => name(state, wanted)), reasons, wanted);
  }
});
