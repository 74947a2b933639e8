import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeHex } from "../../lib/bytes/encoding.ts";
import { Server } from "../../lib/server.ts";
import { FileStore } from "../../lib/store/file_store.ts";
import { biosDisk, type BootableDisk, bootDisc, uefiDisk, uefiDisk4Kn } from "../support/boot_disks.ts";
import { linuxDisk } from "../support/boot_linux.ts";
import { bootIpxe, bootMachine, bootUefi, HOST, OVMF, together } from "../support/boot_machine.ts";
import { Pings } from "../support/boot_pings.ts";
import { COPIED } from "../support/boot_programs.ts";
import { freePort } from "../support/portal.ts";
import { Proxy } from "../support/proxy.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, whileServing } from "../support/served.ts";

const STORY = new URL("boot_guest.sh", import.meta.url);
const MIB = 1024 * 1024;
const TIB = 1024 * 1024 * MIB;
const SMALL = { size: 64 * MIB, from: 1000, to: 50_000 } as const;
// Blocks beyond 2^32 have no number in READ(10) and WRITE(10).
const BIG = { size: 3 * TIB, from: 2 ** 32 + 100, to: 2 ** 32 + 5000 } as const;

const IPXE = ["qemu-system-x86_64", "/usr/lib/ipxe/qemu/efi-virtio.rom"] as const;
const DISC_TOOLS = ["genisoimage", "mformat"] as const;
const UEFI = ["qemu-system-x86_64", OVMF, "sgdisk", "mformat"] as const;

const USERS = `
alice  alicesecret123
bob    bobs-secret-12  mutual-user=lunbox  mutual-secret=our-own-secret
`;

/** What iPXE calls a LUN. */
function san({ port, target }: Pick<Served, "port" | "target">, lun = 0): string {
  return `iscsi:${HOST}::${port}:${lun.toString(16)}:${target}`;
}

/** That a machine printed its line, and that the disk has in two places what it had in one. */
async function assertCopied(serial: string, disk: BootableDisk): Promise<void> {
  assertStringIncludes(serial, disk.bios || disk.uefi);
  assertStringIncludes(serial, COPIED);
  assertEquals(await disk.target(), disk.source);
}

async function usersFile(scratch: Scratch): Promise<string> {
  const path = scratch.path("users");
  await Deno.writeTextFile(path, USERS, { mode: 0o600 });
  return path;
}

Deno.test({
  name: "iPXE boots from a disk, from one of more than 2 TiB and from a CD-ROM",
  ...requires(...IPXE, ...DISC_TOOLS),
  fn: async () => {
    await using scratch = await Scratch.make();
    const small = await biosDisk(scratch, SMALL);
    const big = await biosDisk(scratch, BIG);
    const disc = await bootDisc(scratch);
    await whileServing({ images: [small.path, big.path, disc.path] }, async (served) => {
      const [first = "", second = "", third = ""] = await together(
        bootIpxe(scratch, ["set initiator-iqn iqn.2026-01.example:ipxe", `sanboot ${san(served)}`]),
        bootIpxe(scratch, [`sanhook --drive 0x81 ${san(served, 1)}`, "sanboot --no-describe --drive 0x81"]),
        bootIpxe(scratch, [`sanboot ${san(served, 2)}`]),
      );
      await assertCopied(first, small);
      await assertCopied(second, big);
      assertStringIncludes(third, disc.bios);
      assertStringIncludes(served.log(), "initiator=iqn.2026-01.example:ipxe ");
      const names = Array.from(served.log().matchAll(/ login peer=.* initiator=(\S+)/g), ([, name]) => name);
      assertEquals(new Set(names).size, 3, served.log());
    });
  },
});

Deno.test({
  name: "iPXE logs in with CHAP, one-way and mutual, and not with a wrong secret",
  ...requires(...IPXE),
  fn: async () => {
    await using scratch = await Scratch.make();
    const disks = [await biosDisk(scratch, SMALL), await biosDisk(scratch, SMALL)] as const;
    const images = disks.map(({ path }) => path);
    await whileServing({ images, args: ["--chap-file", await usersFile(scratch)] }, async (served) => {
      const [alice = "", bob = ""] = await together(
        bootIpxe(scratch, [
          ...["set username alice", "set password alicesecret124"],
          `sanhook --drive 0x81 ${san(served)} || echo refused`,
          ...["set password alicesecret123", `sanboot ${san(served)}`],
        ]),
        bootIpxe(scratch, [
          ...["set username bob", "set password bobs-secret-12"],
          ...["set reverse-username lunbox", "set reverse-password our-own-secret"],
          `sanboot ${san(served, 1)}`,
        ]),
      );
      assertMatch(alice, /^refused$/m);
      await assertCopied(alice, disks[0]);
      await assertCopied(bob, disks[1]);
      assertMatch(served.log(), /user \\"alice\\": the response is wrong/);
    });
  },
});

