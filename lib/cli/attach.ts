/**
 * The commands with which initiators attach a target, ready to be pasted.
 *
 * @module
 */

import { ISCSI_PORT } from "../iscsi/constants.ts";
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
  /** The CHAP user to log in as; the secret is left for people to fill in. */
  readonly chapUser?: string;
  /** The CHAP user that discovery asks for. */
  readonly discoveryUser?: string;
}

/** What stands in a recipe for the CHAP secret. */
export const SECRET_PLACEHOLDER = "SECRET";

/** The recipes for one target. */
export function attachRecipes(target: Attachable): readonly AttachRecipe[] {
  const { name, portal, chapUser, discoveryUser } = target;
  const user = chapUser === undefined ? undefined : shellWord(chapUser);
  const discoverer = discoveryUser === undefined ? undefined : shellWord(discoveryUser);
  const address = shellWord(formatPortal(portal));
  const url = shellWord(diskUrl(target));
  return [
    {
      title: "Linux (open-iscsi)",
      lines: [
        ...linuxDiscovery(address, discoverer),
        ...(user === undefined
          ? []
          : linuxChap(`sudo iscsiadm -m node -T ${name} -p ${address}`, "node.session", user)),
        `sudo iscsiadm -m node -T ${name} -p ${address} --login`,
      ],
    },
    {
      title: "Windows (PowerShell as administrator)",
      lines: [
        "Start-Service MSiSCSI",
        `New-IscsiTargetPortal -TargetPortalAddress ${portal.hostname} -TargetPortalPortNumber ${portal.port}${
          powerShellChap(discoverer)
        }`,
        `Connect-IscsiTarget -NodeAddress ${name}${powerShellChap(user)}`,
      ],
    },
    ...promptRecipe(target, user, discoverer),
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
  const { chapUser } = target;
  const login = chapUser === undefined ? "" : `${chapUser}%${SECRET_PLACEHOLDER}@`;
  return `iscsi://${login}${formatHostname(target.portal.hostname)}:${target.portal.port}/${target.name}/${target.lun}`;
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

/** Of a command prompt, whose quick command for discovery with CHAP knows the usual port only. */
function promptRecipe({ name, portal }: Attachable, user?: string, discoverer?: string): readonly AttachRecipe[] {
  if (discoverer !== undefined && portal.port !== ISCSI_PORT) return [];
  return [
    {
      title: "Windows (command prompt as administrator)",
      lines: [
        discoverer === undefined
          ? `iscsicli AddTargetPortal ${portal.hostname} ${portal.port}`
          : `iscsicli QAddTargetPortal ${portal.hostname} ${discoverer} ${SECRET_PLACEHOLDER}`,
        `iscsicli QLoginTarget ${name}${user === undefined ? "" : ` ${user} ${SECRET_PLACEHOLDER}`}`,
      ],
    },
  ];
}

function linuxDiscovery(address: string, user: string | undefined): string[] {
  if (user === undefined) return [`sudo iscsiadm -m discovery -t sendtargets -p ${address}`];
  const command = `sudo iscsiadm -m discoverydb -t sendtargets -p ${address}`;
  return [`${command} -o new`, ...linuxChap(command, "discovery.sendtargets", user), `${command} --discover`];
}

function linuxChap(command: string, record: string, user: string): string[] {
  const settings = [["authmethod", "CHAP"], ["username", user], ["password", SECRET_PLACEHOLDER]];
  return settings.map(([name, value]) => `${command} -o update -n ${record}.auth.${name} -v ${value}`);
}

function powerShellChap(user: string | undefined): string {
  return user === undefined
    ? ""
    : ` -AuthenticationType ONEWAYCHAP -ChapUsername ${user} -ChapSecret ${SECRET_PLACEHOLDER}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`;
}
