/** Standard base64 with padding (RFC 4648 §4), strict: one text for the same bytes, and nothing else decodes. */
import { InvalidValue } from "../values/errors.ts";
import { quote } from "../values/hex.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function encode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const left = bytes.length - at;
    text += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | (b >> 4));
    text += left > 1 ? alphabet.charAt(((b & 15) << 2) | (c >> 6)) : "=";
    text += left > 2 ? alphabet.charAt(c & 63) : "=";
  }
  return text;
}

/** Refuses missing padding, other alphabets, white space, and stray bits after the last byte. */
export function decode(text: string): Uint8Array {
  if (!pattern.test(text)) throw new InvalidValue("log.base64", `\`${quote(text)}\` is not base64 with padding`);
  const digits = text.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | alphabet.indexOf(digit)) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at] = (bits >> held) & 0xff;
      at += 1;
    }
  }
  if ((bits & ((1 << held) - 1)) !== 0)
    throw new InvalidValue("log.base64", `\`${quote(text)}\` is not base64: stray bits at its end`);
  return bytes;
}
