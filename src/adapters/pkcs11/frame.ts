/** The frames between the gate and a token agent: length, verb, number, payload, and a tag that only these two can make. */
import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";
import type { Writable } from "node:stream";
import { Fault } from "../../values/errors.ts";

/** All that can be said. There is no verb that passes a PKCS#11 call through. */
export const verbs = {
  start: 1,
  ready: 2,
  pinMark: 3,
  sign: 16,
  inventory: 17,
  health: 18,
  keygen: 32,
  initToken: 33,
  check: 34,
  prove: 35,
  wrap: 36,
  unwrap: 37,
  done: 64,
  failed: 65,
} as const;

export type Verb = keyof typeof verbs;
export type Direction = "to-agent" | "from-agent";
export type Frame = { readonly verb: Verb; readonly id: number; readonly payload: Uint8Array };

export const keyBytes = 32;
const tagBytes = 32;
const headBytes = 5;
/** An inventory of a full token fits with room to spare. */
const bodyMax = 1_048_576;

const names = new Map<number, Verb>();
let verb: Verb;
for (verb in verbs) names.set(verbs[verb], verb);

/** `u32 length | u8 verb | u32 id | payload | HMAC-SHA-256(key, direction | verb | id | payload)`, big-endian. */
export function encode(frame: Frame, key: KeyObject, direction: Direction): Buffer {
  const length = headBytes + frame.payload.length + tagBytes;
  if (length > bodyMax) throw broken("a frame is too long");
  const bytes = Buffer.alloc(4 + length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt8(verbs[frame.verb], 4);
  bytes.writeUInt32BE(frame.id, 5);
  bytes.set(frame.payload, 4 + headBytes);
  bytes.set(
    tagOf(bytes.subarray(4, 4 + headBytes + frame.payload.length), key, direction),
    4 + headBytes + frame.payload.length,
  );
  return bytes;
}

/** Checks the tag and takes the body (all but the length) apart; throws a Fault on anything a peer with the key would not send. */
export function open(body: Uint8Array, key: KeyObject, direction: Direction): Frame {
  if (body.length < headBytes + tagBytes || body.length > bodyMax) throw broken("a frame has an impossible length");
  const signed = body.subarray(0, body.length - tagBytes);
  if (!timingSafeEqual(body.subarray(body.length - tagBytes), tagOf(signed, key, direction)))
    throw broken("a frame has a wrong tag");
  const view = Buffer.from(signed);
  const known = names.get(view.readUInt8(0));
  if (known === undefined) throw broken("a frame has an unknown verb");
  return { verb: known, id: view.readUInt32BE(1), payload: new Uint8Array(view.subarray(headBytes)) };
}

/** The start frame carries the key of its process at the front of its payload; every later frame is opened with it. */
export function keyInStart(body: Uint8Array): Uint8Array {
  if (body.length < headBytes + keyBytes + tagBytes) throw broken("the start frame is too short");
  return new Uint8Array(body.subarray(headBytes, headBytes + keyBytes));
}

/** Writes the frames of one turn of the event loop with one call of the system; the stream's end writes what is left. */
export function createWriter(pipe: Writable): (frame: Uint8Array) => void {
  let gathering = false;
  return (frame) => {
    if (!gathering) {
      gathering = true;
      pipe.cork();
      setImmediate(() => {
        gathering = false;
        pipe.uncork();
      });
    }
    pipe.write(frame);
  };
}

/** Cuts a byte stream into bodies; keeps what is not yet whole; never holds more than one frame and one chunk. */
export function createSplitter(): (chunk: Uint8Array) => readonly Uint8Array[] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    const bodies: Uint8Array[] = [];
    let at = 0;
    while (held.length - at >= 4) {
      const length = held.readUInt32BE(at);
      if (length < headBytes + tagBytes || length > bodyMax) throw broken("a frame has an impossible length");
      if (held.length - at - 4 < length) break;
      bodies.push(new Uint8Array(held.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    held = held.subarray(at);
    return bodies;
  };
}

/** The direction is under the tag, so that nothing an agent said can be played back to it. */
function tagOf(signed: Uint8Array, key: KeyObject, direction: Direction): Buffer {
  return createHmac("sha256", key).update(direction).update(signed).digest();
}

function broken(why: string): Fault {
  return new Fault("pkcs11.frame", why, "never");
}
