import { assert, assertEquals, assertRejects } from "@std/assert";
import { opcode } from "../../lib/iscsi/constants.ts";
import { encodeLun } from "../../lib/iscsi/pdu/lun.ts";
import { scsiCommand } from "../../lib/iscsi/pdu/scsi_command.ts";
import { stop } from "../../scripts/command.ts";
import { within } from "../support/deadline.ts";
import { Prng } from "../support/prng.ts";
import { requires } from "../support/requires.ts";
import { Scratch } from "../support/scratch.ts";
import { type Served, sparse, whileServing } from "../support/served.ts";
import { frame, GONE, WireClient } from "../support/wire.ts";
import { Witness } from "../support/witness.ts";

const MIB = 1024 * 1024;

/** Serves two disks, of which a well-behaved witness uses the second before, while and after `story` happens. */
function story(tell: (served: Served, witness: Witness, image: string) => Promise<void>): () => Promise<void> {
  return async () => {
    await using scratch = await Scratch.make();
    const images = [
      await sparse(scratch.path("first.img"), 64 * MIB),
      await sparse(scratch.path("second.img"), 8 * MIB),
    ];
    await whileServing({ images }, async (served) => {
      using witness = await Witness.of(served, 1);
      await within(60, "the end of the story", tell(served, witness, images[0] ?? ""));
      await witness.isServed();
      using newcomer = await Witness.of(served, 0);
      await newcomer.leave();
      await witness.leave();
    });
  };
}

