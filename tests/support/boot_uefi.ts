/**
 * What UEFI keeps in its flash memory so that its own iSCSI driver (EDK2's IScsiDxe) attaches a disk at every start: the
 * same as a person enters on its page "iSCSI Configuration".
 *
 * @module
 */

import { ascii, guid, join, le, sized, utf16, zeros } from "./boot_bytes.ts";

/** What to attach, and how. */
export interface Attempt {
  /** The initiator's name, in lower case. */
  readonly initiator: string;
  /** The target's name, in lower case. */
  readonly target: string;
  /** The portal's IPv4 address. */
  readonly address: string;
  /** The portal's TCP port. */
  readonly port: number;
  /** The number of the disk, below 256; 0 unless given. */
  readonly lun?: number;
  /** The card's address, which also makes the ISID. */
  readonly mac: string;
  /** The machine's own IPv4 address, in a network of 256. */
  readonly own: string;
  /** CHAP: its user and secret of 12 to 16 characters, and the target's for mutual CHAP. */
  readonly chap?: { readonly user: string; readonly secret: string; readonly mutual?: readonly [string, string] };
}

/** A program to start, before all that the firmware finds by itself. */
export interface Entry {
  /** The GUID of the partition (GPT) that has it. */
  readonly partition: string;
  /** The partition's number, from 1. */
  readonly number: number;
  /** The partition's first block. */
  readonly start: number;
  /** How many blocks it has. */
  readonly blocks: number;
  /** The program's path there, with backslashes. */
  readonly file: string;
  /** What the program gets as its options. */
  readonly options: string;
}

/**
 * The file of variables that OVMF starts with: Debian's empty one, what the iSCSI driver wants to know, and what to start
 * if it is not `\EFI\BOOT\BOOTX64.EFI`.
 *
 * @throws {TypeError} If `empty` does not have the form that this writes.
 */
export function uefiVariables(empty: Uint8Array, attempt: Attempt, entry?: Entry): Uint8Array<ArrayBuffer> {
  const end = empty.findIndex((byte, at) => at >= STORE_START && byte === 0xff);
  if (end !== STORE_START) throw new TypeError(`Cannot add variables: not empty at byte ${STORE_START}`);
  const image = join(empty);
  const variables = [
    variable("I_NAME", ISCSI_NAME, ascii(`${attempt.initiator}\0`)),
    variable("Attempt 1", ISCSI_NAME, attemptData(attempt)),
    // With fewer the driver makes the missing ones anew, over those that are there.
    variable("InitialAttemptOrder", ISCSI_CONFIG, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
    variable("AttemptOrder", ISCSI_CONFIG, Uint8Array.of(1)),
    ...entry === undefined ? [] : [
      variable("Boot0001", EFI_GLOBAL, loadOption(entry), Attributes.runtime),
      variable("BootOrder", EFI_GLOBAL, le(2, 1), Attributes.runtime),
    ],
  ];
  image.set(join(...variables), STORE_START);
  return image;
}

// Behind the headers of the firmware volume (48h bytes) and of the variable store (1Ch).
const STORE_START = 0x64;
const ISCSI_NAME = "59324945-ec44-4c0d-b1cd-9db139df070c";
const ISCSI_CONFIG = "4b47d616-a8d6-4552-9d44-ccad2e0f4cf9";
const EFI_GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c";

/** Kept without power, and visible to boot services, or to an operating system too (UEFI 2.10 §8.2). */
const Attributes = { boot: 3, runtime: 7 } as const;

/** An authenticated variable as EDK2 stores it: whole, filled up to four bytes. */
function variable(name: string, vendor: string, data: Uint8Array, attributes: number = Attributes.boot): Uint8Array {
  const text = utf16(name);
  const header = join(le(2, 0x55aa), le(1, 0x3f), le(1, 0), le(4, attributes), zeros(8 + 16 + 4));
  const whole = join(header, le(4, text.length), le(4, data.length), guid(vendor), text, data);
  return join(whole, new Uint8Array(-whole.length & 3).fill(0xff));
}

/** EFI_LOAD_OPTION (UEFI 2.10 §3.1.3): active; a path of partition, file and end (§10.3); a name; what the program gets. */
function loadOption({ partition, number, start, blocks, file, options }: Entry): Uint8Array {
  const name = utf16(file);
  const path = join(
    ...[le(1, 4), le(1, 1), le(2, 42), le(4, number), le(8, start), le(8, blocks), guid(partition), le(1, 2), le(1, 2)],
    ...[le(1, 4), le(1, 4), le(2, 4 + name.length), name],
    ...[le(1, 0x7f), le(1, 0xff), le(2, 4)],
  );
  return join(le(4, 1), le(2, path.length), utf16(file), path, utf16(options));
}

/** The settings of an attempt as IScsiDxe keeps them: packed, static addresses, IPv4. */
function attemptData({ target, address, port, lun = 0, mac, own, chap }: Attempt): Uint8Array {
  const octets = mac.split(":").map((octet) => Number(`0x${octet}`));
  return join(
    // List entry, index of the card, index of the attempt, states, titles, name, MAC address, DNS and DHCP servers.
    ...[zeros(16), le(1, 0), le(1, 1), zeros(4), zeros(4), ascii("Attempt 1", 12), ascii(mac, 96), zeros(3 * 16)],
    // Port, enabled, IPv4; own address, mask, gateway; nothing by DHCP.
    ...[
      le(2, port),
      le(1, 1),
      le(1, 0),
      sized(ipv4(own), 16),
      ipv4("255.255.255.0"),
      sized(ipv4(address), 16),
      zeros(2),
    ],
    ...[ascii(target, 224), sized(ipv4(address), 16), le(1, 0), Uint8Array.of(0, lun, 0, 0, 0, 0, 0, 0)],
    // Milliseconds to connect, tries; the ISID is the MAC address without its upper two bits.
    ...[le(2, 10_000), le(1, 3), Uint8Array.from(octets, (octet, i) => i === 0 ? octet & 0x3f : octet)],
    // Not redirected, no DNS.
    ...[le(1, 0), zeros(2 + 16), le(1, 0), zeros(255)],
    ...[le(1, chap === undefined ? 0 : 1), le(1, chap?.mutual === undefined ? 0 : 1)],
    ...[ascii(chap?.user ?? "", 127), ascii(chap?.secret ?? "", 17)],
    ...[ascii(chap?.mutual?.[0] ?? "", 127), ascii(chap?.mutual?.[1] ?? "", 17)],
    // Not by itself; this attempt is switched on.
    ...[le(1, 0), le(1, 1)],
  );
}

function ipv4(address: string): Uint8Array {
  return Uint8Array.from(address.split("."), Number);
}
