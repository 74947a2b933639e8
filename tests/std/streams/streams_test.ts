import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ByteSliceStream,
  concatReadableStreams,
  DelimiterStream,
  type DelimiterStreamOptions,
  earlyZipReadableStreams,
  LimitedBytesTransformStream,
  LimitedTransformStream,
  mergeReadableStreams,
  TextLineStream,
  toArrayBuffer,
  toBytes,
  toJson,
  toText,
  toTransformStream,
  zipReadableStreams,
} from "@std/streams";
import { FixedChunkStream } from "@std/streams/unstable-fixed-chunk-stream";

const encoder = new TextEncoder();

function bytes(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => encoder.encode(chunk)));
}

async function texts(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const decoder = new TextDecoder();
  return (await Array.fromAsync(stream)).map((chunk) => decoder.decode(chunk));
}

Deno.test("toBytes(), toArrayBuffer(), toText() and toJson() read to the end", async () => {
  const euro = encoder.encode('"€"');
  const chunks = () => ReadableStream.from(Array.from(euro, (byte) => Uint8Array.of(byte)));
  assertEquals(await toBytes(chunks()), euro);
  assertEquals(new Uint8Array(await toArrayBuffer(chunks())), euro);
  assertEquals(await toText(chunks()), '"€"');
  assertEquals(await toText(ReadableStream.from(["a", "b"])), "ab");
  assertEquals(await toJson(chunks()), "€");
  await assertRejects(() => toJson(bytes("{")), SyntaxError);
});

const LINES: [chunks: string[], allowCR: boolean, lines: string[]][] = [
  [["a\nb", "c\r\nd", "\r", "\ne"], false, ["a", "bc", "d", "e"]],
  [["a\rb\n\n", "c\n"], false, ["a\rb", "", "c"]],
  [["a\r"], false, ["a\r"]],
  [["a\rb\n\r", "\nc\r", "d\r"], true, ["a", "b", "", "c", "d"]],
  [["", "\n", ""], false, [""]],
  [[], false, []],
];

for (const [chunks, allowCR, lines] of LINES) {
  Deno.test(`TextLineStream makes ${lines.length} lines of ${JSON.stringify(chunks)}${allowCR ? " with CR" : ""}`, async () => {
    const stream = ReadableStream.from(chunks).pipeThrough(new TextLineStream({ allowCR }));
    assertEquals(await Array.fromAsync(stream), lines);
  });
}

const PARTS: [disposition: DelimiterStreamOptions["disposition"], parts: string[]][] = [
  ["discard", ["abc", "", "d", "e\r", "\n\rf"]],
  ["suffix", ["abc\r\n", "\r\n", "d\r\n", "e\r\r\n", "\n\rf"]],
  ["prefix", ["abc", "\r\n", "\r\nd", "\r\ne\r", "\r\n\n\rf"]],
];

for (const [disposition = "discard", parts] of PARTS) {
  Deno.test(`DelimiterStream cuts alike however its input is cut, with disposition ${disposition}`, async () => {
    const input = "abc\r\n\r\nd\r\ne\r\r\n\n\rf";
    for (let size = 1; size <= input.length; size++) {
      const stream = bytes(input)
        .pipeThrough(new FixedChunkStream(size))
        .pipeThrough(new DelimiterStream(encoder.encode("\r\n"), { disposition }));
      assertEquals(await texts(stream), parts);
    }
  });
}

Deno.test("DelimiterStream adds nothing behind a last delimiter", async () => {
  assertEquals(await texts(bytes(";a", ";b;").pipeThrough(new DelimiterStream(encoder.encode(";")))), ["", "a", "b"]);
});

Deno.test("FixedChunkStream makes chunks of one size, the last excepted", async () => {
  assertEquals(await texts(bytes("abc", "", "d", "efghij").pipeThrough(new FixedChunkStream(4))), [
    "abcd",
    "efgh",
    "ij",
  ]);
  assertEquals(await texts(bytes("ab", "cd").pipeThrough(new FixedChunkStream(2))), ["ab", "cd"]);
});

const SLICES: [start: number, end: number, chunks: string[]][] = [
  [0, 1, ["ab"]],
  [0, 2, ["ab", "c"]],
  [1, 3, ["b", "cd"]],
  [2, 3, ["cd"]],
  [3, 3, ["d"]],
  [0, 10, ["ab", "cd"]],
];

for (const [start, end, chunks] of SLICES) {
  Deno.test(`ByteSliceStream passes bytes ${start} to ${end} on`, async () => {
    assertEquals(await texts(bytes("ab", "cd").pipeThrough(new ByteSliceStream(start, end))), chunks);
  });
}

Deno.test("ByteSliceStream refuses a negative start", () => {
  assertThrows(() => new ByteSliceStream(-1), RangeError, '"start" must be >= 0: received -1');
});

Deno.test("LimitedBytesTransformStream ends before too many bytes, or fails", async () => {
  const input = () => bytes("abc", "def", "ghi");
  assertEquals(await texts(input().pipeThrough(new LimitedBytesTransformStream(6))), ["abc", "def"]);
  assertEquals(await texts(input().pipeThrough(new LimitedBytesTransformStream(7))), ["abc", "def"]);
  const failing = input().pipeThrough(new LimitedBytesTransformStream(7, { error: true }));
  await assertRejects(() => texts(failing), RangeError, "Exceeded byte size limit of '7'");
});