Deno.test({
  name: "serve goes on when initiators are killed in mid-write",
  ...requires("qemu-img"),
  fn: story(async (served, witness, image) => {
    for (let round = 1; round <= 5; round++) {
      const args = ["bench", "-f", "raw", "-t", "none", "-w", "-c", "10000000", "-d", "32", "-s", "65536"];
      const bench = new Deno.Command("qemu-img", {
        args: [...args, `--pattern=${round}`, served.url()],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      while (firstByte(image) !== round) await witness.isServed();
      stop(bench, "SIGKILL");
      await bench.status;
      await witness.isServed();
    }
  }),
});

Deno.test(
  "serve goes on when connections end inside a PDU, with data still owed to it",
  story(async (served, witness) => {
    for (const [session, cut] of [1, 47, 48, 49, 300, 48 + 512].entries()) {
      using client = await WireClient.session(served.port, { target: served.target, qualifier: session });
      const write = scsiCommand.encode({
        ...{ opcode: opcode.scsiCommand, final: true, write: true, attribute: 1, lun: encodeLun(served.firstLun) },
        ...{ initiatorTaskTag: 9, cmdSn: 1, expectedDataTransferLength: MIB },
        cdb: Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, MIB / 512 >> 8, MIB / 512 & 0xff, 0),
      });
      await client.write(frame(write, new Uint8Array(4096)).subarray(0, cut));
      client.close();
      await witness.isServed();
    }
  }),
);

Deno.test(
  "serve goes on beside half-open connections",
  story(async (served, witness) => {
    const half: WireClient[] = [];
    const login = WireClient.loginBytes({ target: served.target, qualifier: 1 });
    try {
      for (let number = 0; number < 60; number++) {
        const client = await WireClient.connect(served.port);
        half.push(client);
        // A third says nothing, a third stops within the header, a third within the text.
        await client.write(login.subarray(0, [0, 20, 60][number % 3]));
      }
      for (let qualifier = 2; qualifier < 22; qualifier++) {
        half.push(await WireClient.session(served.port, { target: served.target, qualifier }));
      }
      for (let round = 0; round < 20; round++) await witness.isServed();
    } finally {
      half.forEach((client) => client.close());
    }
  }),
);

Deno.test("serve leaves when it is told to although half-open connections stay", async () => {
  await using scratch = await Scratch.make();
  const half: WireClient[] = [];
  try {
    await whileServing({ images: [await sparse(scratch.path("disk.img"), 8 * MIB)] }, async (served) => {
      half.push(await WireClient.connect(served.port));
      const stuck = await WireClient.connect(served.port);
      half.push(stuck);
      await stuck.write(WireClient.loginBytes(served).subarray(0, 50));
      half.push(await WireClient.session(served.port, served));
    });
  } finally {
    half.forEach((client) => client.close());
  }
});

// How a session ends before the next begins.
const LOGINS = [
  { name: "each logging out", qualifier: () => 1, leave: (client: WireClient) => client.logout() },
  { name: "each closing without a word", qualifier: () => 1, leave: () => Promise.resolve() },
  { name: "each taking the place of the last", qualifier: () => 1, leave: undefined },
  { name: "all of them staying", qualifier: (number: number) => number, leave: undefined },
];

for (const { name, qualifier, leave } of LOGINS) {
  Deno.test({
    name: `serve bears 200 logins in a row, ${name}, and keeps no file open for them`,
    fn: story(async (served, witness) => {
      const before = openFiles(served.pid);
      const clients: WireClient[] = [];
      try {
        for (let number = 0; number < 200; number++) {
          const client = await WireClient.session(served.port, { target: served.target, qualifier: qualifier(number) });
          clients.push(client);
          await leave?.(client);
          if (leave) client.close();
          if (number % 20 === 0) await witness.isServed();
        }
      } finally {
        clients.forEach((client) => client.close());
      }
      // The server learns of closed connections while it serves others; each round trip gives it the chance to.
      for (let tries = 0; tries < 500 && openFiles(served.pid) > before; tries++) await witness.isServed();
      assert(openFiles(served.pid) <= before, `${openFiles(served.pid)} files open, ${before} before the logins`);
    }),
  });
}

Deno.test(
  "serve ends the older session when the same initiator logs in again",
  story(async (served) => {
    using first = await WireClient.session(served.port, { target: served.target, qualifier: 1 });
    using second = await WireClient.session(served.port, { target: served.target, qualifier: 1 });
    await within(10, "the end of the first session", first.untilClosed());
    await second.logout();
  }),
);

Deno.test(
  "serve goes on beside clients that send one byte per second",
  story(async (served, witness) => {
    const slow: WireClient[] = [];
    try {
      for (let qualifier = 1; qualifier <= 8; qualifier++) slow.push(await WireClient.connect(served.port));
      const login = WireClient.loginBytes({ target: served.target });
      for (let second = 0; second < 4; second++) {
        for (const client of slow) await client.write(login.subarray(second, second + 1));
        const next = new Promise((resolve) => setTimeout(resolve, 1000));
        for (let round = 0; round < 10; round++) await witness.isServed();
        await next;
      }
    } finally {
      slow.forEach((client) => client.close());
    }
  }),
);

Deno.test(
  "serve understands a login that comes byte by byte",
  story(async (served) => {
    using client = await WireClient.connect(served.port);
    const login = WireClient.loginBytes({ target: served.target, qualifier: 1 });
    for (let at = 0; at < login.length; at++) await client.write(login.subarray(at, at + 1));
    await client.receive();
    await client.logout();
  }),
);

Deno.test(
  "serve goes on when random bytes come to its port",
  story(async (served, witness) => {
    const random = new Prng(20);
    for (let number = 0; number < 150; number++) {
      using client = await WireClient.connect(served.port);
      await mayBeCutOff(client.write(random.fill(new Uint8Array(1 + random.below(2 ** (4 + random.below(13)))))));
      if (number % 10 === 0) await witness.isServed();
    }
  }),
);

// Bytes that other protocols open with, and scanners send.
const STRANGERS = [
  "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "SSH-2.0-OpenSSH_9.2\r\n",
  "\r\n\r\n",
  "\0".repeat(48),
  "\xff".repeat(4096),
];

Deno.test(
  "serve goes on when other protocols come to its port",
  story(async (served, witness) => {
    for (const words of STRANGERS) {
      using client = await WireClient.connect(served.port);
      await mayBeCutOff(client.write(Uint8Array.from(words, (letter) => letter.charCodeAt(0))));
      await witness.isServed();
    }
  }),
);

Deno.test(
  "serve goes on when a session sends random headers and data",
  story(async (served, witness) => {
    const random = new Prng(21);
    for (let number = 0; number < 200; number++) {
      using client = await WireClient.session(served.port, { target: served.target, qualifier: 1 });
      const data = random.fill(new Uint8Array(random.below(600)));
      for (let pdus = 1 + random.below(5); pdus > 0; pdus--) {
        const header = random.fill(new Uint8Array(48));
        // Half of them are requests with no additional header, so that they come past the first checks.
        if (random.below(2) === 0) header.set([random.below(0x11), header[1] ?? 0, 0, 0, 0]);
        await mayBeCutOff(client.write(random.below(2) === 0 ? frame(header, data) : header));
      }
      if (number % 10 === 0) await witness.isServed();
    }
  }),
);

Deno.test(
  "serve refuses a login to a target that it does not have and stays",
  story(async (served, witness) => {
    const nobody = { target: "iqn.2026-01.example:nobody" };
    for (let number = 0; number < 20; number++) {
      await assertRejects(() => WireClient.session(served.port, nobody), Error, "status 2/3");
    }
    await witness.isServed();
  }),
);

function firstByte(path: string): number {
  using file = Deno.openSync(path);
  const byte = new Uint8Array(1);
  assertEquals(file.readSync(byte), 1);
  return byte[0] ?? 0;
}

function openFiles(pid: number): number {
  return Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
}

/** A server may close on such a client at any time. */
async function mayBeCutOff(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!GONE.some((kind) => error instanceof kind)) throw error;
  }
}
