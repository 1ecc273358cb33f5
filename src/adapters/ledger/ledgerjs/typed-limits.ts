/** Texts that hw-app-eth 7.9 cannot send whole, told before anything is on a screen. */
import { deviceFailure } from "../device-failure.ts";
import type { TypedData } from "../eth-app.ts";

/**
 * It cuts a field of n bytes and its two bytes of length into ceil((n + 2) / 256) pieces of 255, so that texts of 254, 509, 510, 764 …
 * bytes lose their end.
 */
export function losesItsEnd(bytes: number): boolean {
  return bytes + 2 > 255 * Math.ceil((bytes + 2) / 256);
}

/** Throws a DeviceFailure that names the field. */
export function checkTypedData({ types, primaryType, message }: TypedData): void {
  for (const { name, type } of types[primaryType] ?? []) {
    const value = message[name];
    const bytes = type === "string" && typeof value === "string" ? Buffer.byteLength(value) : 0;
    if (losesItsEnd(bytes))
      throw deviceFailure(
        "bad-data",
        0,
        `\`${name}\` has ${bytes} bytes, which cannot be sent whole: make it longer or shorter`,
      );
  }
}
