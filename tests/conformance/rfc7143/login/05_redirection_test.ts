/**
 * Targets that have moved (RFC 7143 §13.8).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { itemStory } from "../../../support/certification.ts";
import { names, operational, statusOf, step } from "../../../support/login_story.ts";

const moves = [
  { address: "192.0.2.9:3260", permanent: false, status: 0x0101 },
  { address: "[2001:db8::1]:3260", permanent: true, status: 0x0102 },
];

for (const { address, permanent, status } of moves) {
  itemStory(["LOGIN 38", "PXE 3"], `A login to a target that has moved to ${address} is told so`, (house) => {
    const peer = house.connect();
    const [answer, pairs] = step(peer, operational, names);
    assertEquals([statusOf(answer), answer.transit, pairs], [status, false, [["TargetAddress", address]]]);
    peer.expectEnd();
  }, { redirect: { address, permanent } });
}

itemStory(["PXE 3"], "A login to a target that has not moved is told no address", (house) => {
  const peer = house.connect();
  const [answer, pairs] = step(peer, operational, names);
  assertEquals([statusOf(answer), pairs.some(([key]) => key === "TargetAddress")], [0, false]);
});
