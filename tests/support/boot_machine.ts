/**
 * PCs without disks that boot over the network, and tell on their serial consoles how far they came.
 *
 * @module
 */

import { attempt } from "../../scripts/command.ts";
import { DONE } from "./boot_programs.ts";
import { type Attempt, type Entry, uefiVariables } from "./boot_uefi.ts";
import type { Scratch } from "./scratch.ts";

/** The address under which a machine reaches the loopback of the host. */
export const HOST = "10.0.2.2";

/** OVMF, the firmware of UEFI, as Debian's package `ovmf` has it. */
export const OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd";

/** A machine that did not boot: it stopped at something else than a program's good end, or its time was up. */
export class BootError extends Error {
  override readonly name = "BootError";
}

/** How a machine ends when all went well: its program switches QEMU off, or its system switches the power off. */
export const Ending = { program: 2 * DONE + 1, powerOff: 0 } as const;

/**
 * Starts a PC with `devices` (words for QEMU), and returns what its serial console showed until it ended.
 *
 * @throws {BootError} If it does not end as `ending` says within four minutes.
 */
export async function bootMachine(devices: readonly string[], ending: number = Ending.program): Promise<string> {
  const args = [
    // Without graphics the BIOS shows on the serial line what programs print on the screen.
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"],
    ...["-machine", "q35,graphics=off", "-accel", "tcg,tb-size=128", "-cpu", "max", "-m", "512"],
    ...["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"],
    ...devices,
  ];
  const { code, stdout, stderr } = await attempt(["qemu-system-x86_64", ...args], { timeout: 240_000 });
  const serial = stdout.replaceAll(ESCAPES, "").replaceAll("\r", "");
  if (code === ending) return serial;
  const what = code === 137 ? "time is up" : `exit code ${code}`;
  throw new BootError(`Cannot boot: ${what}; the machine said\n${serial.slice(-4000)}\n${stderr}`);
}

/**
 * Starts a PC whose network card has iPXE, for a BIOS or for UEFI, which gets `script` from QEMU's own DHCP and TFTP
 * server.
 */
export async function bootIpxe(
  scratch: Scratch,
  script: readonly string[],
  firmware: "bios" | "uefi" = "bios",
): Promise<string> {
  const folder = scratch.path(`tftp-${crypto.randomUUID()}`);
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/boot.ipxe`, ["#!ipxe", ...script, ""].join("\n"));
  const flash = firmware === "bios" ? [] : await flashWith(scratch, (empty) => empty);
  const network = `user,id=net,tftp=${folder},bootfile=boot.ipxe`;
  const card = ["-netdev", network, "-device", "virtio-net-pci,netdev=net,bootindex=0"];
  // iPXE makes its initiator name of this; machines with the same one take each other's sessions.
  return await bootMachine(["-uuid", crypto.randomUUID(), ...flash, ...card]);
}

/** What UEFI is told: which disk to attach, and which program of it to start if it has none with the usual name. */
export type UefiSettings = Omit<Attempt, "mac" | "own" | "address"> & { readonly entry?: Entry };

/** Starts a PC whose UEFI finds in its variables which disk to attach, and boots from it. */
export async function bootUefi(scratch: Scratch, settings: UefiSettings): Promise<string> {
  const mac = "52:54:00:12:34:56";
  const attempt = { ...settings, mac, own: "10.0.2.15", address: HOST };
  const flash = await flashWith(scratch, (empty) => uefiVariables(empty, attempt, settings.entry));
  // Without the card's ROM: the driver is to be the firmware's own.
  const card = ["-netdev", "user,id=net", "-device", `virtio-net-pci,netdev=net,mac=${mac},romfile=`];
  return await bootMachine([...flash, ...card], settings.entry === undefined ? Ending.program : Ending.powerOff);
}

/** The words for OVMF in flash memory, with the variables that `fill` makes of none. */
async function flashWith(scratch: Scratch, fill: (empty: Uint8Array) => Uint8Array): Promise<string[]> {
  const variables = scratch.path(`variables-${crypto.randomUUID()}`);
  await Deno.writeFile(variables, fill(await Deno.readFile(OVMF.replace("CODE", "VARS"))));
  return [
    ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${OVMF}`],
    ...["-drive", `if=pflash,unit=1,format=raw,file=${variables}`],
  ];
}

/**
 * Waits for machines that boot at the same time.
 *
 * @throws {BootError} What the first one throws that does not boot, once all have ended.
 */
export async function together(...machines: readonly Promise<string>[]): Promise<string[]> {
  const ends = await Promise.allSettled(machines);
  return ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
}

// deno-lint-ignore no-control-regex -- these are what a terminal takes
const ESCAPES = /\x1b\[[0-9;?=]*[A-Za-z]/g;
