import { assertEquals } from "@std/assert";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { type Attribute, textOf } from "../../lib/isns/message.ts";
import {
  deregistration,
  heartbeat,
  type IsnsEntity,
  registration,
  scnRegistration,
} from "../../lib/isns/registration.ts";

const entity: IsnsEntity = {
  identifier: "iqn.a",
  portals: [
    { address: Uint8Array.of(192, 0, 2, 1), port: 3260, portalGroup: 1 },
    { address: new Uint8Array(16).fill(0xfd), port: 3261, portalGroup: 2 },
  ],
  targets: [
    { name: "iqn.a", alias: "Archive", portalGroups: [1, 2] },
    { name: "iqn.b", portalGroups: [2, 3] },
  ],
  registrationPeriod: 300,
};

const texts = new Set([1, 32, 34]);

/** Attributes as people read them. */
function readable(attributes: readonly Attribute[]): string[] {
  return attributes.map(([tag, value]) => `${tag}=${texts.has(tag) ? textOf(value) : encodeHex(value)}`);
}

const one = "00000000000000000000ffffc0000201";
const two = "fd".repeat(16);

Deno.test("registration() says who we are, where we listen, and which target is where, in the order of the RFC", () => {
  const { function: code, flags, attributes } = registration(entity);
  assertEquals([code, flags], [1, 0x9000]);
  assertEquals(readable(attributes), [
    ...["32=iqn.a", "1=iqn.a", "0=", "1=iqn.a", "2=00000002", "6=0000012c"],
    ...[`16=${one}`, "17=00000cbc", `16=${two}`, "17=00000cbd"],
    ...["32=iqn.a", "33=00000001", "34=Archive"],
    ...["51=00000001", `49=${one}`, "50=00000cbc", "51=00000002", `49=${two}`, "50=00000cbd"],
    ...["32=iqn.b", "33=00000001"],
    ...["51=", `49=${one}`, "50=00000cbc", "51=00000002", `49=${two}`, "50=00000cbd"],
  ]);
});

Deno.test("registration() keeps a target from portals of its groups at which it is not", () => {
  const [first, second] = entity.portals;
  if (first === undefined || second === undefined) throw new Error("Cannot test: there are two portals");
  const portals = [first, { ...second, portalGroup: 1 }];
  const targets = [{ name: "iqn.a", portalGroups: [1], portals: portals.slice(1) }];
  const attributes = readable(registration({ ...entity, portals, targets }).attributes);
  assertEquals(attributes.slice(-6), ["51=", `49=${one}`, "50=00000cbc", "51=00000001", `49=${two}`, "50=00000cbd"]);
});

Deno.test("registration() says at every portal where we listen for events", () => {
  const attributes = readable(registration({ ...entity, eventPort: 4000 }).attributes);
  assertEquals(attributes.slice(6, 11), [`16=${one}`, "17=00000cbc", "19=0000003c", "20=00000fa0", "23=00000fa0"]);
});

Deno.test("scnRegistration() asks for initiators that come and go", () => {
  const [, target] = entity.targets;
  const { function: code, attributes } = scnRegistration(entity, target ?? { name: "", portalGroups: [] });
  assertEquals([code, ...readable(attributes)], [5, "32=iqn.a", "32=iqn.b", "0=", "35=0000009c"]);
});

Deno.test("heartbeat() asks for our own entity", () => {
  const { function: code, flags, attributes } = heartbeat(entity);
  assertEquals([code, flags, ...readable(attributes)], [2, 0x8000, "32=iqn.a", "1=iqn.a", "0=", "1="]);
});

Deno.test("deregistration() takes the whole entity back", () => {
  const { function: code, attributes } = deregistration(entity);
  assertEquals([code, ...readable(attributes)], [4, "32=iqn.a", "0=", "1=iqn.a"]);
});
