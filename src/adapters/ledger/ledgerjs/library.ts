/** Ledger's own JavaScript packages, which are optional: loaded when a device is meant, and only what we use of them. */
import { createRequire } from "node:module";

/** The base of every transport: locks, status words, `send`. */
export type Transport = {
  exchange: (apdu: Buffer) => Promise<Buffer>;
  exchangeAtomicImpl: (exchange: () => Promise<Buffer>) => Promise<Buffer>;
  /** Class, instruction and two parameters, without data. */
  send: (...head: [cla: number, ins: number, p1: number, p2: number]) => Promise<Buffer>;
  close: () => Promise<void>;
};

type Signed<V> = { readonly v: V; readonly r: string; readonly s: string };

export type Eth = {
  getAddress: (path: string, isShown: boolean) => Promise<{ readonly publicKey: string; readonly address: string }>;
  signTransaction: (path: string, unsigned: string, resolution: null) => Promise<Signed<string>>;
  signEIP712Message: (path: string, typed: object) => Promise<Signed<number>>;
};

/** What the library asks of its services; ours answers from what it holds. */
export type LedgerService = {
  readonly parseTransaction: (raw: string) => { readonly chainId: number; readonly type: number | null };
  readonly resolveTransaction: () => Promise<never>;
  readonly signDomainResolution: () => Promise<never>;
  readonly signAddressResolution: () => Promise<never>;
};

type EthClass = new (
  transport: Transport,
  scrambleKey: string,
  loadConfig: Readonly<Record<string, null>>,
  service: LedgerService,
) => Eth;

/** A handle of `node-hid`. */
export type HidHandle = {
  readonly write: (report: number[]) => unknown;
  readonly read: (reading: (error: unknown, report?: number[]) => void) => void;
  readonly readTimeout: (milliseconds: number) => readonly number[];
  readonly getDeviceInfo: () => unknown;
  readonly close: () => void;
};

export type HidTransportClass = {
  readonly list: () => Promise<string[]>;
  new (handle: HidHandle): Transport;
};

type Hid = { readonly HID: new (path: string) => HidHandle };

/** By `require`: what these packages offer to `import` has file names that Node does not find. */
const load = createRequire(import.meta.url);

type Loaded = {
  readonly "@ledgerhq/hw-transport": { readonly default: new () => Transport };
  readonly "@ledgerhq/hw-app-eth": { readonly default: EthClass };
  readonly "@ledgerhq/hw-transport-node-hid-noevents": { readonly default: HidTransportClass };
  /** Native; its binding is looked for when the first handle is made. */
  readonly "node-hid": Hid;
};

/** Throws as `require` does where the package is not installed. */
export function loadPackage<Name extends keyof Loaded>(name: Name): Loaded[Name] {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the shapes above are pinned with the exact versions
  return load(name) as Loaded[Name];
}
