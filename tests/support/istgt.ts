/**
 * The iSCSI target of FreeBSD's ports, Debian's `istgt`, as a second peer.
 *
 * @module
 */

import { stop } from "../../scripts/command.ts";
import { accepting, freePort, Log, type Served, type ServeOptions, urlsOf } from "./portal.ts";

/** Starts `istgt` in the foreground with the images as LUN 0 and up, and waits for its portal. */
export async function serveIstgt(options: ServeOptions): Promise<Served> {
  const port = freePort();
  const portal = `127.0.0.1:${port}`;
  const folder = await Deno.makeTempDir({ prefix: "istgt-" });
  const paths = options.images.map((image) => typeof image === "string" ? image : image.path);
  await Deno.writeTextFile(`${folder}/auth.conf`, "", { mode: 0o600 });
  await Deno.writeTextFile(`${folder}/istgt.conf`, configuration(folder, { portal, control: freePort(), paths }));
  const child = new Deno.Command("istgt", {
    args: ["-D", "-c", `${folder}/istgt.conf`],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = new Log(child.stdout, child.stderr);
  const end = async (): Promise<void> => {
    stop(child, "SIGKILL");
    await child.status;
    await log.whole();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await accepting(port, child.status);
  } catch (error) {
    await end();
    throw new Error(`Cannot start istgt: it said\n${log.text}`, { cause: error });
  }
  const target = `${BASE}:istgt`;
  return {
    ...{ portal, port, target, firstLun: 0, pid: child.pid },
    ...{ url: urlsOf(portal, target, 0), log: () => log.text, stop: end },
  };
}

const BASE = "iqn.2026-01.example";

function configuration(folder: string, on: { portal: string; control: number; paths: readonly string[] }): string {
  return `[Global]
  NodeBase "${BASE}"
  PidFile ${folder}/pid
  AuthFile ${folder}/auth.conf
  MediaDirectory ${folder}
  DiscoveryAuthMethod Auto
  MaxSessions 256
  MaxR2T 32
  FirstBurstLength 262144
  MaxBurstLength 1048576
  MaxRecvDataSegmentLength 262144
  InitialR2T Yes
  ImmediateData Yes
[UnitControl]
  AuthMethod None
  AuthGroup None
  Portal UC1 127.0.0.1:${on.control}
  Netmask 127.0.0.1
[PortalGroup1]
  Portal DA1 ${on.portal}
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.1
[LogicalUnit1]
  TargetName istgt
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod None
  UseDigest Auto
  UnitType Disk
  QueueDepth 128
${on.paths.map((path, lun) => `  LUN${lun} Storage ${path} Auto`).join("\n")}
`;
}
