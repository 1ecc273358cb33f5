/** What we ask of the Ethereum app on a device, whichever library speaks with it; nothing above this file knows of any. */
import type { Hex } from "../../values/hex.ts";
import type { TypedField } from "../../values/typed-struct.ts";
import type { DerivationPath } from "./derivation-path.ts";

/** As the device answered, not yet checked by anybody. */
export type RawSignature = { readonly r: string; readonly s: string; readonly yParity: number };

export type TypedData = {
  readonly types: Readonly<Record<string, readonly TypedField[]>>;
  readonly primaryType: string;
  readonly domain: Readonly<Record<string, unknown>>;
  readonly message: Readonly<Record<string, unknown>>;
};

/** One command at a time; each rejects with a `DeviceFailure`. A call that shows something settles when a person did, or never. */
export type EthApp = {
  /** Of the app that is open, whichever it is. */
  readonly open: () => Promise<{ readonly name: string; readonly version: string }>;
  readonly settings: () => Promise<{ readonly blindSigning: boolean }>;
  /** With `isShown` a person compares it on the screen first. The address is ours to derive from the key. */
  readonly publicKey: (path: DerivationPath, isShown: boolean) => Promise<Hex>;
  readonly signTransaction: (path: DerivationPath, unsigned: Hex) => Promise<RawSignature>;
  /** Field by field on the screen; the hashed form, which shows nothing, is not offered. */
  readonly signTypedData: (path: DerivationPath, typed: TypedData) => Promise<RawSignature>;
};

export type Connection = {
  readonly app: EthApp;
  /** Must not be called while a review is on the screen: the library waits for it. */
  readonly close: () => Promise<void>;
};

/** Devices as this machine reaches them. A place says where one is plugged in now, never which one it is. */
export type TransportFactory = {
  readonly list: () => Promise<readonly string[]>;
  readonly connect: (place: string) => Promise<Connection>;
};
