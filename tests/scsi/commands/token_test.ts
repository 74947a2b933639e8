import { assert, assertEquals } from "@std/assert";
import { readU16, readU32, writeU32 } from "../../../lib/bytes/layout.ts";
import { compareAndWriteCdb } from "../../../lib/scsi/block_cdbs.ts";
import { rodToken, rodType } from "../../../lib/scsi/copy/formats.ts";
import { tokenLimits } from "../../../lib/scsi/copy/tokens.ts";
import { Nexus } from "../../../lib/scsi/nexus.ts";
import { sense } from "../../../lib/scsi/sense.ts";
import {
  copy,
  CopyDevice,
  inCdb,
  made,
  outCdb,
  populate,
  populateParameters,
  type Range,
  segment,
  tokenOf,
  use,
  useParameters,
  zeroToken,
} from "../../support/copying.ts";
import { FakeTask, sendTo } from "../../support/fake_task.ts";
import { HeldStore, settle } from "../../support/held_store.ts";

Deno.test("WRITE USING TOKEN writes what POPULATE TOKEN has made a token of", async () => {
  const device = new CopyDevice();
  for (let i = 0; i < 2048; i++) device.store.data.fill(i, i * 512, (i + 1) * 512);
  const token = await made(device, [[10, 4], [2, 2], [20, 6]]);
  assertEquals((await use(device, token, [[100, 5], [200, 7]])).status, 0);
  const blocks = (lba: number, count: number): (number | undefined)[] =>
    Array.from({ length: count }, (_, i) => device.otherStore.data[(lba + i) * 512]);
  assertEquals(blocks(99, 7), [2, 10, 11, 12, 13, 2, 2]);
  assertEquals(blocks(200, 8), [3, 20, 21, 22, 23, 24, 25, 2]);
});

Deno.test("WRITE USING TOKEN begins where OFFSET INTO ROD says, and ends where the token does", async () => {
  const device = new CopyDevice();
  for (let i = 0; i < 2048; i++) device.store.data.fill(i, i * 512, (i + 1) * 512);
  const token = await made(device, [[10, 4], [50, 4]]);
  assertEquals((await use(device, token, [[0, 16]], { offset: 3 })).status, 0);
  const written = Array.from({ length: 7 }, (_, i) => device.otherStore.data[i * 512]);
  assertEquals(written, [13, 50, 51, 52, 53, 2, 2]);
  const { data } = await device.ask(inCdb(0x07, 10), 1);
  assertEquals([data[5], data[15], readU32(data, 20)], [0x03, 0xf1, 5]);
});

