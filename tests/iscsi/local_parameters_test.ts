import { assertThrows } from "@std/assert";
import { checkLocalParameters } from "../../lib/iscsi/local_parameters.ts";
import { defaultLocalParameters, type LocalParameters } from "../../lib/iscsi/parameters.ts";

const good: readonly Partial<LocalParameters>[] = [
  {},
  { maxRecvDataSegmentLength: 512, firstBurstLength: 512, maxBurstLength: 512 },
  { maxRecvDataSegmentLength: 1048576, firstBurstLength: 262144, maxBurstLength: 16777215 },
  { defaultTime2Wait: 3600, defaultTime2Retain: 0, maxOutstandingR2T: 65535 },
];

for (const local of good) {
  Deno.test(`checkLocalParameters() takes ${JSON.stringify(local)}`, () => {
    checkLocalParameters({ ...defaultLocalParameters, ...local });
  });
}

const bad: readonly (readonly [Partial<LocalParameters>, message: string])[] = [
  [{ maxRecvDataSegmentLength: 511 }, "maxRecvDataSegmentLength 511: not a whole number from 512 to 1048576"],
  [{ maxRecvDataSegmentLength: 1048577 }, "maxRecvDataSegmentLength 1048577"],
  [{ firstBurstLength: 262145 }, "firstBurstLength 262145: not a whole number from 512 to 262144"],
  [{ maxBurstLength: 16777216 }, "maxBurstLength 16777216"],
  [{ maxBurstLength: 1000.5 }, "maxBurstLength 1000.5"],
  [{ maxOutstandingR2T: 0 }, "maxOutstandingR2T 0"],
  [{ defaultTime2Wait: NaN }, "defaultTime2Wait NaN"],
];

for (const [local, message] of bad) {
  Deno.test(`checkLocalParameters() refuses ${JSON.stringify(local)}`, () => {
    assertThrows(
      () => checkLocalParameters({ ...defaultLocalParameters, ...local }),
      RangeError,
      `Cannot negotiate with ${message}`,
    );
  });
}
