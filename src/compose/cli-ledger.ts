/** Ledger devices at the command line: what is plugged in, and an operator's word about a screen. */
import { readFileSync } from "node:fs";
import { parse as parsePath } from "../adapters/ledger/derivation-path.ts";
import { failed } from "../adapters/ledger/device-failure.ts";
import type { TransportFactory } from "../adapters/ledger/eth-app.ts";
import { speculosDevice } from "../adapters/ledger/ledgerjs/speculos.ts";
import { usbDevices } from "../adapters/ledger/ledgerjs/usb.ts";
import { parseSlotConfig } from "../adapters/ledger/slot-file.ts";
import { openSlotMemory } from "../adapters/ledger/slot-memory.ts";
import { fromPublicKey, type Address } from "../values/address.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
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
  const device = ledgerDevice(env, true);
  const factory = device.kind === "usb" ? usbDevices() : speculosDevice(device);
  const places = await factory.list().catch((error: unknown) => {
    throw new Fault("ledger.unreachable", `Ledger devices cannot be looked for: ${failed(error).message}`, "safe");
  });
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
};

/** What the device's memory holds; `forget` takes it away. */
export function deviceMemory(configFile: string): Cleared & { readonly forget: () => void } {
  let text: string;
  try {
    text = readFileSync(configFile, "utf8");
  } catch (error) {
    throw new Fault("cli.unreadable", `\`${configFile}\` cannot be read`, "safe", error);
  }
  const { name, memory: folder } = parseSlotConfig(text);
  const memory = openSlotMemory(folder);
  return { name, reviewing: memory.reviewing(), doubt: memory.quarantined(), forget: memory.clear };
}
