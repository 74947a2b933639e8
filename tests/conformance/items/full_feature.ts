/**
 * What the full feature phase suite of certification laboratories checks, by its numbers.
 *
 * @table
 * @module
 */

import type { Item } from "./item.ts";

/** All items of the suite. */
export const fullFeature = [
  {
    id: "FFP 1.1",
    checks: "MaxCmdSN is never below ExpCmdSN - 1, over commands without data, with Data-In and with ten WRITEs",
    spec: "RFC 7143 §4.2.2.1",
  },
  {
    id: "FFP 1.2",
    checks: "A command outside ExpCmdSN to MaxCmdSN is ignored, later ones are served",
    spec: "RFC 7143 §4.2.2.1",
  },
  { id: "FFP 1.3", checks: "A CmdSN that comes again is ignored", spec: "RFC 7143 §4.2.2.1" },
  { id: "FFP 2.1", checks: "StatSN counts up by one per response, from the login on", spec: "RFC 7143 §4.2.2.2" },
  { id: "FFP 3.1", checks: "DataSN of Data-In counts from 0 for each command", spec: "RFC 7143 §11.7.5" },
  { id: "FFP 4.1", checks: "R2TSN counts from 0 for each WRITE", spec: "RFC 7143 §11.8.2" },
  {
    id: "FFP 5.1",
    checks: "A WRITE with a bad data digest gets Reject 02h; sent again with its CmdSN it fills the gap and ends well",
    spec: "RFC 7143 §7.8",
  },
  {
    id: "FFP 6.1",
    checks: "Data, R2T and status return on the connection of their command",
    spec: "RFC 7143 §4.2.5.1",
  },
  {
    id: "FFP 7.1",
    checks: "Data-Out longer than its R2T asks for ends the command with CHECK CONDITION",
    spec: "RFC 7143 §11.8.4",
  },
  {
    id: "FFP 7.2",
    checks: "More unsolicited data than FirstBurstLength ends the command with CHECK CONDITION",
    spec: "RFC 7143 §13.14",
  },
  { id: "FFP 8.1", checks: "R2T has a Target Transfer Tag, and the LUN of its command", spec: "RFC 7143 §11.8.5" },
  {
    id: "FFP 8.2",
    checks: "Data-In without the A bit has no Target Transfer Tag and no LUN",
    spec: "RFC 7143 §11.7.4",
  },
  {
    id: "FFP 9.1",
    checks: "Status rides on Data-In only with F and S, and only when the command has ended well",
    spec: "RFC 7143 §11.7.3",
  },
  { id: "FFP 9.2", checks: "F is set on the last Data-In", spec: "RFC 7143 §11.7.1" },
  {
    id: "FFP 9.3.1",
    checks: "Segments of Data-In keep to the initiator's MaxRecvDataSegmentLength of 512",
    spec: "RFC 7143 §13.12",
  },
  { id: "FFP 9.3.2", checks: "A Data-Out without data is no error", spec: "RFC 7143 §11.7.7" },
  { id: "FFP 9.3.3", checks: "All but the last Data-In are multiples of 4 bytes", spec: "RFC 7143 §11.7.7" },
  { id: "FFP 9.4", checks: "Every Data-In has its DataSN", spec: "RFC 7143 §11.7.5" },
  { id: "FFP 9.5", checks: "The buffer offsets are right, and rise", spec: "RFC 7143 §11.7.6" },
  {
    id: "FFP 10.1",
    checks: "R2Ts join up, have the tag of the command, show StatSN without using it up, and keep to MaxBurstLength",
    spec: "RFC 7143 §11.8",
  },
  {
    id: "FFP 11.1",
    checks: "ABORT TASK and another command, both immediate: the aborted WRITE stays silent, the other ends well",
    spec: "RFC 7143 §11.5.1",
  },
  {
    id: "FFP 11.2.1",
    checks: "TASK REASSIGN after a logout for recovery is answered on the connection that asks",
    spec: "RFC 7143 §7.2.2",
  },
  {
    id: "FFP 11.2.2",
    checks: "TASK REASSIGN of a task whose connection is still there is answered with 3",
    spec: "RFC 7143 §11.6.1",
  },
  {
    id: "FFP 11.2.3",
    checks: "TASK REASSIGN after the connection was dropped is answered with 0, and the data goes on",
    spec: "RFC 7143 §7.2.2",
  },
  {
    id: "FFP 11.3.1",
    checks:
      "After the response to ABORT TASK SET nothing of its tasks comes; a NOP-Out with the same CmdSN is answered",
    spec: "RFC 7143 §4.2.3.3",
  },
  {
    id: "FFP 11.3.2",
    checks: "An immediate ABORT TASK SET with a CmdSN ahead reaches the commands before it that come later",
    spec: "RFC 7143 §4.2.3.3",
  },
  {
    id: "FFP 11.3.3",
    checks: "ABORT TASK of an unknown tag with RefCmdSN out of the window is answered with 1 and harms no one",
    spec: "RFC 7143 §11.5.1",
  },
  { id: "FFP 11.4", checks: "TARGET WARM RESET ends all tasks", spec: "RFC 7143 §11.5.1" },
  {
    id: "FFP 11.5",
    checks: "TARGET COLD RESET ends all tasks and drops the connections",
    spec: "RFC 7143 §11.5.1",
  },
  {
    id: "FFP 12.1",
    checks: "R2T SNACK: the R2T comes again, unchanged but for ExpCmdSN and MaxCmdSN",
    spec: "RFC 7143 §11.16",
    decided: "Below ErrorRecoveryLevel 1 it gets a Reject",
  },
  {
    id: "FFP 12.2",
    checks: "Data SNACK of one Data-In: it comes again exactly",
    spec: "RFC 7143 §11.16",
    decided: "Below ErrorRecoveryLevel 1 it gets a Reject",
  },
  {
    id: "FFP 12.3",
    checks: "Data SNACK with BegRun and RunLength 0: all of it comes again",
    spec: "RFC 7143 §11.16",
    decided: "Below ErrorRecoveryLevel 1 it gets a Reject",
  },
  {
    id: "FFP 12.4",
    checks: "SNACK for a number that was never sent gets Reject 04h",
    spec: "RFC 7143 §11.16",
    decided: "Below ErrorRecoveryLevel 1 it gets Reject 03h",
  },
  {
    id: "FFP 13.1",
    checks: "Logout for reason 1 closes that connection alone, response 0",
    spec: "RFC 7143 §11.14",
  },
  { id: "FFP 13.2", checks: "Logout for reason 0 closes all connections of the session", spec: "RFC 7143 §11.14" },
  {
    id: "FFP 13.3",
    checks: "Logout of a CID that is not there is answered with 1 and closes nothing",
    spec: "RFC 7143 §11.15.1",
  },
  {
    id: "FFP 14.1",
    checks: "Data-Out with a foreign tag gets a Reject with its header; the command is answered after its own F bit",
    spec: "RFC 7143 §11.17",
  },
  {
    id: "FFP 14.2",
    checks: "DataACK with a bad tag gets a Reject that counts StatSN up and copies no field",
    spec: "RFC 7143 §11.16.1",
  },
  { id: "FFP 14.3", checks: "R2T SNACK is rejected properly where it is not supported", spec: "RFC 7143 §11.16" },
  {
    id: "FFP 15.1.1",
    checks: "Immediate NOP-Out without data: NOP-In with its tag, no transfer tag, no data; StatSN counts",
    spec: "RFC 7143 §11.19",
  },
  { id: "FFP 15.1.2", checks: "The same with a NOP-Out that is not immediate", spec: "RFC 7143 §11.19" },
  { id: "FFP 15.1.3", checks: "NOP-Out with data that is not immediate: the data comes back", spec: "RFC 7143 §11.19" },
  { id: "FFP 15.1.4", checks: "Immediate NOP-Out with data: the data comes back", spec: "RFC 7143 §11.19" },
  {
    id: "FFP 15.1.5",
    checks: "Immediate NOP-Out with more data than the initiator takes: the echo is cut",
    spec: "RFC 7143 §11.18",
  },
  { id: "FFP 15.1.6", checks: "The same with a NOP-Out that is not immediate", spec: "RFC 7143 §11.18" },
  {
    id: "FFP 15.2",
    checks: "A target that pings when idle: no task tag, a transfer tag, no data, StatSN not used up",
    spec: "RFC 7143 §11.19",
  },
  {
    id: "FFP 15.3",
    checks: "A window that READs have closed: the initiator learns when it opens",
    spec: "RFC 7143 §11.19",
    decided: "A NOP-In for that is the target's choice; this one tells it with the responses",
  },
  { id: "FFP 16.1", checks: "INQUIRY with EDTL 4096: U bit and residual", spec: "RFC 7143 §11.4.5.1" },
  { id: "FFP 16.2", checks: "INQUIRY with EDTL 4: O bit and residual", spec: "RFC 7143 §11.4.5.1" },
  {
    id: "FFP 16.3.1",
    checks: "WRITE of 1024 bytes with 512 immediate, which is FirstBurstLength: R2T for the rest, then GOOD",
    spec: "RFC 7143 §13.14",
    decided: "F is 1 where no unsolicited Data-Out follows; with InitialR2T=Yes it decides nothing",
  },
  {
    id: "FFP 16.3.2",
    checks: "1024 bytes of immediate data beyond a FirstBurstLength of 512: CHECK CONDITION, 0Ch/0Ch",
    spec: "RFC 7143 §11.4.7.2",
  },
  { id: "FFP 16.3.3", checks: "WRITE by R2T with one Data-Out ends well", spec: "RFC 7143 §11.8" },
  {
    id: "FFP 16.3.4",
    checks: "Immediate data though ImmediateData=No: CHECK CONDITION, 0Ch/0Ch",
    spec: "RFC 7143 §11.4.7.2",
  },
  {
    id: "FFP 16.3.5",
    checks: "Unsolicited Data-Out of FirstBurstLength with InitialR2T=No ends well",
    spec: "RFC 7143 §13.10",
  },
  {
    id: "FFP 16.3.6",
    checks: "Unsolicited Data-Out with F too early: CHECK CONDITION, 0Ch/0Dh",
    spec: "RFC 7143 §11.4.7.2",
  },
  { id: "FFP 16.3.7", checks: "A CDB with an unknown operation code: CHECK CONDITION", spec: "RFC 7143 §11.4.2" },
  {
    id: "FFP 16.4.1",
    checks: "A copy of a WRITE behind its first Data-Out is discarded silently, the original ends well",
    spec: "RFC 7143 §7.2.1",
  },
  { id: "FFP 16.4.2", checks: "The same with a copy before the first Data-Out", spec: "RFC 7143 §7.2.1" },
  {
    id: "FFP 16.5",
    checks: "After an error amid a WRITE no status comes before the Data-Out with F",
    spec: "RFC 7143 §11.4.7.2",
  },
  {
    id: "FFP 17.1.1",
    checks: "Text with F=0 in discovery: same tag, F=0, a transfer tag, within the initiator's segment",
    spec: "RFC 7143 §11.11",
  },
  {
    id: "FFP 17.1.2",
    checks: "MaxRecvDataSegmentLength in full feature phase, in two steps: counts when the exchange has ended",
    spec: "RFC 7143 §13.12",
  },
  { id: "FFP 17.2.1", checks: "F=0 is not answered with F=1, in discovery", spec: "RFC 7143 §11.11.1" },
  { id: "FFP 17.2.2", checks: "F=0 is not answered with F=1, in a normal session", spec: "RFC 7143 §11.11.1" },
  { id: "FFP 17.3.1", checks: "SendTargets=All in discovery gives TargetName records", spec: "RFC 7143 Appendix C" },
  {
    id: "FFP 17.3.2",
    checks: "SendTargets without a value in discovery",
    spec: "RFC 7143 Appendix C",
    decided: "It means the target of the session, and discovery has none: Reject",
  },
  { id: "FFP 17.3.3", checks: "SendTargets=All in a normal session is refused", spec: "RFC 7143 Appendix C" },
  {
    id: "FFP 17.3.4",
    checks: "SendTargets without a value in a normal session: its own target and addresses",
    spec: "RFC 7143 Appendix C",
  },
  { id: "FFP 17.3.5", checks: "SendTargets with a name: that target alone", spec: "RFC 7143 Appendix C" },
  {
    id: "FFP 17.4.1",
    checks: "MaxRecvDataSegmentLength in discovery",
    spec: "RFC 7143 §13.12",
    decided: "It is not irrelevant there any more: declared as everywhere",
  },
  { id: "FFP 17.4.2", checks: "Logout for reason 2 in discovery is answered with 2", spec: "RFC 7143 §11.15.1" },
  { id: "FFP 17.5", checks: "A second Text exchange beside an open one is rejected", spec: "RFC 7143 §11.10" },
  {
    id: "FFP 17.6",
    checks: "The same key twice in a negotiation gets Reject 04h, and a fresh negotiation works",
    spec: "RFC 7143 §6.2",
  },
  { id: "FFP 17.7.1", checks: "What was said before a negotiation began anew is void", spec: "RFC 7143 §11.10.4" },
  { id: "FFP 17.7.2", checks: "A negotiation left open for two minutes changes nothing", spec: "RFC 7143 §6.4" },
  {
    id: "FFP 17.7.3",
    checks: "MaxRecvDataSegmentLength=511 is refused and not used; a good one then works",
    spec: "RFC 7143 §13.12",
  },
  { id: "FFP 17.8.1", checks: "C bit: a key cut over two Texts is understood", spec: "RFC 7143 §6.2" },
  { id: "FFP 17.8.2", checks: "C with F is an error, and the value is not used", spec: "RFC 7143 §11.10.2" },
  { id: "FFP 17.8.3", checks: "C bit: a value cut over two Texts is joined and used", spec: "RFC 7143 §6.2" },
  {
    id: "FFP 18.1.1",
    checks: "A bad header digest: the PDU is dropped in silence, or the connection is",
    spec: "RFC 7143 §7.8",
  },
  { id: "FFP 18.2.1", checks: "A bad data digest on a WRITE: Reject 02h and no R2T", spec: "RFC 7143 §7.8" },
  {
    id: "FFP 18.2.2",
    checks: "A bad data digest on a Data-Out: Reject 02h, then a recovery R2T or CHECK CONDITION after the F bit",
    spec: "RFC 7143 §7.8",
  },
  { id: "FFP 19.1", checks: "READ CAPACITY with EDTL 0: no data, O bit and residual", spec: "RFC 7143 §11.4.5.1" },
] as const satisfies readonly Item[];
