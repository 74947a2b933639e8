import { assert, assertEquals } from "@std/assert";
import { keyRow } from "../../lib/iscsi/keys.ts";
import { parseNumerical } from "../../lib/iscsi/text.ts";
import { initiatorLogins } from "../fixtures/initiator_logins.ts";
import { newLogin, pairsOf, step } from "../support/login_steps.ts";

for (const { name, exchanges } of initiatorLogins) {
  Deno.test(`login() leads ${name} to full feature phase with answers it accepts`, () => {
    const login = newLogin();
    for (const { flags, offer, answer } of exchanges) {
      const got = step(login, flags, offer);
      assertEquals(got.status, 0, got.reason);
      assertEquals(pairsOf(got), [...answer]);
      assertEquals(got.transit, flags.transit);
      assertEquals(got.nextStage, flags.transit ? flags.nextStage : 0);
      assertEquals(got.currentStage, flags.currentStage);
      assertEquals(got.continued, false);
    }
    assert(login.finished);
  });

  Deno.test(`login() volunteers to ${name} nothing but the portal group tag`, () => {
    const login = newLogin();
    for (const { flags, offer } of exchanges) {
      const offered = new Set(offer.map(([key]) => key));
      const extra = pairsOf(step(login, flags, offer)).map(([key]) => key).filter((key) => !offered.has(key));
      assert(extra.every((key) => key === "TargetPortalGroupTag"), `volunteered ${extra}`);
    }
  });

  Deno.test(`login() ends every text to ${name} with one NUL and no other empty pair`, () => {
    const login = newLogin();
    for (const { flags, offer } of exchanges) {
      const { text } = step(login, flags, offer);
      if (text.length === 0) continue;
      assertEquals(text.at(-1), 0);
      assertEquals(new TextDecoder().decode(text).slice(0, -1).split("\0").filter((pair) => pair === ""), []);
    }
  });

  Deno.test(`login() answers ${name} within what was offered`, () => {
    const login = newLogin();
    for (const { flags, offer } of exchanges) {
      const answers = new Map(pairsOf(step(login, flags, offer)));
      for (const [key, value] of offer) {
        const row = keyRow(key);
        const answer = answers.get(key);
        if (row?.kind === "min") assert(Number(answer) <= Number(value), `${key}=${answer} of ${value}`);
        if (row?.kind === "max") assert(Number(answer) >= Number(value), `${key}=${answer} of ${value}`);
        if (row?.kind === "list") assert(value.split(",").includes(answer ?? ""), `${key}=${answer} of ${value}`);
        if (key === "FirstBurstLength") assert(parseNumerical(answer ?? "") !== undefined, `${key}=${answer}`);
      }
    }
  });
}
