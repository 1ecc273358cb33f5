/** Frames of the gate's socket: four bytes of length, most significant first, then that many bytes of JSON. */
import { frameSchema, maxFrameBytes } from "../../gate/wire.ts";
import { InvalidValue } from "../../values/errors.ts";
import { parseStrict } from "../../values/json.ts";
import { parseWith } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";

export type Frame = { readonly id: number; readonly body: unknown };

const prefixBytes = 4;

/** Nothing when the frame would be longer than both ends agreed on. */
export function encodeFrame(frame: Frame): Buffer | undefined {
  const text = JSON.stringify({ id: frame.id, body: toWire(frame.body) });
  const length = Buffer.byteLength(text);
  if (length > maxFrameBytes) return undefined;
  const bytes = Buffer.allocUnsafe(prefixBytes + length);
  bytes.writeUInt32BE(length);
  bytes.write(text, prefixBytes);
  return bytes;
}

/** Strictly: no duplicate keys, no depth, no bytes that are not UTF-8. Throws `InvalidValue`. */
export function decodeFrame(bytes: Uint8Array): Frame {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidValue("gate.frame", "the frame is not UTF-8");
  }
  const { id, body } = parseWith(frameSchema, parseStrict(text), "gate.frame");
  return { id, body };
}

export type Splitter = {
  /** The frames that this chunk completes; throws `InvalidValue` at a length that no frame has. */
  readonly push: (chunk: Buffer) => readonly Buffer[];
  /** Whether the beginning of a frame waits for its end. */
  readonly isPartial: () => boolean;
};

/** Holds at most one frame of the longest length and one chunk. */
export function createSplitter(): Splitter {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = prefixBytes;
  let inPrefix = true;
  const take = (): Buffer => {
    const all = Buffer.concat(chunks, held);
    const part = all.subarray(0, wanted);
    chunks = held === wanted ? [] : [all.subarray(wanted)];
    held -= wanted;
    return part;
  };
  const push = (chunk: Buffer): readonly Buffer[] => {
    const frames: Buffer[] = [];
    chunks.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const part = take();
      if (inPrefix) {
        wanted = part.readUInt32BE();
        if (wanted === 0 || wanted > maxFrameBytes)
          throw new InvalidValue("gate.frame", `a frame has 1 to ${maxFrameBytes} bytes, not ${wanted}`);
      } else {
        frames.push(part);
        wanted = prefixBytes;
      }
      inPrefix = !inPrefix;
    }
    return frames;
  };
  return { push, isPartial: () => held > 0 || !inPrefix };
}
