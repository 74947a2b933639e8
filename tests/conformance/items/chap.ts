/**
 * What the CHAP suites of certification laboratories check, in the form for targets: the algorithm (A), the identifier (I),
 * the challenge (C), the name (N) and the response (R).
 *
 * @table
 * @module
 */

import type { Item } from "./item.ts";

/** All items. */
export const chap = [
  { id: "CHAP A.1", checks: "A list of algorithms: one that both know is chosen", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP A.2", checks: "An algorithm that is no number is passed over", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP A.3", checks: "Only unknown algorithms: the login is refused", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP A.4", checks: "CHAP_A twice is an error", spec: "RFC 7143 §6.2" },
  { id: "CHAP A.5", checks: "Keys before CHAP_A are an error", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP I.1", checks: "An identifier of the initiator is 0 to 255", spec: "RFC 1994 §4.1" },
  { id: "CHAP I.2", checks: "CHAP_I out of order is an error", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP I.3", checks: "The target's identifier differs from login to login", spec: "RFC 1994 §4.1" },
  { id: "CHAP C.1", checks: "A challenge of 1 to 1024 bytes is answered", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP C.2", checks: "A challenge may be hexadecimal or base64", spec: "RFC 7143 §6.1" },
  { id: "CHAP C.3", checks: "An empty challenge is an error", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP C.4", checks: "A challenge of more than 1024 bytes is an error", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP C.5", checks: "CHAP_C out of order is an error", spec: "RFC 7143 §12.1.3" },
  {
    id: "CHAP C.6",
    checks: "The target's challenges never repeat, one after another and at the same time",
    spec: "RFC 7143 §9.2.1",
  },
  {
    id: "CHAP 3.8",
    checks: "The target's challenge sent back, on this or another connection, is not answered",
    spec: "RFC 7143 §9.2.1",
  },
  { id: "CHAP 3.9", checks: "A second connection gets a challenge of its own", spec: "RFC 7143 §9.2.1" },
  { id: "CHAP N.1", checks: "The right name comes in", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP N.2", checks: "A name of 255 bytes comes in", spec: "RFC 7143 §6.1" },
  { id: "CHAP N.3", checks: "An empty name is an error", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP N.4", checks: "A name of more than 255 bytes is an error", spec: "RFC 7143 §6.1" },
  { id: "CHAP N.5", checks: "CHAP_N out of order is an error", spec: "RFC 7143 §12.1.3" },
  { id: "CHAP N.6", checks: "The target's own name does no harm, nor does one name for both", spec: "RFC 7143 §9.2.1" },
  { id: "CHAP R.1", checks: "A wrong response ends with 0201h", spec: "RFC 7143 §11.13.5" },
  { id: "CHAP R.2", checks: "A response that is too long ends with 0201h", spec: "RFC 7143 §11.13.5" },
  { id: "CHAP R.3", checks: "A response that is too short ends with 0201h", spec: "RFC 7143 §11.13.5" },
  { id: "CHAP R.4", checks: "A response with an odd number of digits ends with 0201h", spec: "RFC 7143 §6.1" },
  { id: "CHAP R.5", checks: "CHAP_R out of order is an error", spec: "RFC 7143 §12.1.3" },
  {
    id: "CHAP R.6",
    checks:
      "Mutual: the target's response is right for its own secret alone; an initiator that doubts it leaves nothing",
    spec: "RFC 7143 §12.1.3",
  },
] as const satisfies readonly Item[];
