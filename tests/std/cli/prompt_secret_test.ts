import { assertEquals } from "@std/assert";
import { promptSecret, type PromptSecretOptions } from "@std/cli/prompt-secret";

interface Session {
  secret: string | null;
  shown: string[];
  raw: boolean[];
}

/** Asks on a terminal at which `typed` is typed. */
function ask(typed: string, options: PromptSecretOptions = {}, terminal = true): Session {
  const bytes = new TextEncoder().encode(typed);
  const session: Session = { secret: null, shown: [], raw: [] };
  let at = 0;
  const stand = [
    standIn(Deno.stdin, "isTerminal", () => terminal),
    standIn(Deno.stdin, "setRaw", (raw: boolean) => void session.raw.push(raw)),
    standIn(Deno.stdin, "readSync", (into: Uint8Array) => {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      into[0] = byte;
      return 1;
    }),
    standIn(Deno.stdout, "writeSync", (data: Uint8Array) => {
      session.shown.push(new TextDecoder().decode(data));
      return data.length;
    }),
  ];
  try {
    session.secret = promptSecret("Password:", options);
  } finally {
    for (const restore of stand) restore();
  }
  return session;
}

function standIn<T extends object, K extends keyof T>(object: T, key: K, value: unknown): () => void {
  const original = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { value, configurable: true, writable: true });
  return () => {
    Reflect.deleteProperty(object, key);
    if (original !== undefined) Object.defineProperty(object, key, original);
  };
}

Deno.test("promptSecret() shows a star for each character", () => {
  assertEquals(ask("ab\r"), {
    secret: "ab",
    shown: ["Password: ", "\r\x1b[K", "Password: *", "\r\x1b[K", "Password: **", "\n"],
    raw: [true, false],
  });
});

Deno.test("promptSecret() takes back characters", () => {
  assertEquals(ask("a\x7f\bbc\b\n").secret, "b");
});

Deno.test("promptSecret() shows nothing when the mask is empty", () => {
  assertEquals(ask("ab\n", { mask: "" }).shown, ["Password: ", "\n"]);
});

Deno.test("promptSecret() clears the line when asked to", () => {
  assertEquals(ask("\n", { clear: true }).shown, ["Password: ", "\r\x1b[K"]);
});

Deno.test("promptSecret() ends with its input", () => {
  assertEquals(ask("ab").secret, "ab");
});

Deno.test("promptSecret() asks nobody when there is no terminal", () => {
  assertEquals(ask("ab\n", {}, false), { secret: null, shown: [], raw: [] });
});