Deno.test({
  name: "UEFI boots from disks of both block sizes and from a CD-ROM by its own driver, and from a disk by iPXE",
  ...requires(...UEFI, ...IPXE, ...DISC_TOOLS),
  fn: async () => {
    await using scratch = await Scratch.make();
    const disks = [await uefiDisk(scratch), await uefiDisk(scratch), await uefiDisk4Kn(scratch)] as const;
    const disc = await bootDisc(scratch);
    const images = [disks[0].path, disks[1].path, `${disks[2].path},block=4096`, disc.path];
    await whileServing({ images }, async (served) => {
      const [first = "", second = "", third = "", fourth = ""] = await together(
        bootUefi(scratch, { ...served, initiator: "iqn.2026-01.example:first" }),
        bootIpxe(scratch, [`sanboot ${san(served, 1)}`], "uefi"),
        bootUefi(scratch, { ...served, initiator: "iqn.2026-01.example:third", lun: 2 }),
        bootUefi(scratch, { ...served, initiator: "iqn.2026-01.example:fourth", lun: 3 }),
      );
      await assertCopied(first, disks[0]);
      await assertCopied(second, disks[1]);
      await assertCopied(third, disks[2]);
      assertStringIncludes(fourth, disc.uefi);
    });
  },
});

Deno.test({
  name: "UEFI's own driver logs in with CHAP, one-way and mutual",
  ...requires(...UEFI),
  fn: async () => {
    await using scratch = await Scratch.make();
    const disks = [await uefiDisk(scratch), await uefiDisk(scratch)] as const;
    const images = disks.map(({ path }) => path);
    await whileServing({ images, args: ["--chap-file", await usersFile(scratch)] }, async (served) => {
      const alice = { user: "alice", secret: "alicesecret123" };
      const bob = { user: "bob", secret: "bobs-secret-12", mutual: ["lunbox", "our-own-secret"] } as const;
      const [first = "", second = ""] = await together(
        bootUefi(scratch, { ...served, initiator: "iqn.2026-01.example:alice", chap: alice }),
        bootUefi(scratch, { ...served, initiator: "iqn.2026-01.example:bob", chap: bob, lun: 1 }),
      );
      await assertCopied(first, disks[0]);
      await assertCopied(second, disks[1]);
    });
  },
});

Deno.test({
  name: "iPXE and UEFI's own driver boot from a portal that they are sent on to",
  ...requires(...IPXE, ...UEFI),
  fn: async () => {
    await using scratch = await Scratch.make();
    const disks = [await biosDisk(scratch, SMALL), await uefiDisk(scratch)] as const;
    await whileServing({ images: [disks[0].path, disks[1].path] }, async (served) => {
      const args = ["--redirect", `${HOST}:${served.port}`];
      await whileServing({ images: [], args }, async (sending) => {
        const initiators = ["iqn.2026-01.example:ipxe", "iqn.2026-01.example:uefi"] as const;
        const [first = "", second = ""] = await together(
          bootIpxe(scratch, [`set initiator-iqn ${initiators[0]}`, `sanboot ${san(sending)}`]),
          bootUefi(scratch, { ...sending, initiator: initiators[1], lun: 1 }),
        );
        await assertCopied(first, disks[0]);
        await assertCopied(second, disks[1]);
        for (const name of initiators) {
          assertMatch(sending.log(), new RegExp(`login sent on .*initiator=${name} .*status=0101`));
        }
      });
    });
  },
});

