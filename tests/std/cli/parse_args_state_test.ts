import { assertEquals } from "@std/assert";
import { hasArgument, setArgument } from "../../../lib/std/cli/_parse_args_state.ts";

Deno.test("setArgument() does not reach what all objects share", () => {
  const root = {};
  for (const name of ["__proto__.polluted", "a.__proto__.polluted", "constructor.prototype.polluted"]) {
    setArgument(root, name, "yes");
    assertEquals(hasArgument(root, name), true);
  }
  assertEquals(Reflect.get({}, "polluted"), undefined);
});

Deno.test("setArgument() makes a record of what was a value before", () => {
  const root = { a: 1 };
  setArgument(root, "a.b", 2);
  assertEquals<unknown>(root, { a: { b: 2 } });
});

Deno.test("hasArgument() does not take inherited names for arguments", () => {
  assertEquals(hasArgument({}, "toString"), false);
  assertEquals(hasArgument({ a: {} }, "a.toString"), false);
});
