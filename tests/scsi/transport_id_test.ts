import { assertEquals } from "@std/assert";
import { decodeTransportId, encodeTransportId, namesPort } from "../../lib/scsi/transport_id.ts";

const port = "iqn.2026-01.test:a,i,0x000001370000";

function id(format: number, name: string, length?: number): Uint8Array {
  const text = new TextEncoder().encode(name);
  const size = length ?? Math.max(20, Math.floor(text.length / 4) * 4 + 4);
  const data = new Uint8Array(4 + size);
  data.set([format << 6 | 5, 0, size >> 8, size]);
  data.set(text.subarray(0, size), 4);
  return data;
}

Deno.test("encodeTransportId() ends the name with zeros, to a multiple of 4 bytes and at least 20", () => {
  for (const [name, length] of [["a", 20], ["x".repeat(19), 20], ["x".repeat(20), 24], [port, 36]] as const) {
    const data = encodeTransportId(name);
    assertEquals([...data.subarray(0, 4)], [0x45, 0, 0, length], name);
    assertEquals(data.length, 4 + length, name);
    assertEquals(data[data.length - 1], 0, name);
  }
});

Deno.test("decodeTransportId() reads what encodeTransportId() writes, wherever it lies", () => {
  const written = encodeTransportId(port);
  const data = new Uint8Array(7 + written.length + 3);
  data.set(written, 7);
  assertEquals(decodeTransportId(data, 7), { name: port, wholeDevice: false, size: written.length });
});

Deno.test("decodeTransportId() takes capital letters for small ones", () => {
  assertEquals(decodeTransportId(id(1, port.toUpperCase()), 0)?.name, port);
});

Deno.test("decodeTransportId() knows names of devices from those of ports", () => {
  assertEquals(decodeTransportId(id(0, "iqn.2026-01.test:a"), 0)?.wholeDevice, true);
  assertEquals(decodeTransportId(id(0, port), 0), undefined);
  assertEquals(decodeTransportId(id(1, "iqn.2026-01.test:a"), 0), undefined);
});

Deno.test("decodeTransportId() refuses what is cut, too short, not of iSCSI or without an end", () => {
  const good = id(1, port);
  for (let length = 0; length < good.length; length++) {
    assertEquals(decodeTransportId(good.subarray(0, length), 0), undefined);
  }
  const rows = [
    { name: "another protocol", data: good.with(0, 0x46) },
    { name: "a reserved format", data: good.with(0, 0x85) },
    { name: "an odd length", data: good.with(3, 35) },
    { name: "less than 20 bytes", data: id(0, "iqn.x", 16) },
    { name: "no zero at the end", data: id(0, "x".repeat(20), 20) },
    { name: "no name", data: id(0, "", 20) },
    { name: "a name that is too long", data: id(0, "x".repeat(300)) },
  ];
  for (const { name, data } of rows) assertEquals(decodeTransportId(data, 0), undefined, name);
});

Deno.test("namesPort() finds a port, and all ports of a device", () => {
  const whole = { name: "iqn.2026-01.test:a", wholeDevice: true, size: 0 };
  assertEquals(namesPort(whole, port), true);
  assertEquals(namesPort(whole, "iqn.2026-01.test:ab,i,0x000001370000"), false);
  assertEquals(namesPort({ name: port, wholeDevice: false, size: 0 }, port), true);
  assertEquals(namesPort({ name: port, wholeDevice: false, size: 0 }, port.replace("137", "138")), false);
});