Deno.test("LimitedTransformStream ends before too many chunks, or fails", async () => {
  const input = () => ReadableStream.from([1, 2, 3]);
  assertEquals(await Array.fromAsync(input().pipeThrough(new LimitedTransformStream(2))), [1, 2]);
  const failing = input().pipeThrough(new LimitedTransformStream(2, { error: true }));
  await assertRejects(() => Array.fromAsync(failing), RangeError, "Exceeded chunk limit of '2'");
});

Deno.test("concatReadableStreams() reads one stream after the other", async () => {
  const streams = concatReadableStreams<number>(
    ReadableStream.from([1, 2]),
    ReadableStream.from([]),
    ReadableStream.from([3]),
  );
  assertEquals(await Array.fromAsync(streams), [1, 2, 3]);
});

Deno.test("zipReadableStreams() passes over streams that have ended", async () => {
  const zipped = zipReadableStreams(
    ReadableStream.from(["1"]),
    ReadableStream.from(["a", "b"]),
    ReadableStream.from(["x", "y", "z"]),
  );
  assertEquals(await Array.fromAsync(zipped), ["1", "a", "x", "b", "y", "z"]);
});

Deno.test("earlyZipReadableStreams() ends with the first stream that does", async () => {
  const rows: [string[], string[], string[]][] = [
    [["1", "2"], ["a", "b", "c"], ["1", "a", "2", "b"]],
    [["a", "b", "c"], ["1", "2"], ["a", "1", "b", "2", "c"]],
  ];
  for (const [first, second, zipped] of rows) {
    const stream = earlyZipReadableStreams(ReadableStream.from(first), ReadableStream.from(second));
    assertEquals(await Array.fromAsync(stream), zipped);
  }
});

Deno.test("mergeReadableStreams() passes on what comes from any stream", async () => {
  const merged = mergeReadableStreams(ReadableStream.from([1, 3, 5]), ReadableStream.from([2, 4]));
  assertEquals((await Array.fromAsync(merged)).toSorted(), [1, 2, 3, 4, 5]);
});

Deno.test("mergeReadableStreams() does not wait for a silent stream", async () => {
  let close = (): void => {};
  const silent = new ReadableStream<number>({
    start(controller) {
      close = () => controller.close();
    },
  });
  const reader = mergeReadableStreams(silent, ReadableStream.from([1, 2])).getReader();
  assertEquals([await reader.read(), await reader.read()], [{ value: 1, done: false }, { value: 2, done: false }]);
  close();
  assertEquals((await reader.read()).done, true);
});

Deno.test("mergeReadableStreams() fails with the stream that does", async () => {
  const failing = new ReadableStream<number>({
    pull(controller) {
      controller.error(new Error("Cannot read"));
    },
  });
  await assertRejects(
    () => Array.fromAsync(mergeReadableStreams(failing, ReadableStream.from([1]))),
    Error,
    "Cannot read",
  );
});

const JOINS = { concatReadableStreams, zipReadableStreams, earlyZipReadableStreams, mergeReadableStreams };

for (const [name, join] of Object.entries(JOINS)) {
  Deno.test(`${name}() cancels its streams when cancelled`, async () => {
    const reasons: unknown[] = [];
    const stream = () =>
      new ReadableStream<string>({
        pull: (controller) => controller.enqueue("chunk"),
        cancel: (reason) => void reasons.push(reason),
      });
    await join(stream(), stream(), stream()).cancel("enough");
    assertEquals(reasons, ["enough", "enough", "enough"]);
  });
}

Deno.test("toTransformStream() does what its generator does", async () => {
  const doubled = toTransformStream(async function* (numbers: ReadableStream<number>) {
    for await (const number of numbers) yield number * 2;
  });
  assertEquals(await Array.fromAsync(ReadableStream.from([1, 2]).pipeThrough(doubled)), [2, 4]);
});

Deno.test("toTransformStream() carries errors of the source into the generator", async () => {
  const failing = new ReadableStream<number>({ start: (controller) => controller.error(new Error("Cannot read")) });
  const passing = toTransformStream(async function* (numbers: ReadableStream<number>) {
    yield* numbers;
  });
  await assertRejects(() => Array.fromAsync(failing.pipeThrough(passing)), Error, "Cannot read");
});

Deno.test("toTransformStream() carries errors of the generator to source and reader", async () => {
  const error = new Error("Cannot transform");
  const reasons: unknown[] = [];
  const source = new ReadableStream<number>({ cancel: (reason) => void reasons.push(reason) });
  // deno-lint-ignore require-yield -- it fails before it yields
  const failing = toTransformStream(function* (): Generator<number> {
    throw error;
  });
  assertStrictEquals(await assertRejects(() => Array.fromAsync(source.pipeThrough(failing))), error);
  assertEquals(reasons, [error]);
});

Deno.test("toTransformStream() throws the reason of cancelling into the generator", async () => {
  const seen: unknown[] = [];
  const source = new ReadableStream<number>({ cancel: (reason) => void seen.push(reason) });
  const transform = toTransformStream(function* () {
    try {
      yield 0;
    } catch (error) {
      seen.push(error);
    }
  });
  const reader = source.pipeThrough(transform).getReader();
  await reader.read();
  await reader.cancel("enough");
  assertEquals(seen, ["enough", "enough"]);
});
