/**
 * The numbers of iSNS (RFC 4171) that a target needs.
 *
 * @table
 * @module
 */

/** The TCP port that IANA gives to iSNS (RFC 4171 §8). */
export const ISNS_PORT = 3205;

/** Protocol version (RFC 4171 §5.1.1). */
export const ISNS_VERSION = 1;

/** What a message is for; a response is the request with the top bit (RFC 4171 §5.1.2). */
export const isnsFunction = {
  deviceAttributeRegistration: 0x0001,
  deviceAttributeQuery: 0x0002,
  deviceDeregistration: 0x0004,
  scnEventRegistration: 0x0005,
  stateChangeNotification: 0x0008,
  entityStatusInquiry: 0x000d,
} as const;

/** Set in the function of a response (RFC 4171 §5.1.2). */
export const RESPONSE = 0x8000;

/** Flags of a header (RFC 4171 §5.1.4). */
export const isnsFlag = {
  fromClient: 0x8000,
  fromServer: 0x4000,
  authenticated: 0x2000,
  replace: 0x1000,
  last: 0x0800,
  first: 0x0400,
} as const;

/** Attributes (RFC 4171 §6.1). */
export const isnsTag = {
  delimiter: 0,
  entityIdentifier: 1,
  entityProtocol: 2,
  timestamp: 4,
  registrationPeriod: 6,
  portalAddress: 16,
  portalPort: 17,
  esiInterval: 19,
  esiPort: 20,
  scnPort: 23,
  iscsiName: 32,
  iscsiNodeType: 33,
  iscsiAlias: 34,
  iscsiScnBitmap: 35,
  portalGroupPortalAddress: 49,
  portalGroupPortalPort: 50,
  portalGroupTag: 51,
} as const;

/** Entity Protocol of iSCSI (RFC 4171 §6.2.2). */
export const ENTITY_PROTOCOL_ISCSI = 2;

/** iSCSI Node Type (RFC 4171 §6.4.2). */
export const nodeType = { target: 1, initiator: 2, control: 4 } as const;

/** iSCSI SCN Bitmap (RFC 4171 §6.4.4). */
export const scnBit = {
  initiatorAndSelf: 0x80,
  targetAndSelf: 0x40,
  management: 0x20,
  objectRemoved: 0x10,
  objectAdded: 0x08,
  objectUpdated: 0x04,
  domainMemberRemoved: 0x02,
  domainMemberAdded: 0x01,
} as const;

/** Status of a response (RFC 4171 §5.4). */
export const isnsStatus: Readonly<Record<number, string>> = {
  0: "successful",
  1: "unknown error",
  2: "message format error",
  3: "invalid registration",
  5: "invalid query",
  6: "source unknown",
  7: "source absent",
  8: "source unauthorized",
  9: "no such entry",
  10: "version not supported",
  11: "internal error",
  12: "busy",
  13: "option not understood",
  14: "invalid update",
  15: "message not supported",
  16: "SCN event rejected",
  17: "SCN registration rejected",
  18: "attribute not implemented",
  21: "ESI not available",
  22: "invalid deregistration",
  23: "registration feature not supported",
};
