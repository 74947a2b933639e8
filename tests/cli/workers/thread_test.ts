import { assertStringIncludes } from "@std/assert";
import { spawnThread } from "../../../lib/cli/workers/thread.ts";
import { within } from "../../support/deadline.ts";

const losses: readonly (readonly [what: string, source: string, reason: string])[] = [
  ["ends with an error", `throw new Error("boom")`, "boom"],
  ["may read what we may, and no variables", `Deno.env.get("HOME")`, "env access"],
];

for (const [what, source, reason] of losses) {
  Deno.test(`spawnThread() tells of the loss of a thread whose module ${what}`, async () => {
    const lost = Promise.withResolvers<string>();
    const thread = spawnThread("1", `data:text/javascript,${encodeURIComponent(source)}`);
    try {
      thread.onLoss = lost.resolve;
      assertStringIncludes(await within(120, "the loss of the thread", lost.promise), reason);
    } finally {
      thread.end();
    }
  });
}

Deno.test("spawnThread() hands reports over, and orders", async () => {
  const source = `onmessage = ({ data }) => postMessage({ kind: "ended", message: data.kind });`;
  const heard = Promise.withResolvers<unknown>();
  const thread = spawnThread("1", `data:text/javascript,${encodeURIComponent(source)}`);
  try {
    thread.onReport = heard.resolve;
    thread.post({ kind: "drain" });
    assertStringIncludes(JSON.stringify(await within(120, "a report", heard.promise)), `"message":"drain"`);
  } finally {
    thread.end();
  }
});
