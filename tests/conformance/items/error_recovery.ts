/**
 * What the error recovery suite of certification laboratories checks, by its numbers.
 *
 * @table
 * @module
 */

import type { Item } from "./item.ts";

/** All items of the suite that are public. */
export const errorRecovery = [
  { id: "ER 1.1", checks: "A command that is retried though it has come is ignored", spec: "RFC 7143 §7.2.1" },
  { id: "ER 1.2", checks: "A command that is retried after a digest error is carried out", spec: "RFC 7143 §7.2.1" },
  { id: "ER 2.1", checks: "A WRITE goes on elsewhere after a logout for recovery", spec: "RFC 7143 §7.2.2" },
  { id: "ER 2.2", checks: "A WRITE is not reassigned without a logout", spec: "RFC 7143 §11.6.1" },
  { id: "ER 2.3", checks: "A READ goes on elsewhere after a logout for recovery", spec: "RFC 7143 §7.2.2" },
  {
    id: "ER 2.4",
    checks: "Tasks go on elsewhere after an implicit logout: the connection comes back with its CID",
    spec: "RFC 7143 §7.1.3",
  },
  { id: "ER 3.1", checks: "R2T SNACK", spec: "RFC 7143 §11.16" },
  { id: "ER 3.2", checks: "Data SNACK of one PDU", spec: "RFC 7143 §11.16" },
  { id: "ER 3.3", checks: "Data SNACK of a run", spec: "RFC 7143 §11.16" },
  { id: "ER 3.4", checks: "Data SNACK of a whole sequence", spec: "RFC 7143 §11.16" },
  { id: "ER 3.5", checks: "Status SNACK", spec: "RFC 7143 §11.16" },
  {
    id: "ER data digest errors",
    checks: "Data-Out with a bad digest at any place of a sequence: asked for again, the WRITE ends well",
    spec: "RFC 7143 §7.8",
  },
  {
    id: "ER dropped PDUs",
    checks: "Data-Out that is lost at any place of a sequence: asked for again, the WRITE ends well",
    spec: "RFC 7143 §7.9",
  },
] as const satisfies readonly Item[];
