/** Keeps the last bytes a child printed and shows them only after every copy of the PIN is out, without knowing the PIN. */
import { createHmac } from "node:crypto";
import type { PinMark } from "./agent-message.ts";

const keptMax = 4_096;
const notUtf8 = /[^\x20-\x7e\n]/g;

export type OutputCapture = {
  readonly add: (chunk: Uint8Array) => void;
  /** From here on the PIN can be recognised: its length and its HMAC under the frames' key. */
  readonly arm: (mark: PinMark) => void;
  /** Printable text; before the PIN can be recognised only how much was printed. */
  readonly text: () => string;
};

export function createOutputCapture(key: Uint8Array): OutputCapture {
  let kept: Buffer = Buffer.alloc(0);
  let dropped = false;
  let mark: PinMark | undefined;
  return {
    add: (chunk) => {
      kept = Buffer.concat([kept, chunk]);
      dropped ||= kept.length > keptMax;
      kept = Buffer.from(kept.subarray(-keptMax));
    },
    arm: (told) => {
      mark = told;
    },
    text: () => {
      if (kept.length === 0) return "";
      if (mark === undefined) return `(${kept.length} bytes withheld)`;
      // The front may hold the end of a PIN that was cut off.
      const whole = dropped ? kept.subarray(mark.length) : kept;
      return scrub(whole, mark, key).toString("latin1").replace(notUtf8, "?");
    },
  };
}

/** Every window of the PIN's length is compared by its HMAC, so the gate never holds the PIN. */
export function scrub(bytes: Uint8Array, { length, mark }: PinMark, key: Uint8Array): Buffer {
  const out = Buffer.from(bytes);
  for (let at = 0; at + length <= bytes.length; at += 1) {
    const window = bytes.subarray(at, at + length);
    if (createHmac("sha256", key).update(window).digest("hex") === mark) out.fill("*", at, at + length);
  }
  return out;
}
