/** Ledger devices at the command line: what is plugged in, and an operator's word about a screen. */
import { existsSync } from "node:fs";
import { checkDevice, type DeviceFinding } from "../adapters/ledger/device-check.ts";
import { parse as parsePath } from "../adapters/ledger/derivation-path.ts";
import { failed } from "../adapters/ledger/device-failure.ts";
import type { TransportFactory } from "../adapters/ledger/eth-app.ts";
import { speculosDevice } from "../adapters/ledger/ledgerjs/speculos.ts";
import { usbDevices } from "../adapters/ledger/ledgerjs/usb.ts";
import { openSlotMemory, type SlotMemory } from "../adapters/ledger/slot-memory.ts";
import { fromPublicKey, type Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import { readSlot } from "./gate-files.ts";
import { ledgerDevice } from "./ledger-device.ts";

export type FoundDevice =
  | {
      readonly kind: "ready";
      readonly version: string;
      readonly blindSigning: boolean;
      readonly publicKey: Hex;
      readonly account: Address;
    }
  | { readonly kind: "not-ready"; readonly why: string };

/** Shows nothing on any screen. Must not be called while a gate waits for a person at one of the devices. */
export async function devicesHere(
  pathText: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly FoundDevice[]> {
  const path = parsePath(pathText);
  const factory = factoryHere(env);
  const places = await factory.list().catch(unreachable);
  const found: FoundDevice[] = [];
  for (const place of places) found.push(await lookAt(factory, place, path));
  return found;
}

async function lookAt(
  factory: TransportFactory,
  place: string,
  path: ReturnType<typeof parsePath>,
): Promise<FoundDevice> {
  try {
    const { app, close } = await factory.connect(place);
    try {
      const { name, version } = await app.open();
      if (name !== "Ethereum") return { kind: "not-ready", why: "open the Ethereum app on the device" };
      const { blindSigning } = await app.settings();
      const publicKey = await app.publicKey(path, false);
      return { kind: "ready", version, blindSigning, publicKey, account: fromPublicKey(publicKey) };
    } finally {
      await close();
    }
  } catch (error) {
    return { kind: "not-ready", why: failed(error).message };
  }
}

export type Cleared = {
  readonly name: string;
  readonly reviewing: Bytes32 | undefined;
  readonly doubt: string | undefined;
  /** A sentence for each file that cannot be read. */
  readonly unread: readonly string[];
};

/** What the device's memory holds, or why that cannot be read; `forget` takes it away. */
export function deviceMemory(configFile: string): Cleared & { readonly forget: () => void } {
  const { name, memory: folder } = readSlot(configFile);
  const memory = openSlotMemory(folder);
  const unread: string[] = [];
  const read = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      unread.push(sayFault(error));
      return undefined;
    }
  };
  const reviewing = read(memory.reviewing);
  const doubt = read(memory.quarantined);
  return { name, reviewing, doubt, unread, forget: memory.clear };
}

/** Only what the memory itself says of its files; anything else is not ours to pass over. */
function sayFault(error: unknown): string {
  if (error instanceof Fault && error.code === "ledger.memory") return error.message;
  throw error;
}

export type CheckedDevice = {
  readonly name: string;
  readonly keys: readonly { readonly name: string; readonly path: string; readonly account: Address }[];
  readonly findings: readonly DeviceFinding[];
};

/** Shows nothing on any screen; a device that a gate has open is left alone. */
export async function checkDevices(
  configFiles: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly CheckedDevice[]> {
  const factory = factoryHere(env);
  const checked: CheckedDevice[] = [];
  for (const file of configFiles) {
    const config = readSlot(file);
    const findings = await checkDevice(config, memoryIn(config.memory), factory).catch(unreachable);
    const keys = config.keys.map(({ name, path, publicKey }) => ({ name, path, account: fromPublicKey(publicKey) }));
    checked.push({ name: config.name, keys, findings });
  }
  return checked;
}

/** The folder is the gate's to make. */
function memoryIn(folder: string): SlotMemory | undefined {
  return existsSync(folder) ? openSlotMemory(folder) : undefined;
}

function factoryHere(env: Readonly<Record<string, string | undefined>>): TransportFactory {
  const device = ledgerDevice(env, true);
  return device.kind === "usb" ? usbDevices() : speculosDevice(device);
}

function unreachable(error: unknown): never {
  if (error instanceof Fault) throw error;
  throw new Fault("ledger.unreachable", `Ledger devices cannot be looked for: ${failed(error).message}`, "safe");
}
