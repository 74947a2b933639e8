/**
 * What a target with several connections in a session must hold to. The laboratories' suite for it is not public: these
 * items are made from RFC 7143.
 *
 * @table
 * @module
 */

import type { Item } from "./item.ts";

/** All items. */
export const mcs = [
  { id: "MCS 1", checks: "As many connections may come as were agreed, and no more", spec: "RFC 7143 §13.2" },
  { id: "MCS 2", checks: "A task keeps to its connection: data, R2T, status", spec: "RFC 7143 §4.2.5.1" },
  { id: "MCS 3", checks: "Data for a task of another connection is refused", spec: "RFC 7143 §4.2.5.1" },
  { id: "MCS 4", checks: "Commands run in the order of their CmdSNs over all connections", spec: "RFC 7143 §4.2.2.1" },
  { id: "MCS 5", checks: "Each connection counts StatSN for itself", spec: "RFC 7143 §4.2.2.2" },
  { id: "MCS 6", checks: "Each connection has digests and segment lengths of its own", spec: "RFC 7143 §13.1" },
  { id: "MCS 7", checks: "Connections come and go while commands run", spec: "RFC 7143 §7.6" },
  { id: "MCS 8", checks: "One connection may log another one out", spec: "RFC 7143 §11.14" },
  {
    id: "MCS 9",
    checks: "A connection that comes back with its CID takes the place of the old one",
    spec: "RFC 7143 §6.3.4",
  },
  { id: "MCS 10", checks: "Task management reaches tasks of other connections", spec: "RFC 7143 §4.2.5.1" },
  { id: "MCS 11", checks: "A CID of a connection that does not exist cannot be logged out", spec: "RFC 7143 §11.15.1" },
  { id: "MCS 12", checks: "The session ends with its last connection", spec: "RFC 7143 §6.3.5" },
] as const satisfies readonly Item[];
