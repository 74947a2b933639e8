import { assert, assertEquals, assertMatch } from "@std/assert";
import { taskManagementFunction } from "../../lib/iscsi/constants.ts";
import { Cues } from "../support/cues.ts";
import { GUEST_PROGRAMS, tellGuest } from "../support/guest_story.ts";
import { RecoveryStage } from "../support/recovery_stage.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { SessionStage } from "../support/session_stage.ts";
import { sparse } from "../support/served.ts";

const MIB = 1024 * 1024;

// What Linux offers when it is told to offer more, and what is agreed on: it has one connection and no recovery. Of
// digests every value that the story names, the first one of which both know (RFC 7143 §6.2.1).
const OFFERS = [
  { key: "ErrorRecoveryLevel", offered: ["0"], agreed: ["0"] },
  { key: "MaxConnections", offered: ["1"], agreed: ["1"] },
  { key: "MaxOutstandingR2T", offered: ["1", "8"], agreed: ["1", "8"] },
  { key: "HeaderDigest", offered: ["None", "CRC32C", "CRC32C,None"], agreed: ["None", "CRC32C"] },
  { key: "DataDigest", offered: ["None", "CRC32C", "None,CRC32C"], agreed: ["None", "CRC32C"] },
];

// One boot for all: it takes longer than most of what happens then.
Deno.test({
  name: "Linux discovers, agrees, pings, comes back after every kind of trouble and changes paths, all data right",
  ...requires(...GUEST_PROGRAMS),
  fn: async () => {
    await using scratch = await Scratch.make();
    await using sessions = await SessionStage.open();
    await using sessionCues = new Cues((name, ...words) => sessions.cue(name, ...words));
    await using recovery = await RecoveryStage.open(await sparse(scratch.path("disk.img"), 64 * MIB));
    await using recoveryCues = new Cues((name, ...words) => recovery.cue(name, ...words));
    const variables = (stage: SessionStage | RecoveryStage, cues: Cues): Record<string, string | number> => {
      const [first, second] = stage.ports;
      return { TARGET: stage.target, FIRST: first, SECOND: second, CUES: cues.port };
    };
    await tellGuest([
      { file: "sessions_guest.sh", variables: variables(sessions, sessionCues) },
      { file: "recovery_guest.sh", variables: variables(recovery, recoveryCues) },
      { file: "multipath_guest.sh", variables: variables(recovery, recoveryCues) },
    ], {
      packages: ["sg3-utils", "multipath-tools"],
      modules: ["dm_multipath", "dm_service_time", "scsi_dh_alua"],
      timeout: 540,
    });
    for (const { key, offered, agreed } of OFFERS) {
      assertEquals(sessions.logins.values("initiator", key), offered, key);
      assertEquals(sessions.logins.values("target", key), agreed, key);
    }
    // Asked to log out, it does so, and comes back to the next server.
    assertMatch(recovery.log, /stopping: initiators are asked to log out.*\n.* logout peer=.*\n.* stopped\n/);
    const { logicalUnitReset, targetWarmReset } = taskManagementFunction;
    for (const wanted of [logicalUnitReset, targetWarmReset]) {
      assert(recovery.functions.includes(wanted), `function ${wanted}, not only ${recovery.functions}`);
    }
  },
});
