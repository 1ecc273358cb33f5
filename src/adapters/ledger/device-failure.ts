/** What a device or the way to it refuses, as one closed set with the operators' words; whatever a library throws becomes one of them. */
import * as z from "zod";

export const failureSchema = z.strictObject({
  kind: z.enum([
    "rejected",
    "locked",
    "wrong-app",
    "blind-signing",
    "bad-data",
    "type",
    "path",
    "not-allowed",
    "device",
    "gone",
    "contended",
    "library",
    "missing",
    "not-built",
    "answer",
  ]),
  /** The app's status word, 0 when it did not come to one. */
  word: z.number().int().nonnegative().max(0xffff),
  why: z.string().max(300),
});

export type Failure = Readonly<z.infer<typeof failureSchema>>;
export type FailureKind = Failure["kind"];

/** Each with what a person can do about it. */
const words = {
  rejected: "a person rejected it on the device",
  locked: "unlock the device",
  "wrong-app": "open the Ethereum app on the device",
  "blind-signing": "the device refuses data that it cannot show: turn on blind signing in the Ethereum app's settings",
  "bad-data": "the app does not understand what it was sent",
  type: "the app does not sign transactions of this type",
  path: "the app does not use this path; its paths begin with 44'/60'",
  "not-allowed": "the app does not allow this now",
  device: "the device failed",
  gone: "plug the device in",
  contended: "another program uses the device: close it (a wallet, a browser tab)",
  library: "two commands met on the way to the device",
  missing: "the packages for Ledger devices are not installed here",
  "not-built":
    "node-hid was not built here: install libusb-1.0-0-dev, libudev-dev, pkg-config, g++, make and python3, then run `npm rebuild node-hid`",
  answer: "the device's answer is not as agreed",
} as const satisfies Record<FailureKind, string>;

export class DeviceFailure extends Error {
  override readonly name = "DeviceFailure";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.why);
    this.failure = failure;
  }
}

export function deviceFailure(kind: FailureKind, word = 0, detail = ""): DeviceFailure {
  const said = detail === "" ? words[kind] : `${words[kind]} (${detail})`;
  return new DeviceFailure({ kind, word, why: said.slice(0, 300) });
}

/** Status words of the app and of the device's own system (ethapp.adoc; the last of each row seen in the field only). */
const byWord: Readonly<Record<number, FailureKind>> = {
  0x6985: "rejected",
  0x5501: "rejected",
  0x5515: "locked",
  0x6982: "locked",
  0x6b0c: "locked",
  0x6a80: "bad-data",
  0x6d00: "wrong-app",
  0x6d02: "wrong-app",
  0x6e00: "wrong-app",
  0x6e01: "wrong-app",
  0x650f: "wrong-app",
  0x6511: "wrong-app",
  0x6501: "type",
  0x6a12: "path",
  0x6a15: "path",
  0x6980: "not-allowed",
};

/** Names and ids that Ledger's libraries give their errors; several copies of each class exist, so no `instanceof`. */
const byName: Readonly<Record<string, FailureKind>> = {
  EthAppPleaseEnableContractData: "blind-signing",
  LockedDeviceError: "locked",
  DisconnectedDevice: "gone",
  DisconnectedDeviceDuringOperation: "gone",
  TransportRaceCondition: "library",
  NoDevice: "gone",
  NoDeviceFound: "gone",
  TransportLocked: "library",
  InvalidChannel: "contended",
  InvalidTag: "contended",
  InvalidSequence: "contended",
};

export function failed(error: unknown): DeviceFailure {
  if (error instanceof DeviceFailure) return error;
  if (!(error instanceof Error)) return deviceFailure("device");
  const word = numberIn(error, "statusCode");
  if (word !== undefined) return deviceFailure(byWord[word] ?? "device", word, `status ${word.toString(16)}`);
  const known = byName[error.name] ?? byName[textIn(error, "id")];
  if (known !== undefined) return deviceFailure(known);
  const code = textIn(error, "code");
  if (code === "MODULE_NOT_FOUND") return deviceFailure("missing", 0, "npm install --include=optional");
  if (error.message.includes("bindings file")) return deviceFailure("not-built");
  if (/cannot (?:open device|write)|could not (?:read|write)/i.test(error.message) || code.startsWith("ECONN"))
    return deviceFailure("gone");
  return deviceFailure("answer");
}

function numberIn(error: Error, field: string): number | undefined {
  const value: unknown = Reflect.get(error, field);
  return typeof value === "number" ? value : undefined;
}

function textIn(error: Error, field: string): string {
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : "";
}