Deno.test("RECEIVE ROD TOKEN INFORMATION counts blocks and carries the token", async () => {
  const device = new CopyDevice({ blockSize: 4096 });
  await populate(device, [[0, 3], [5, 1]]);
  const { data } = await device.ask(inCdb(0x07, 9));
  assertEquals(readU32(data, 0), data.length - 4);
  assertEquals([data[4], data[5], data[12], data[13], data[14], data[15]], [0x10, 0x01, 0, 64, 0, 0xf1]);
  assertEquals(readU32(data, 20), 4);
  assertEquals(readU32(data, 96), 2 + 512);
  const token = data.subarray(102);
  assertEquals([readU32(token, 0), readU16(token, 6), token[16], token[19]], [0x0080_0001, 0x1f8, 0xe4, 0]);
  assertEquals([token[20], token[21], token[23], ...token.subarray(24, 32)], [1, 3, 8, 0x30, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals([readU32(token, 56), readU32(token, 60), readU32(token, 96)], [0, 4 * 4096, 4096]);
});

Deno.test("a token is revoked by every kind of write to its blocks, whoever writes, and by no other", async (t) => {
  const block = new Uint8Array(512);
  const write = (lba: number): number[] => [0x2a, 0, 0, 0, 0, lba, 0, 0, 1, 0];
  const unmap = new Uint8Array(24);
  unmap.set([0, 22, 0, 16]);
  writeU32(unmap, 12, 4);
  writeU32(unmap, 16, 1);
  const cw = [...compareAndWriteCdb.encode({ opcode: 0x89, lba: 4, blocks: 1 })];
  const matched = new Uint8Array(1024).fill(1, 0, 512);
  const gone = "5/23/06";
  type Act = (device: CopyDevice) => unknown;
  const rows: { name: string; act: Act; reason: string }[] = [
    { name: "nothing", act: () => {}, reason: "" },
    { name: "READ", act: (device) => device.ask([0x28, 0, 0, 0, 0, 4, 0, 0, 1, 0]), reason: "" },
    { name: "WRITE before", act: (device) => device.give(write(3), block), reason: "" },
    { name: "WRITE behind", act: (device) => device.give(write(12), block), reason: "" },
    { name: "WRITE to the other unit", act: (device) => device.give(write(4), block, 1), reason: "" },
    { name: "WRITE to the first block", act: (device) => device.give(write(4), block), reason: gone },
    { name: "WRITE to the last block", act: (device) => device.give(write(11), block), reason: gone },
    {
      name: "WRITE of another nexus",
      act: (device) => device.give(write(4), block, 0, device.login("iqn.2026-01.test:b")),
      reason: gone,
    },
    { name: "WRITE SAME", act: (device) => device.give([0x41, 0, 0, 0, 0, 11, 0, 0, 1, 0], block), reason: gone },
    { name: "UNMAP", act: (device) => device.give([0x42, 0, 0, 0, 0, 0, 0, 0, 24, 0], unmap), reason: gone },
    { name: "COMPARE AND WRITE", act: (device) => device.give(cw, matched), reason: gone },
    {
      name: "ORWRITE",
      act: (device) => device.give([0x8b, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1], block),
      reason: gone,
    },
    { name: "SANITIZE", act: (device) => device.ask([0x48, 0x82, 0, 0, 0, 0, 0, 0, 0, 0]), reason: gone },
    { name: "FORMAT UNIT", act: (device) => device.ask([0x04, 0, 0, 0, 0, 0]), reason: gone },
    { name: "EXTENDED COPY away", act: (device) => copy(device, segment()), reason: "" },
    {
      name: "EXTENDED COPY to it",
      act: (device) => copy(device, segment({ source: 1, destination: 0, blocks: 5 })),
      reason: gone,
    },
    {
      name: "WRITE USING TOKEN",
      act: async (device) => use(device, await made(device, [[100, 1]]), [[4, 1]], {}, 0),
      reason: gone,
    },
    { name: "the zero token", act: (device) => use(device, zeroToken(), [[4, 1]], {}, 0), reason: gone },
    { name: "a reset", act: ({ unit }) => unit.reset(sense.busDeviceReset), reason: gone },
  ];
  for (const { name, act, reason } of rows) {
    await t.step(name, async () => {
      const device = new CopyDevice({ thin: true });
      const token = await made(device, [[4, 8]]);
      const outcome = await act(device) as { status?: number } | undefined;
      assertEquals(outcome?.status ?? 0, 0);
      assertEquals((await use(device, token, [[0, 8]])).reason, reason);
      if (reason === "") assertEquals(device.otherStore.data[0], 1);
    });
  }
});

Deno.test("POPULATE TOKEN waits for a write that has begun, and one that waits for it makes the token invalid", async () => {
  const device = new CopyDevice();
  const store = new HeldStore(0x10_0000);
  const unit = device.add(0, { store });
  store.holding.add("write");
  const first = device.give([0x2a, 0, 0, 0, 0, 4, 0, 0, 1, 0], new Uint8Array(512).fill(5));
  await settle();
  const list = populateParameters([[0, 8]]);
  const making = device.give(outCdb(0x10, list.length, 9), list);
  await settle();
  assertEquals(unit.tokens.count, 0);
  const second = device.give([0x2a, 0, 0, 0, 0, 5, 0, 0, 1, 0], new Uint8Array(512).fill(6));
  await store.release(1);
  assertEquals([(await first).status, (await making).status], [0, 0]);
  await store.release();
  assertEquals((await second).status, 0);
  const token = await tokenOf(device);
  assertEquals((await use(device, token, [[0, 8]])).reason, "5/23/06");
});

Deno.test("WRITE USING TOKEN writes no piece that was read after its source had changed", async () => {
  const device = new CopyDevice();
  const token = await made(device, [[0, 1500]]);
  device.otherStore.before = () => {
    device.otherStore.before = () => {};
    device.unit.tokens.changed(1400 * 512, 512, device.unit.clock());
    device.store.data.fill(7);
  };
  assertEquals((await use(device, token, [[0, 1500]])).reason, "5/23/06");
  assert(!device.otherStore.data.includes(7));
  assertEquals((await device.ask(inCdb(0x07, 10), 1)).data[5], 0x02);
});

Deno.test("a token expires when it is not used, and lives while it is", async () => {
  let now = 1_700_000_000_000;
  const device = new CopyDevice({ clock: () => now });
  const token = await made(device, [[0, 1]], { inactivityTimeout: 5 });
  for (const [wait, reason] of [[5000, ""], [5000, ""], [5001, "5/23/07"], [0, "5/23/07"]] as const) {
    now += wait;
    assertEquals((await use(device, token, [[0, 1]])).reason, reason, `after ${wait} ms`);
  }
  const lasting = await made(device, [[0, 1]]);
  now += tokenLimits.defaultTimeout * 1000;
  assertEquals((await use(device, lasting, [[0, 1]])).reason, "");
});

Deno.test("WRITE USING TOKEN with DEL_TKN is the last that takes the token", async () => {
  const device = new CopyDevice();
  const token = await made(device, [[0, 1]]);
  assertEquals((await use(device, token, [[0, 1]], { deleteToken: true })).reason, "");
  assertEquals((await use(device, token, [[0, 1]])).reason, "5/23/09");
});

Deno.test("the zero token writes zeros, as unmapped blocks where the unit is thin", async () => {
  for (const thin of [false, true]) {
    const device = new CopyDevice({}, { thin });
    assertEquals((await use(device, zeroToken(), [[1, 1], [8, 2]])).status, 0);
    const { data, calls } = device.otherStore;
    assertEquals([1, 2, 8, 9, 10].map((lba) => data[lba * 512]), [0, 2, 0, 0, 2]);
    const call = thin ? "unmap" : "zero";
    assertEquals(calls.filter((made) => made !== "flush"), [`${call} 512 512`, `${call} 4096 1024`]);
    const result = await device.ask(inCdb(0x07, 10), 1);
    assertEquals([result.data[5], result.data[15], readU32(result.data, 20)], [0x01, 0xf1, 3]);
    assertEquals(readU32(result.data, 96), 0);
  }
});

Deno.test("a token names the device, and nobody can guess it", async () => {
  let drawn = 0;
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(++drawn);
  const device = new CopyDevice({ random });
  const [first, second] = [await made(device, [[0, 1]]), await made(device, [[0, 1]])];
  // The name of the target device as a SCSI name string: UTF-8, of iSCSI (SPC-5).
  const name = "iqn.2026-01.test:target";
  assertEquals([...rodToken.device.get(first).subarray(0, 4)], [0x53, 0xa8, 0, 24]);
  assertEquals(new TextDecoder().decode(rodToken.device.get(first).subarray(4, 28)), `${name}\0`);
  assertEquals(rodToken.device.get(first).subarray(28), new Uint8Array(100));
  assertEquals(rodToken.secret.get(first), new Uint8Array(256).fill(1));
  assertEquals(rodToken.secret.get(second), new Uint8Array(256).fill(2));
  const guess = second.slice();
  rodToken.secret.set(guess, rodToken.secret.get(first));
  assertEquals((await use(device, guess, [[0, 1]])).reason, "5/23/05");
  assertEquals((await use(device, second, [[0, 1]])).reason, "");
});

Deno.test("a token leaves the name of a device out for which there is no room", async () => {
  const device = new CopyDevice();
  const port = { ...device.nexus.targetPort, device: `iqn.2026-01.test:${"x".repeat(110)}` };
  const nexus = new Nexus("iqn.2026-01.test:c,i,0x1", port, device.luns);
  for (const unit of [device.unit, device.other]) {
    unit.admit(nexus);
    while (unit.nexus(nexus).attentions.take() !== undefined);
  }
  const list = populateParameters([[0, 1]]);
  assertEquals((await device.give(outCdb(0x10, list.length, 9), list, 0, nexus)).reason, "");
  assertEquals(device.unit.tokens.all(device.unit.clock()).map(({ bytes }) => rodToken.device.get(bytes)), [
    new Uint8Array(128),
  ]);
});

Deno.test("token commands refuse lists that make no sense", async (t) => {
  const device = new CopyDevice();
  const token = await made(device, [[0, 8]]);
  const many = (count: number): Range[] => Array.from({ length: count }, (_, i) => [i, 1] as const);
  const foreign = token.slice();
  foreign[24] = 0x31;
  const damaged = token.slice();
  damaged[100] = 1;
  const unknown = token.slice();
  unknown[15] = (unknown[15] as number) ^ 0x80;
  const short = rodToken.encode({ length: 4 }, token.slice());
  const persistent = rodToken.encode({ type: 0x0080_0002 }, token.slice());
  const vague = { rodType: rodType.anyPointInTime, typeValid: true };
  type Row = readonly [name: string, list: Uint8Array, reason: string, pointer?: number];
  const populating: Row[] = [
    ["a header cut short", populateParameters([[0, 1]]).subarray(0, 15), "5/1a/00"],
    ["ranges cut short", populateParameters([[0, 1], [2, 1]]).subarray(0, 47), "5/1a/00"],
    ["a length of data too small", populateParameters([[0, 1]], { dataLength: 29 }), "5/26/00", 0],
    ["no ranges", populateParameters([], { dataLength: 30 }), "5/26/00", 14],
    ["half a range", populateParameters([[0, 1]], { rangesLength: 24 }), "5/26/00", 14],
    ["as many ranges as there may be", populateParameters(many(tokenLimits.ranges)), ""],
    ["more", populateParameters(many(tokenLimits.ranges + 1)), "5/26/08"],
    ["a range up to the end", populateParameters([[2047, 1]]), ""],
    ["a range beyond the end", populateParameters([[2047, 2]]), "5/21/00"],
    ["ranges that overlap", populateParameters([[8, 4], [2, 1], [11, 1]]), "5/26/00", 48],
    ["the longest timeout", populateParameters([[0, 1]], { inactivityTimeout: tokenLimits.maximumTimeout }), ""],
    ["a longer one", populateParameters([[0, 1]], { inactivityTimeout: tokenLimits.maximumTimeout + 1 }), "5/26/00", 4],
    [
      "a kind of token that is not made",
      populateParameters([[0, 1]], { typeValid: true, rodType: 0x1_0000 }),
      "5/26/00",
      8,
    ],
    ["the same, not valid", populateParameters([[0, 1]], { rodType: 0x1_0000 }), ""],
    ["any kind of point in time copy", populateParameters([[0, 1]], vague), ""],
  ];
  const using: Row[] = [
    ["a header cut short", useParameters(token, [[0, 1]]).subarray(0, 535), "5/1a/00"],
    ["a length of data too small", useParameters(token, [[0, 1]], { dataLength: 549 }), "5/26/00", 0],
    ["no ranges", useParameters(token, [], { dataLength: 550 }), "5/26/00", 534],
    ["ranges that overlap", useParameters(token, [[0, 4], [3, 1]]), "5/26/00", 552],
    ["a range beyond the end", useParameters(token, [[2048, 1]]), "5/21/00"],
    ["an offset at the end of the token", useParameters(token, [[0, 1]], { offset: 8 }), "5/26/00", 8],
    ["an offset far beyond", useParameters(token, [[0, 1]], { offset: 2 ** 53 }), "5/26/00", 8],
    ["a token of another length", useParameters(short, [[0, 1]]), "5/23/0a"],
    ["a token of another kind", useParameters(persistent, [[0, 1]]), "5/23/01"],
    ["a token of a unit that is not there", useParameters(foreign, [[0, 1]]), "5/23/04"],
    ["a token that was never made", useParameters(unknown, [[0, 1]]), "5/23/04"],
    ["a token that was tampered with", useParameters(damaged, [[0, 1]]), "5/23/05"],
    ["nothing wrong", useParameters(token, [[0, 1]]), ""],
  ];
  for (
    const [serviceAction, verb, rows] of [[0x10, "POPULATE TOKEN", populating], [
      0x11,
      "WRITE USING TOKEN",
      using,
    ]] as const
  ) {
    for (const [name, list, reason, pointer] of rows) {
      await t.step(`${verb}: ${name}`, async () => {
        const result = await device.give(outCdb(serviceAction, list.length), list);
        assertEquals(result.reason, reason);
        if (pointer !== undefined) assertEquals(readU16(result.sense ?? new Uint8Array(18), 16), pointer);
        assertEquals((await device.ask(outCdb(serviceAction, 0))).status, 0);
      });
    }
  }
});

Deno.test("a token is no way around masks, write protection or reservations", async (t) => {
  await t.step("of a unit that this initiator does not see", async () => {
    const device = new CopyDevice();
    const token = await made(device, [[0, 1]]);
    device.luns.units.delete(0);
    assertEquals((await use(device, token, [[0, 1]])).reason, "5/23/04");
  });
  await t.step("of a unit that is reserved meanwhile", async () => {
    const device = new CopyDevice();
    const token = await made(device, [[0, 1]]);
    device.unit.nexus(device.nexus).denied = 3;
    assertEquals((await use(device, token, [[0, 1]])).status, 0x18);
  });
  await t.step("of a unit that is stopped meanwhile", async () => {
    const device = new CopyDevice();
    const token = await made(device, [[0, 1]]);
    device.unit.stopped = true;
    assertEquals((await use(device, token, [[0, 1]])).reason, "a/0d/01");
  });
  await t.step("to a unit that is write protected", async () => {
    const device = new CopyDevice({}, { readOnly: true });
    const token = await made(device, [[0, 1]]);
    assertEquals((await use(device, token, [[0, 1]])).reason, "7/27/00");
    assertEquals((await use(device, zeroToken(), [[0, 1]])).reason, "7/27/00");
  });
});

Deno.test("tokens go between units with blocks of other sizes, where whole blocks come of it", async () => {
  const device = new CopyDevice({}, { blockSize: 4096 });
  const token = await made(device, [[8, 8], [32, 8]]);
  assertEquals((await use(device, token, [[1, 2]])).reason, "");
  assertEquals([4095, 4096, 12287, 12288].map((at) => device.otherStore.data[at]), [2, 1, 1, 2]);
  const odd = await made(device, [[8, 4], [32, 8]]);
  assertEquals((await use(device, odd, [[1, 2]])).reason, "5/23/00");
});

Deno.test("POPULATE TOKEN and WRITE USING TOKEN with IMMED tell their end to who asks", async () => {
  const device = new CopyDevice();
  const token = await made(device, [[0, 1024]], { immediate: true });
  const store = new HeldStore(0x10_0000);
  device.add(1, { store });
  store.holding.add("write");
  assertEquals((await use(device, token, [[0, 1024]], { immediate: true })).status, 0);
  assertEquals((await device.ask(inCdb(0x07, 10), 1)).data[5], 0x12);
  await store.release();
  const { data } = await device.ask(inCdb(0x07, 10), 1);
  assertEquals([data[5], readU32(data, 20), store.bytes(1023 * 512, 1)[0]], [0x01, 1024, 1]);
});

Deno.test("REPORT ALL ROD TOKENS tells those that can be used", async () => {
  const device = new CopyDevice();
  const count = async (): Promise<number> => {
    const { data } = await device.ask(inCdb(0x08));
    assertEquals(readU32(data, 0), data.length - 4);
    return (data.length - 8) / 512;
  };
  assertEquals(await count(), 0);
  const first = await made(device, [[0, 1]]);
  const second = await made(device, [[5, 1]]);
  assertEquals(await count(), 2);
  assertEquals((await device.ask(inCdb(0x08))).data.slice(8, 520), first);
  await device.give([0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0], new Uint8Array(512));
  assertEquals((await device.ask(inCdb(0x08))).data.slice(8), second);
});

Deno.test("token commands want lists of up to 64 KiB", async () => {
  const device = new CopyDevice();
  for (const serviceAction of [0x10, 0x11, 0x00, 0x01]) {
    const task = new FakeTask(device.nexus, 0, outCdb(serviceAction, 0x1_0001), { expectedDataOut: 0x1_0001 });
    assertEquals((await sendTo(task)).reason, "5/1a/00");
  }
});

Deno.test("a failure of the destination is what WRITE USING TOKEN ends with", async () => {
  const device = new CopyDevice();
  const token = await made(device, [[0, 1]]);
  device.otherStore.failure = Object.assign(new Error("full"), { code: "out-of-space" });
  assertEquals((await use(device, token, [[0, 1]])).reason, "7/27/07");
});
