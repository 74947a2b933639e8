/**
 * SCSI commands in hexadecimal, as they are seen on the wire.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { BlockStore } from "../../lib/store/store.ts";
import { Target } from "../../lib/target/target.ts";
import { rest } from "./held_store.ts";
import { hex } from "./hex.ts";
import type { ProtocolHarness } from "./protocol_harness.ts";
import type { Ending, Peer } from "./protocol_peer.ts";

/** Sends a CDB with room for so many bytes, and waits for its end. */
export async function ask(peer: Peer, cdb: string, room?: number, lun = 0): Promise<Ending> {
  const tag = peer.command(hex(cdb), { lun, ...room === undefined ? {} : { read: room } });
  await rest();
  return peer.ending(tag);
}

/** Sends a CDB with data, and waits for its end. */
export async function give(peer: Peer, cdb: string, data: Uint8Array, lun = 0): Promise<Ending> {
  const tag = peer.command(hex(cdb), { lun, write: data.length, data });
  await rest();
  return peer.ending(tag);
}

/** Sends a CDB that must end well, and returns its data. */
export async function get(peer: Peer, cdb: string, room: number, lun = 0): Promise<Uint8Array> {
  const { status, sense, data } = await ask(peer, cdb, room, lun);
  if (status !== 0) throw new Error(`Cannot go on: ${cdb} ended with ${status} ${sense}`);
  return data;
}

/** How a command has ended in one word: `good`, its sense, or its status. */
export function outcomeOf({ status, sense }: Ending): string {
  return sense !== "" ? sense : status === 0 ? "good" : status === 0x18 ? "conflict" : `status ${status}`;
}

/** A session with a target that has this store, whose unit attention is heard. */
export async function sessionWith(house: ProtocolHarness, store: BlockStore): Promise<Peer> {
  const target = new Target({ name: "iqn.2026-01.org.lunbox:other", luns: [{ lun: 0, store }] });
  house.catalogue.add(target);
  const peer = house.connect();
  peer.logIn({ keys: { TargetName: target.name } });
  assertEquals(outcomeOf(await ask(peer, "00 00 00 00 00 00")), "6/29/00");
  return peer;
}
