/**
 * What the login phase suite of certification laboratories checks, in the form for targets.
 *
 * @table
 * @module
 */

import type { Item } from "./item.ts";

/** All items. */
export const login = [
  { id: "LOGIN 1", checks: "A login in one request", spec: "RFC 7143 §6.3" },
  { id: "LOGIN 2", checks: "A login in several requests", spec: "RFC 7143 §6.3" },
  { id: "LOGIN 3", checks: "TSIH 0 gets a new TSIH, in the final response only", spec: "RFC 7143 §11.13.3" },
  { id: "LOGIN 4", checks: "A TSIH of no session is refused with 020Ah", spec: "RFC 7143 §11.13.5" },
  { id: "LOGIN 5", checks: "A second connection comes in with the TSIH of its session", spec: "RFC 7143 §6.3.1" },
  { id: "LOGIN 6", checks: "T is set only if the initiator set it, and may come late", spec: "RFC 7143 §11.13.6" },
  { id: "LOGIN 7", checks: "StatSN starts at the initiator's ExpStatSN and counts by one", spec: "RFC 7143 §11.13.4" },
  { id: "LOGIN 8", checks: "ExpCmdSN is the CmdSN of the login until it has ended", spec: "RFC 7143 §11.12.8" },
  { id: "LOGIN 9", checks: "A key is answered once, and nothing is offered a second time", spec: "RFC 7143 §6.2" },
  { id: "LOGIN 10", checks: "A key that is declared again is an error", spec: "RFC 7143 §6.2" },
  { id: "LOGIN 11", checks: "Of a list the first value that the target supports", spec: "RFC 7143 §6.2.1" },
  { id: "LOGIN 12", checks: "AuthMethod with unknown methods only is refused with 0201h", spec: "RFC 7143 §12.1" },
  { id: "LOGIN 13", checks: "FirstBurstLength above MaxBurstLength", spec: "RFC 7143 §13.14" },
  { id: "LOGIN 14", checks: "A Boolean with a value that is none is refused with Reject", spec: "RFC 7143 §6.2.2" },
  { id: "LOGIN 15", checks: "An unknown key is answered with NotUnderstood", spec: "RFC 7143 §6.2" },
  { id: "LOGIN 16", checks: "A PDU that is no login ends the connection", spec: "RFC 7143 §6.3" },
  { id: "LOGIN 17", checks: "Digests are offered, answered and used", spec: "RFC 7143 §13.1" },
  { id: "LOGIN 18", checks: "MaxConnections is the smaller number", spec: "RFC 7143 §13.2" },
  { id: "LOGIN 19", checks: "No InitiatorName: 0207h", spec: "RFC 7143 §11.13.5" },
  { id: "LOGIN 20", checks: "No TargetName: 0207h", spec: "RFC 7143 §11.13.5" },
  { id: "LOGIN 21", checks: "An unknown target: 0203h", spec: "RFC 7143 §11.13.5" },
  { id: "LOGIN 22", checks: "Keys for markers are answered with No", spec: "RFC 7143 §13.25" },
  { id: "LOGIN 23", checks: "InitialR2T is the OR of both sides", spec: "RFC 7143 §13.10" },
  { id: "LOGIN 24", checks: "ImmediateData is the AND of both sides", spec: "RFC 7143 §13.11" },
  { id: "LOGIN 25", checks: "MaxRecvDataSegmentLength from 512 to 16777215", spec: "RFC 7143 §13.12" },
  { id: "LOGIN 26", checks: "MaxBurstLength is the smaller number", spec: "RFC 7143 §13.13" },
  { id: "LOGIN 27", checks: "FirstBurstLength is the smaller number", spec: "RFC 7143 §13.14" },
  { id: "LOGIN 28", checks: "DefaultTime2Wait is the larger number", spec: "RFC 7143 §13.15" },
  { id: "LOGIN 29", checks: "DefaultTime2Retain is the smaller number", spec: "RFC 7143 §13.16" },
  { id: "LOGIN 30", checks: "MaxOutstandingR2T is the smaller number", spec: "RFC 7143 §13.17" },
  { id: "LOGIN 31", checks: "DataPDUInOrder is the OR of both sides", spec: "RFC 7143 §13.18" },
  { id: "LOGIN 32", checks: "DataSequenceInOrder is the OR of both sides", spec: "RFC 7143 §13.19" },
  { id: "LOGIN 33", checks: "ErrorRecoveryLevel is the smaller number", spec: "RFC 7143 §13.20" },
  { id: "LOGIN 34", checks: "An unknown SessionType: 0209h", spec: "RFC 7143 §11.13.5" },
  { id: "LOGIN 35", checks: "AuthMethod=None leads on", spec: "RFC 7143 §12.1" },
  { id: "LOGIN 36", checks: "TargetPortalGroupTag in the first response of a normal session", spec: "RFC 7143 §13.9" },
  { id: "LOGIN 37", checks: "TargetAlias is told", spec: "RFC 7143 §13.6" },
  { id: "LOGIN 38", checks: "TargetAddress tells where a target has moved to", spec: "RFC 7143 §13.8" },
] as const satisfies readonly Item[];
