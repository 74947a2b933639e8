/**
 * The commands with which initiators attach a target, ready to be pasted.
 *
 * @module
 */

import type { Host } from "./host.ts";
import { formatHostname, formatPortal, isWildcard, type Portal } from "./portal.ts";

/** A way to attach: where the commands are typed, and the commands. */
export interface AttachRecipe {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What is attached. */
export interface Attachable {
  /** The target's iSCSI name. */
  readonly name: string;
  /** An address that initiators can connect to. */
  readonly portal: Portal;
  /** The logical unit that single-disk clients take. */
  readonly lun: number;
}

/** The recipes for one target. */
export function attachRecipes(target: Attachable): readonly AttachRecipe[] {
  const { name, portal } = target;
  const address = shellWord(formatPortal(portal));
  const url = shellWord(diskUrl(target));
  return [
    {
      title: "Linux (open-iscsi)",
      lines: [
        `sudo iscsiadm -m discovery -t sendtargets -p ${address}`,
        `sudo iscsiadm -m node -T ${name} -p ${address} --login`,
      ],
    },
    {
      title: "Windows (PowerShell as administrator)",
      lines: [
        "Start-Service MSiSCSI",
        `New-IscsiTargetPortal -TargetPortalAddress ${portal.hostname} -TargetPortalPortNumber ${portal.port}`,
        `Connect-IscsiTarget -NodeAddress ${name}`,
      ],
    },
    {
      title: "Windows (command prompt as administrator)",
      lines: [
        `iscsicli AddTargetPortal ${portal.hostname} ${portal.port}`,
        `iscsicli QLoginTarget ${name}`,
      ],
    },
    {
      title: "QEMU (with its iSCSI block driver)",
      lines: [
        `qemu-system-x86_64 -drive ${shellWord(`file=${diskUrl(target)},format=raw,if=virtio`)}`,
        `qemu-img info ${url}`,
      ],
    },
  ];
}

/** A logical unit as libiscsi, QEMU and libvirt name it. */
export function diskUrl(target: Attachable): string {
  return `iscsi://${formatHostname(target.portal.hostname)}:${target.portal.port}/${target.name}/${target.lun}`;
}

/** The address that initiators use: what is advertised, or the one that is listened on, or what this machine has. */
export function reachablePortal(portal: Portal, host: Host, advertise?: Portal): Portal {
  if (advertise !== undefined) return advertise;
  if (!isWildcard(portal.hostname)) return portal;
  // A socket on :: takes both families.
  const four = portal.hostname === "0.0.0.0";
  const own = host.addresses().find((address) => !four || !address.includes(":"));
  return { hostname: own ?? host.hostname(), port: portal.port };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`;
}
