/**
 * Logout from discovery (RFC 7143 §11.15.1).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { logoutOutcome } from "../../../../lib/iscsi/constants.ts";
import { logoutRequest, logoutResponse } from "../../../../lib/iscsi/pdu/mod.ts";
import { itemStory } from "../../../support/certification.ts";
import { discovery } from "../../../support/text_story.ts";

itemStory(["FFP 17.4.2"], "A logout for recovery from a discovery session is answered with 2", (house) => {
  const peer = house.session(discovery);
  peer.send(logoutRequest, { reason: 2, immediate: true });
  assertEquals(peer.expect(logoutResponse).response, logoutOutcome.recoveryNotSupported);
});
