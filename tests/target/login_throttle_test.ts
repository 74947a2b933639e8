import { assert, assertEquals, assertThrows } from "@std/assert";
import { LoginThrottle } from "../../lib/target/login_throttle.ts";

const A = "192.0.2.1";
const B = "192.0.2.2";

/** A throttle after so many failures of user alice from an address, all at once. */
function after(failures: number, address = A, throttle = new LoginThrottle()): LoginThrottle {
  for (let i = 0; i < failures; i++) throttle.failed(address, "alice", 0);
  return throttle;
}

for (const [failures, wait] of [[0, 0], [4, 0], [5, 250], [6, 500], [7, 1000], [9, 4000], [10, 5000], [1000, 5000]]) {
  Deno.test(`admit() makes an address wait ${wait} ms after ${failures} failures`, () => {
    const throttle = after(failures as number);
    assertEquals(throttle.admit(A, 0), { wait: wait as number, news: wait !== 0 });
    assertEquals(throttle.admit(B, 0), { wait: 0, news: false }, "others do not wait");
  });
}

Deno.test("admit() listens to those of one address one after the other, and turns more than three away", () => {
  const throttle = after(5);
  assertEquals(throttle.admit(A, 100).wait, 150);
  assertEquals([throttle.admit(A, 100).wait, throttle.admit(A, 100).wait], [400, 650]);
  assertEquals(throttle.admit(A, 100), { wait: undefined, news: false });
  assertEquals(throttle.admit(A, 700).wait, 300, "time goes on");
});

Deno.test("admit() is news once, until the address has behaved well", () => {
  const throttle = after(5);
  const news = [throttle.admit(A, 0).news, throttle.admit(A, 1).news];
  throttle.passed(A, "alice");
  for (let i = 0; i < 5; i++) throttle.failed(A, "alice", 2);
  assertEquals([...news, throttle.admit(A, 3).news], [true, false, true]);
});

Deno.test("admit() is no news when nobody has to wait", () => {
  const throttle = after(5);
  assertEquals(throttle.admit(A, 250), { wait: 0, news: false });
  assertEquals(throttle.admit(A, 250), { wait: 250, news: true });
});

Deno.test("admit() waits no more once somebody has come in, or after ten minutes", () => {
  const throttle = after(9);
  assertEquals(throttle.admit(A, 600_001).wait, 0);
  throttle.failed(A, "alice", 600_002);
  assertEquals(throttle.admit(A, 600_003).wait, 0, "counting begins anew");
  const other = after(9);
  other.passed(A, "bob");
  assertEquals(other.admit(A, 1).wait, 0);
});

Deno.test("admit() takes the addresses of one IPv6 network of 64 bits, and both ways to write IPv4, for one", () => {
  const throttle = after(5, "2001:db8:0:1::1");
  assertEquals(throttle.admit("2001:db8:0:1:ffff::2", 0).wait, 250);
  assertEquals(throttle.admit("2001:db8:0:2::1", 0).wait, 0);
  assertEquals(after(5, "::ffff:192.0.2.1").admit(A, 0).wait, 250);
});

Deno.test("userWait() holds a user back, however many connections an address has open", () => {
  const throttle = after(5);
  assertEquals([throttle.userWait("alice", A, 0), throttle.userWait("alice", A, 100)], [250, 150]);
  assertEquals([throttle.userWait("alice", A, 250), throttle.userWait("bob", A, 0)], [0, 0]);
});

Deno.test("userWait() lets those alone who have not failed, and those who have come in before", () => {
  const throttle = new LoginThrottle();
  throttle.passed(B, "alice");
  after(20, A, throttle);
  assertEquals(throttle.userWait("alice", "192.0.2.3", 0), 0, "a stranger who has not failed");
  after(5, B, throttle);
  assertEquals(throttle.userWait("alice", B, 0), 0, "a known one, whatever else its address does");
  assert(throttle.userWait("alice", A, 0) > 0);
});

Deno.test("userWait() holds back those who come in as somebody else between their guesses", () => {
  const throttle = new LoginThrottle();
  for (let i = 0; i < 8; i++) {
    throttle.failed(A, "alice", 0);
    throttle.passed(A, "mallory");
  }
  assertEquals([throttle.admit(A, 0).wait, throttle.userWait("alice", A, 0)], [0, 2000]);
  assertEquals([throttle.userWait("mallory", A, 0), throttle.userWait("bob", A, 0)], [0, 0]);
  assertEquals(throttle.userWait("alice", A, 600_001), 0, "all is forgotten some time");
});

Deno.test("failures of users that strangers make up push no user out", () => {
  const throttle = after(9);
  for (let i = 0; i < 5000; i++) {
    const address = `10.${i >> 16}.${i >> 8 & 255}.${i & 255}`;
    throttle.failed(address, `stranger ${i}`, 1);
    throttle.passed(address, `stranger ${i}`);
  }
  after(5, A, throttle);
  assert(throttle.userWait("alice", A, 1) > 3000);
});

Deno.test("the address that has failed longest ago is forgotten when there are too many", () => {
  const throttle = after(9);
  for (let i = 0; i < 4095; i++) throttle.failed(`10.0.${i >> 8}.${i & 255}`, "bob", 1);
  assert(throttle.admit(A, 1).wait !== 0);
  throttle.failed("10.1.0.0", "bob", 1);
  assertEquals(throttle.admit(A, 1).wait, 0);
});

Deno.test("a LoginThrottle does as it is told", () => {
  const strict = new LoginThrottle({ longest: 300, free: 0 });
  strict.failed(A, "alice", 0);
  assertEquals(strict.admit(A, 0).wait, 250);
  strict.failed(A, "alice", 250);
  assertEquals(strict.admit(A, 500).wait, 50);
  const off = after(50, A, new LoginThrottle({ longest: 0 }));
  assertEquals([off.admit(A, 0).wait, off.userWait("alice", A, 0)], [0, 0]);
  for (const options of [{ longest: -1 }, { longest: 60_001 }, { longest: NaN }, { free: -1 }, { free: 0.5 }]) {
    assertThrows(() => new LoginThrottle(options), RangeError, "Cannot ");
  }
});
