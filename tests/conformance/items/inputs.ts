/**
 * Inputs that crashed other targets, or opened them. Each is answered as the standard says, or ends its connection; others
 * go on being served.
 *
 * @table
 * @module
 */

import type { Item } from "./item.ts";

/** All inputs, by the names under which they are known. */
export const inputs = [
  {
    id: "CVE-2011-0001",
    checks: "Before the login: a data segment, or it with further headers, longer than the buffer for it (tgt)",
    spec: "RFC 7143 §13.12",
  },
  {
    id: "CVE-2013-2850",
    checks: "A key of more than 63 bytes, to be answered with NotUnderstood (LIO)",
    spec: "RFC 7143 §6.1",
  },
  { id: "CVE-2018-14633", checks: "CHAP_R in hexadecimal, longer than the digest (LIO)", spec: "RFC 7143 §12.1.3" },
  { id: "LIO 2026-05", checks: "CHAP_R in base64, far longer than the digest", spec: "RFC 7143 §12.1.3" },
  {
    id: "LIO 2026-04",
    checks: "An extended CDB of length 0, or longer than all further headers",
    spec: "RFC 7143 §11.2.2.3",
  },
  { id: "LIO bc704fb58f", checks: "Mutual CHAP with CHAP_I above 255", spec: "RFC 1994 §4.1" },
  {
    id: "CVE-2020-28374",
    checks: "EXTENDED COPY from a unit that the initiator may not see (LIO, tcmu-runner as CVE-2021-3139)",
    spec: "SPC-5",
  },
  {
    id: "CVE-2022-21546",
    checks: "WRITE SAME with NDOB, and without the data that it needs (LIO)",
    spec: "SBC-4",
  },
  { id: "LIO c8e639852ad7", checks: "COMPARE AND WRITE of no blocks", spec: "SBC-4 §5.3" },
  { id: "CVE-2026-53176", checks: "A login that is shorter than its headers say (LIO)", spec: "RFC 7143 §11.2" },
  {
    id: "CVE-2026-23216",
    checks:
      "Connections and sessions torn down while in use, in storms of logins and resets (LIO, also CVE-2026-23193)",
    spec: "RFC 7143 §6.3.5",
  },
  {
    id: "CVE-2021-28361",
    checks: "A Text Request that is continued and has no data (SPDK)",
    spec: "RFC 7143 §11.10.2",
  },
  { id: "SPDK 19.07", checks: "An expected length that does not fit the CDB or the data", spec: "RFC 7143 §11.3.4" },
  { id: "SPDK 3927", checks: "Any PDU but a login before the login", spec: "RFC 7143 §6.3" },
  { id: "SPDK 9d660f187a", checks: "An unknown opcode with many further headers", spec: "RFC 7143 §11.2.1" },
  { id: "SPDK b866d5192f", checks: "What port scanners send", spec: "RFC 7143 §6.3" },
  { id: "SPDK e283c385e7", checks: "Further headers on any PDU", spec: "RFC 7143 §11.2.2" },
  { id: "SPDK 2958", checks: "A Text Request, and the connection is cut", spec: "RFC 7143 §7.14" },
  { id: "SPDK 9c3c488e0c", checks: "A logout without a session", spec: "RFC 7143 §11.14" },
  { id: "SPDK 2781", checks: "More Data-Out than the R2T asks for", spec: "RFC 7143 §11.8.4" },
  { id: "SPDK 64a268e2e1", checks: "A connection that is cut amid WRITEs", spec: "RFC 7143 §7.14" },
  { id: "tgt 8115bab", checks: "SendTargets with more targets than go into one answer", spec: "RFC 7143 Appendix C" },
  { id: "tgt 62bdc3e", checks: "A CHAP user that nobody knows", spec: "RFC 7143 §11.13.5" },
  { id: "tgt 45d150e", checks: "Text without an equals sign, or without a key", spec: "RFC 7143 §6.1" },
  { id: "tgt d997a70", checks: "Addresses of 2^63 and more, and ranges that wrap around", spec: "SBC-4" },
  {
    id: "CVE-2024-42416",
    checks: "REPORT SUPPORTED OPERATION CODES with a service action out of range (FreeBSD)",
    spec: "SPC-5 §6.34",
  },
  { id: "CVE-2024-45063", checks: "WRITE BUFFER and READ BUFFER, one after the other (FreeBSD)", spec: "SPC-5" },
  { id: "CVE-2024-43110", checks: "REQUEST SENSE with room for more than there is (FreeBSD)", spec: "SPC-5 §6.38" },
  { id: "CVE-2024-8178", checks: "READ BUFFER of memory that nobody has written (FreeBSD)", spec: "SPC-5" },
  { id: "CVE-2010-2221", checks: "iSNS: a name longer than 223 bytes (tgt, IET, SCST)", spec: "RFC 4171 §6.4.1" },
  { id: "CVE-2010-0743", checks: "iSNS: a name with format directives (tgt)", spec: "RFC 4171 §6.4.1" },
  {
    id: "CVE-2014-0255",
    checks:
      "Floods of connections, and of logins to targets that are not there (Windows also CVE-2014-0256, StarWind CVE-2013-20004, CVE-2007-20001)",
    spec: "RFC 7143 §11.13.5",
  },
  { id: "SCST e34a4e097", checks: "An InitiatorName that is none", spec: "RFC 7143 §4.2.7" },
  { id: "tgt 1.0.85 Data-Out", checks: "Data-Out with a wrong offset, or longer than its R2T", spec: "RFC 7143 §11.7" },
  {
    id: "tgt 1.0.85 headers",
    checks: "Random headers of every opcode in full feature phase",
    spec: "RFC 7143 §11.2.1",
  },
  {
    id: "tgt 1.0.85 limits",
    checks: "Immediate data beyond FirstBurstLength or without leave, MaxRecvDataSegmentLength out of range",
    spec: "RFC 7143 §13.14",
  },
  { id: "tgt 1.0.85 numbers", checks: "Any transfer tag and DataSN", spec: "RFC 7143 §11.7.4" },
  { id: "tgt 1.0.85 logins", checks: "C and T together, a TSIH of no session", spec: "RFC 7143 §11.12.2" },
] as const satisfies readonly Item[];
