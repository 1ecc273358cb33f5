/** The frames between gate and agent, byte by byte. */
import { createSecretKey } from "node:crypto";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createSplitter,
  createWriter,
  encode,
  keyInStart,
  open,
  verbs,
  type Verb,
} from "../../../../src/adapters/pkcs11/frame.ts";

const keyBytes = new Uint8Array(32).fill(7);
const key = createSecretKey(keyBytes);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const body = (frame: Buffer): Uint8Array => frame.subarray(4);

describe("a frame", () => {
  test("has exactly these bytes", () => {
    const frame = encode({ verb: "sign", id: 258, payload: Uint8Array.of(0xaa, 0xbb) }, key, "to-agent");
    expect(hex(frame)).toBe(
      "00000027" + "10" + "00000102" + "aabb" + "e77677bab4b624637892c5ca99c3c1538004b01a8afe46c5d4961e15fb58a9f1",
    );
  });

  test("comes back as it went in, for every verb, number and payload", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Verb>(...(Object.keys(verbs) as Verb[])),
        fc.nat(0xffffffff),
        fc.uint8Array({ maxLength: 300 }),
        (verb, id, payload) => {
          const back = open(body(encode({ verb, id, payload }, key, "from-agent")), key, "from-agent");
          expect(back).toEqual({ verb, id, payload });
        },
      ),
    );
  });

  test("with any single bit changed is refused", () => {
    const frame = body(encode({ verb: "sign", id: 1, payload: new Uint8Array(34) }, key, "to-agent"));
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const bent = Uint8Array.from(frame);
      bent[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => open(bent, key, "to-agent")).toThrow("a frame has a wrong tag");
    }
  });

  test("is refused in the other direction and under another key", () => {
    const frame = body(encode({ verb: "done", id: 1, payload: new Uint8Array(0) }, key, "from-agent"));
    expect(() => open(frame, key, "to-agent")).toThrow("wrong tag");
    expect(() => open(frame, createSecretKey(new Uint8Array(32)), "from-agent")).toThrow("wrong tag");
  });

  test("of a start carries its key in front", () => {
    const frame = body(encode({ verb: "start", id: 0, payload: new Uint8Array([...keyBytes, 1, 2]) }, key, "to-agent"));
    expect(keyInStart(frame)).toEqual(keyBytes);
    expect(() => keyInStart(frame.subarray(0, 40))).toThrow("too short");
  });

  test("longer than a mebibyte is neither made nor awaited", () => {
    expect(() => encode({ verb: "done", id: 1, payload: new Uint8Array(1_048_576) }, key, "to-agent")).toThrow(
      "too long",
    );
    expect(() => createSplitter()(Uint8Array.of(0x00, 0x10, 0x00, 0x01))).toThrow("impossible length");
    expect(() => createSplitter()(Uint8Array.of(0, 0, 0, 5))).toThrow("impossible length");
  });
});

describe("the splitter", () => {
  test("finds the same frames however the stream is cut", () => {
    const frames = [1, 2, 3].map((id) =>
      encode({ verb: "sign", id, payload: new Uint8Array(id * 11) }, key, "to-agent"),
    );
    const stream = Buffer.concat(frames);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 12 }), (cuts) => {
        const split = createSplitter();
        const at = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
        const found = at.slice(1).flatMap((end, i) => split(stream.subarray(at[i], end)));
        expect(found.map(hex)).toEqual(frames.map((frame) => hex(body(frame))));
      }),
    );
  });
});

describe("the writer", () => {
  /** A pipe that says how often the system was called, and what arrived. */
  function watched(): { readonly pipe: PassThrough; readonly calls: () => number; readonly arrived: () => string } {
    const pipe = new PassThrough();
    let calls = 0;
    const chunks: Buffer[] = [];
    const uncork = pipe.uncork.bind(pipe);
    pipe.uncork = () => {
      calls += 1;
      uncork();
    };
    pipe.on("data", (chunk: Buffer) => chunks.push(chunk));
    return { pipe, calls: () => calls, arrived: () => Buffer.concat(chunks).toString() };
  }

  test("hands over what one turn wrote at once, in its order, and goes on in the next", async () => {
    const { pipe, calls, arrived } = watched();
    const write = createWriter(pipe);
    for (const text of ["a", "b", "c"]) write(Buffer.from(text));
    await turn();
    await turn();
    expect([arrived(), calls()]).toEqual(["abc", 1]);
    write(Buffer.from("d"));
    await turn();
    await turn();
    expect([arrived(), calls()]).toEqual(["abcd", 2]);
  });

  test("loses nothing when the stream ends in the same turn", async () => {
    const { pipe, arrived } = watched();
    createWriter(pipe)(Buffer.from("last"));
    pipe.end();
    await turn();
    await turn();
    expect(arrived()).toBe("last");
  });
});
