/**
 * Text Requests in one step, and without end (RFC 7143 §6.2, §11.10).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { textRequest } from "../../lib/iscsi/pdu/mod.ts";
import { story } from "../support/protocol_harness.ts";
import { longestSegment } from "../support/text_story.ts";

story("MaxRecvDataSegmentLength in one exchange of one step counts at once", (house) => {
  const peer = house.session();
  assertEquals(peer.text([["MaxRecvDataSegmentLength", "512"]]).get("MaxRecvDataSegmentLength"), "262144");
  assertEquals(longestSegment(peer), 512);
});

story("Text without end is rejected before it fills the memory", (house) => {
  const peer = house.session();
  let targetTransferTag = 0xffffffff;
  for (let sent = 0; sent < 1 << 20; sent += 16384) {
    const values = { initiatorTaskTag: 42, targetTransferTag, final: false, continued: true };
    peer.send(textRequest, values, new Uint8Array(16384).fill(0x41));
    const answer = peer.next();
    if (answer?.name === "reject") return assert(sent <= 1 << 17);
    targetTransferTag = answer?.values.targetTransferTag as number;
  }
  throw new Error("Cannot see the end of the text: 1 MiB was taken");
});
