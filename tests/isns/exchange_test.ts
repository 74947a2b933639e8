import { assertEquals, assertRejects } from "@std/assert";
import { IsnsAssembly } from "../../lib/isns/assembly.ts";
import { isnsFunction, RESPONSE } from "../../lib/isns/constants.ts";
import { IsnsExchange, IsnsRefusedError, type IsnsTransport, serveEvents } from "../../lib/isns/exchange.ts";
import { encodeMessage, IsnsError, type IsnsMessage, numberAttribute, textAttribute } from "../../lib/isns/message.ts";

const request = { function: isnsFunction.deviceAttributeRegistration, flags: 0x8000, attributes: [] };

/** A transport that answers, in pieces of seven bytes, whatever was written. */
function transport(...answers: readonly Partial<IsnsMessage>[]): IsnsTransport & { readonly written: number[] } {
  const bytes = answers.flatMap((answer) => [
    ...encodeMessage({ function: 0x8001, flags: 0x4000, transaction: 1, status: 0, attributes: [], ...answer }),
  ]);
  const written: number[] = [];
  return {
    localHostname: "192.0.2.1",
    written,
    read: (into) => {
      const piece = bytes.splice(0, 7);
      into.set(piece);
      return Promise.resolve(piece.length || null);
    },
    write: (from) => {
      const taken = from.subarray(0, 10);
      written.push(...taken);
      return Promise.resolve(taken.length);
    },
    close: () => {},
  };
}

Deno.test("ask() sends all of a request and finds its answer among others", async () => {
  const other = { transaction: 9 };
  const late = { function: isnsFunction.deviceAttributeQuery | RESPONSE };
  const given = transport(other, late, { attributes: [numberAttribute(17, 1)] });
  const answer = await new IsnsExchange(given).ask(request);
  assertEquals(answer.attributes, [numberAttribute(17, 1)]);
  const assembly = new IsnsAssembly();
  assembly.add(Uint8Array.from(given.written));
  assertEquals([assembly.next()?.transaction, assembly.next()], [1, undefined]);
});

Deno.test("ask() says in words why a server refuses", async () => {
  const error = await assertRejects(() => new IsnsExchange(transport({ status: 8 })).ask(request), IsnsRefusedError);
  assertEquals([error.status, error.message], [8, "Cannot register: the iSNS server says source unauthorized"]);
  const odd = await assertRejects(() => new IsnsExchange(transport({ status: 99 })).ask(request), IsnsRefusedError);
  assertEquals(odd.message, "Cannot register: the iSNS server says error 99");
});

Deno.test("ask() says that a server hangs up", async () => {
  await assertRejects(() => new IsnsExchange(transport()).ask(request), IsnsError, "has closed the connection");
});

Deno.test("serveEvents() answers and tells until the server hangs up", async () => {
  const requests: readonly IsnsMessage[] = [
    { function: isnsFunction.entityStatusInquiry, flags: 0x4000, transaction: 1, attributes: [] },
    {
      function: isnsFunction.stateChangeNotification,
      flags: 0x4000,
      transaction: 2,
      attributes: [textAttribute(32, "iqn.us"), numberAttribute(35, 8), textAttribute(32, "iqn.x")],
    },
  ];
  const waiting = requests.map(encodeMessage);
  const given = transport();
  const changes: string[] = [];
  await serveEvents({
    ...given,
    read: (into) => {
      const bytes = waiting.shift();
      if (bytes !== undefined) into.set(bytes);
      return Promise.resolve(bytes?.length ?? null);
    },
  }, ({ name, change }) => changes.push(`${name} ${change}`));
  assertEquals(changes, ["iqn.x added"]);
  const assembly = new IsnsAssembly();
  assembly.add(Uint8Array.from(given.written));
  const answers = [assembly.next(), assembly.next()].map((answer) => [answer?.function, answer?.transaction]);
  assertEquals(answers, [
    [isnsFunction.entityStatusInquiry | RESPONSE, 1],
    [isnsFunction.stateChangeNotification | RESPONSE, 2],
  ]);
});
