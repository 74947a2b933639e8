import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  assertIscsiName,
  initiatorPortName,
  isIscsiName,
  NameError,
  normalizeIscsiName,
  targetPortName,
} from "../../lib/iscsi/names.ts";

const good: readonly string[] = [
  "iqn.2001-04.com.example:storage:diskarrays-sn-a8675309",
  "iqn.2001-04.com.example",
  "iqn.1991-05.com.microsoft:DESKTOP-1A2B",
  "iqn.2008-11.org.linux-kvm:",
  "iqn.2005-03.org.open-iscsi:9a1c8b7d6e5f",
  "iqn.2024-12.com.example:größe",
  "eui.02004567A425678D",
  "naa.52004567BA64678D",
  "naa.62004567BA64678D0123456789ABCDEF",
  `iqn.2001-04.com.example:${"x".repeat(223 - 24)}`,
];

for (const name of good) {
  Deno.test(`isIscsiName() accepts when the name is "${name.slice(0, 60)}"`, () => {
    assert(isIscsiName(name));
    assertIscsiName(name);
  });
}

const bad: readonly [name: string, reason: string][] = [
  ["", "none of"],
  ["disk", "none of"],
  ["iqn2001-04.com.example", "none of"],
  ["iqn.2001-13.com.example", "year and month"],
  ["iqn.2001-00.com.example", "year and month"],
  ["iqn.01-04.com.example", "year and month"],
  ["iqn.2001-04", "year and month"],
  ["iqn.2001-04.", "reversed domain name"],
  ["iqn.2001-04.:x", "reversed domain name"],
  ["iqn.2001-04.com..example:x", "reversed domain name"],
  ["iqn.2001-04.com.-example:x", "reversed domain name"],
  ["iqn.2001-04.com.example:a b", "character"],
  ["iqn.2001-04.com.example:a_b", "character"],
  ["iqn.2001-04.com.example:a/b", "character"],
  ["iqn.2001-04.com.example:a\u0000", "character"],
  ["iqn.2001-04.com.example:a,i,0x1", "character"],
  [`iqn.2001-04.com.example:${"x".repeat(224 - 24)}`, "224 bytes"],
  [`iqn.2001-04.com.example:${"ß".repeat(100)}`, "224 bytes"],
  ["eui.02004567A425678", "16 hex digits"],
  ["eui.02004567A425678G", "16 hex digits"],
  ["naa.52004567BA64678D0", "16 or 32 hex digits"],
];

for (const [name, reason] of bad) {
  Deno.test(`assertIscsiName() says "${reason}" when the name is ${JSON.stringify(name.slice(0, 60))}`, () => {
    assert(!isIscsiName(name));
    assertThrows(() => assertIscsiName(name), NameError, reason);
  });
}

Deno.test("normalizeIscsiName() makes two spellings equal when they differ in case or form", () => {
  assertEquals(normalizeIscsiName("IQN.2001-04.com.Example:A"), "iqn.2001-04.com.example:a");
  assertEquals(normalizeIscsiName("iqn.2001-04.com.example:u\u0308"), "iqn.2001-04.com.example:\u00fc");
});

Deno.test("port names follow RFC 7143 §4.4.1 when made of a name and ISID or tag", () => {
  const isid = Uint8Array.of(0x00, 0x02, 0x3d, 0x00, 0x00, 0x01);
  assertEquals(initiatorPortName("iqn.2001-04.com.example", isid), "iqn.2001-04.com.example,i,0x00023d000001");
  assertEquals(targetPortName("iqn.2001-04.com.example", 1), "iqn.2001-04.com.example,t,0x0001");
  assertEquals(targetPortName("iqn.2001-04.com.example", 65535), "iqn.2001-04.com.example,t,0xffff");
});
