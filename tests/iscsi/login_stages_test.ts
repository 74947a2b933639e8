import { assertEquals } from "@std/assert";
import { loginStage } from "../../lib/iscsi/login_stages.ts";

Deno.test("loginStage() knows the ways that RFC 7143 draws and no others", () => {
  const ways = [0, 1, 2, 3].map((stage) => loginStage(stage)?.next);
  assertEquals(ways, [[1, 3], [3], undefined, undefined]);
  assertEquals([loginStage(0)?.phase, loginStage(1)?.phase], ["security", "operational"]);
});
