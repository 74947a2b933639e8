/**
 * The stage of stories about loads: a session under load at one end of a stream, a scripted target at the other.
 *
 * @module
 */

import { Random } from "../../lib/load/random.ts";
import { LoadSession, type LoadSessionOptions } from "../../lib/load/session.ts";
import { Tally } from "../../lib/load/tally.ts";
import { Workload, type WorkloadOptions } from "../../lib/load/workload.ts";
import type { TextPair } from "../../lib/iscsi/text.ts";
import { memoryPair } from "./memory_pair.ts";
import { scriptedInitiatorOptions, ScriptedTarget, usualAnswers } from "./scripted_target.ts";

/** What is different from usual. */
export interface LoadStoryOptions
  extends Partial<WorkloadOptions>, Partial<Pick<LoadSessionOptions, "depth" | "size">> {
  readonly answers?: readonly TextPair[];
  /** Of the scripted target. */
  readonly window?: number;
  readonly digests?: boolean;
}

/** Who plays. */
export interface LoadStory {
  readonly session: LoadSession;
  readonly target: ScriptedTarget;
  readonly workload: Workload;
  readonly tally: Tally;
}

/** Tells a story: sequential reads of 512 bytes, one in flight, in 8 places, unless it says other. */
export async function withLoad(options: LoadStoryOptions, play: (story: LoadStory) => Promise<void>): Promise<void> {
  const { answers = usualAnswers, window = 32, depth = 1, size = 512, digests = false, ...rest } = options;
  const plain = { cells: 8, readPercent: 100, random: false, sessions: 1, verify: false, seed: 1, ...rest };
  const workload = new Workload(plain);
  const tally = new Tally();
  tally.counting = true;
  const [near, far] = memoryPair();
  const target = new ScriptedTarget(far);
  target.window = window;
  const opened = LoadSession.open(near, {
    ...plain,
    ...{ workload, tally, depth, size },
    login: { ...scriptedInitiatorOptions, digests: { header: digests, data: digests } },
    ...{ lun: 5, blockSize: 512, blocks: 4096, index: 0, run: 7, timeout: 30_000, random: new Random(1) },
    now: () => performance.now(),
  });
  await target.login([["AuthMethod", "None"]]);
  await target.login(digests ? [...answers, ["HeaderDigest", "CRC32C"], ["DataDigest", "CRC32C"]] : answers);
  const session = await opened;
  target.headerDigest = target.dataDigest = digests;
  workload.begin("load");
  await play({ session, target, workload, tally });
  session.close();
  target.close();
  await session[Symbol.asyncDispose]();
}
