/**
 * What a target says of itself to an iSNS server (RFC 4171 §5.6.5).
 *
 * @module
 */

import { ENTITY_PROTOCOL_ISCSI, isnsFlag, isnsFunction, isnsTag, nodeType, scnBit } from "./constants.ts";
import { addressAttribute, type Attribute, type IsnsMessage, numberAttribute, textAttribute } from "./message.ts";

/** A portal to register. */
export interface IsnsPortal {
  /** 4 bytes for IPv4, 16 for IPv6. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly portalGroup: number;
}

/** A target to register. */
export interface IsnsTarget {
  readonly name: string;
  readonly alias?: string | undefined;
  /** Portal groups at which it is. */
  readonly portalGroups: readonly number[];
  /** Portals of the entity at which it is; absent for all of its groups. */
  readonly portals?: readonly IsnsPortal[];
}

/** Everything that is registered. */
export interface IsnsEntity {
  /** Unique among all that register, up to 255 bytes: a host name or an address, and something of our own. */
  readonly identifier: string;
  readonly portals: readonly IsnsPortal[];
  /** At least one. */
  readonly targets: readonly IsnsTarget[];
  /** Seconds after which the server may forget us when it has heard nothing. */
  readonly registrationPeriod: number;
  /** TCP port at which we listen for state changes and inquiries. */
  readonly eventPort?: number | undefined;
}

/** Shortest interval of status inquiries that we ask for, in seconds. */
const ESI_INTERVAL = 60;

/** A message without transaction: it is given one when it is sent. */
export type IsnsRequest = Omit<IsnsMessage, "transaction" | "status">;

/** Registers everything, in place of what was registered before (RFC 4171 §5.6.5.1). */
export function registration(entity: IsnsEntity): IsnsRequest {
  const attributes: Attribute[] = [
    sourceOf(entity),
    textAttribute(isnsTag.entityIdentifier, entity.identifier),
    delimiter,
    textAttribute(isnsTag.entityIdentifier, entity.identifier),
    numberAttribute(isnsTag.entityProtocol, ENTITY_PROTOCOL_ISCSI),
    numberAttribute(isnsTag.registrationPeriod, entity.registrationPeriod),
  ];
  for (const portal of entity.portals) {
    attributes.push(addressAttribute(isnsTag.portalAddress, portal.address));
    attributes.push(numberAttribute(isnsTag.portalPort, portal.port));
    if (entity.eventPort === undefined) continue;
    attributes.push(numberAttribute(isnsTag.esiInterval, ESI_INTERVAL));
    attributes.push(numberAttribute(isnsTag.esiPort, entity.eventPort));
    attributes.push(numberAttribute(isnsTag.scnPort, entity.eventPort));
  }
  for (const target of entity.targets) describe(target, entity.portals, attributes);
  return request(isnsFunction.deviceAttributeRegistration, attributes, isnsFlag.replace);
}

/** Asks to be told when initiators come and go (RFC 4171 §5.6.5.5). */
export function scnRegistration(entity: IsnsEntity, target: IsnsTarget): IsnsRequest {
  const events = scnBit.initiatorAndSelf | scnBit.objectAdded | scnBit.objectRemoved | scnBit.objectUpdated;
  return request(isnsFunction.scnEventRegistration, [
    sourceOf(entity),
    textAttribute(isnsTag.iscsiName, target.name),
    delimiter,
    numberAttribute(isnsTag.iscsiScnBitmap, events),
  ]);
}

/** Asks whether we are still registered, which also says that we are alive (RFC 4171 §5.6.5.2, §6.2.6). */
export function heartbeat(entity: IsnsEntity): IsnsRequest {
  return request(isnsFunction.deviceAttributeQuery, [
    sourceOf(entity),
    textAttribute(isnsTag.entityIdentifier, entity.identifier),
    delimiter,
    [isnsTag.entityIdentifier, new Uint8Array(0)],
  ]);
}

/** Takes everything back (RFC 4171 §5.6.5.4). */
export function deregistration(entity: IsnsEntity): IsnsRequest {
  return request(isnsFunction.deviceDeregistration, [
    sourceOf(entity),
    delimiter,
    textAttribute(isnsTag.entityIdentifier, entity.identifier),
  ]);
}

function describe(target: IsnsTarget, portals: readonly IsnsPortal[], attributes: Attribute[]): void {
  attributes.push(textAttribute(isnsTag.iscsiName, target.name));
  attributes.push(numberAttribute(isnsTag.iscsiNodeType, nodeType.target));
  if (target.alias !== undefined) attributes.push(textAttribute(isnsTag.iscsiAlias, target.alias));
  for (const portal of portals) {
    const { address, port, portalGroup } = portal;
    // Without a word a server takes every target to be at every portal, in group 1 (RFC 4171 §3.4).
    attributes.push(
      target.portalGroups.includes(portalGroup) && (target.portals?.includes(portal) ?? true)
        ? numberAttribute(isnsTag.portalGroupTag, portalGroup)
        : [isnsTag.portalGroupTag, new Uint8Array(0)],
    );
    attributes.push(addressAttribute(isnsTag.portalGroupPortalAddress, address));
    attributes.push(numberAttribute(isnsTag.portalGroupPortalPort, port));
  }
}

/** Who says it: a node of ours, the same in all messages, so that it may change what it has registered. */
function sourceOf({ targets, identifier }: IsnsEntity): Attribute {
  return textAttribute(isnsTag.iscsiName, targets[0]?.name ?? identifier);
}

function request(code: number, attributes: readonly Attribute[], flags = 0): IsnsRequest {
  return { function: code, flags: isnsFlag.fromClient | flags, attributes };
}

const delimiter: Attribute = [isnsTag.delimiter, new Uint8Array(0)];
