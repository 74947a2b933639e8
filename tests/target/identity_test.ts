import { assertEquals } from "@std/assert";
import { identityOf } from "../../lib/target/identity.ts";
import { hex } from "../support/hex.ts";

const unit = { targetName: "iqn.2026-11.com.example:disk", lun: 0 };
const id = "f123456789abcdef0011223344556677";

Deno.test("identityOf() makes serial number and NAA name from the identity that a unit has", () => {
  const { serial, naa, vendor, product, revision } = identityOf({ ...unit, id });
  assertEquals([serial, naa], [id, hex("3123456789abcdef")]);
  assertEquals([vendor, product, revision], ["LUNBOX", "Virtual Disk", "0001"]);
});

Deno.test("identityOf() keeps what it is told", () => {
  const told = { serial: "S1", vendor: "ACME", product: "Disk", revision: "7" };
  const { naa: _, ...rest } = identityOf({ ...unit, ...told });
  assertEquals(rest, told);
});

Deno.test("identityOf() makes the same names each time for a unit without an identity", () => {
  const one = identityOf(unit);
  assertEquals(identityOf({ ...unit }), one);
  assertEquals(one.serial.length, 32);
  assertEquals((one.naa[0] as number) >> 4, 3);
});

Deno.test("identityOf() makes different names for different units", () => {
  const seen = new Set<string>();
  for (const targetName of ["iqn.2026-11.com.example:a", "iqn.2026-11.com.example:b"]) {
    for (let lun = 0; lun < 500; lun++) {
      const { serial, naa } = identityOf({ targetName, lun });
      seen.add(serial);
      seen.add(naa.join());
    }
  }
  assertEquals(seen.size, 2000);
});