Deno.test({
  name: "iPXE and UEFI's own driver get over a connection that is cut, and over pings that they do not answer",
  ...requires(...IPXE, ...UEFI),
  fn: async () => {
    await using scratch = await Scratch.make();
    const disks = [await biosDisk(scratch, { ...SMALL, pause: 1 }), await uefiDisk(scratch, 1)] as const;
    const target = "iqn.2026-01.example:patient";
    const luns = [
      { lun: 0, store: await FileStore.open(disks[0].path) },
      { lun: 1, store: await FileStore.open(disks[1].path) },
    ];
    // The programs rest for longer than it takes until they are asked, and until others would count as gone.
    const timeouts = { login: 15_000, ping: 100, answer: 300 };
    const port = freePort();
    await using server = new Server({
      ...{ listen: [{ hostname: "127.0.0.1", port }], targets: [{ name: target, luns }], timeouts },
    });
    await server.start();
    const pings = [new Pings(), new Pings()] as const;
    await using first = new Proxy(port, { listen: () => pings[0].listen() });
    await using second = new Proxy(port, { listen: () => pings[1].listen() });
    // In the middle of what the boot sector reads, and of what the firmware reads before it starts anything.
    const cuts = Promise.all([first.cut(20_000), second.cut(50_000)]);
    const [bios = "", uefi = ""] = await together(
      bootIpxe(scratch, [`sanboot ${san({ port: first.port, target })}`]),
      bootUefi(scratch, { port: second.port, target, initiator: "iqn.2026-01.example:uefi", lun: 1 }),
    );
    await cuts;
    await assertCopied(bios, disks[0]);
    await assertCopied(uefi, disks[1]);
    assertEquals([first.accepted, second.accepted], [2, 2]);
    assert(pings[0].count > 0 && pings[1].count > 0);
  },
});

Deno.test({
  name: "UEFI loads Linux from a disk, which takes it over by the firmware's table (iBFT), CHAP included",
  ...requires(...UEFI, "apt-get", "dpkg-deb", "mkfs.ext4", "debugfs"),
  fn: async () => {
    await using scratch = await Scratch.make();
    const question = crypto.getRandomValues(new Uint8Array(50_000));
    const disk = await linuxDisk(scratch, await Deno.readTextFile(STORY), { question });
    await whileServing({ images: [disk.path], args: ["--chap-file", await usersFile(scratch)] }, async (served) => {
      const chap = { user: "alice", secret: "alicesecret123" };
      const initiator = "iqn.2026-01.example:system";
      const serial = await bootUefi(scratch, { ...served, initiator, chap, entry: disk.entry });
      assertStringIncludes(serial, "== taken over\n");
      assertStringIncludes(serial, `${disk.marker} ends 0\n`);
      assertStringIncludes(serial, `initiator/initiator-name: ${initiator}\n`);
      const logins = served.log().split("\n").filter((line) => line.includes(` login `) && line.includes(initiator));
      assertEquals(logins.length, 2, served.log());
    });
    const sum = encodeHex(new Uint8Array(await crypto.subtle.digest("SHA-256", question)));
    assertEquals(await disk.read("answer"), `${sum}\n`);
  },
});

Deno.test({
  name:
    "SeaBIOS boots from a disk and from a CD-ROM that QEMU attaches, by its own drivers and with bare SCSI commands",
  ...requires("qemu-system-x86_64", ...DISC_TOOLS),
  fn: async () => {
    await using scratch = await Scratch.make();
    const disks = [await biosDisk(scratch, SMALL), await biosDisk(scratch, SMALL)] as const;
    const disc = await bootDisc(scratch);
    await whileServing({ images: [disks[0].path, disks[1].path, disc.path] }, async ({ url }) => {
      const drive = (lun: number, more = "") => ["-drive", `if=none,id=it,format=raw,file=${url(lun)}${more}`];
      const passing = ["-device", "virtio-scsi-pci", "-device", "scsi-block,drive=it,bootindex=0"];
      const [first = "", second = "", third = "", fourth = ""] = await together(
        bootMachine([...drive(0), "-device", "virtio-blk-pci,drive=it,bootindex=0"]),
        bootMachine([...drive(1), ...passing]),
        bootMachine([...drive(2, ",readonly=on"), "-device", "ide-cd,drive=it,bootindex=0"]),
        bootMachine([...drive(2, ",readonly=on"), ...passing]),
      );
      await assertCopied(first, disks[0]);
      await assertCopied(second, disks[1]);
      assertStringIncludes(third, disc.bios);
      assertStringIncludes(fourth, disc.bios);
    });
  },
});
