/** The tokens and devices that a gate's keys live on, opened one after the other, or none of them. */
import { nativeChecks, recoveryKind } from "../adapters/crypto-native/checks.ts";
import type { Orders } from "../adapters/ledger/agent-message.ts";
import { openLedgerBackend } from "../adapters/ledger/backend.ts";
import { Places } from "../adapters/ledger/places.ts";
import type { SlotConfig } from "../adapters/ledger/slot-config.ts";
import { openPkcs11Backend } from "../adapters/pkcs11/backend.ts";
import type { TokenConfig } from "../adapters/pkcs11/token-config.ts";
import type { Faults } from "../flow/faults.port.ts";
import type { Journal } from "../flow/gate/journal.port.ts";
import type { KeyPlace } from "../flow/gate/key-places.ts";
import type { OpenGate } from "../flow/gate/open.ts";
import { sharedKeys } from "./shared-keys.ts";

export type GateKeys = {
  readonly journal: Journal;
  readonly tokens: readonly TokenConfig[];
  readonly slots: readonly SlotConfig[];
  readonly device: Orders["device"];
  readonly faults: Faults;
  /** Hears what happens at the devices. */
  readonly tell: (sentence: string) => void;
};

/** Opens tokens and devices, then the gate over them; lets go of all of it, and of the journal, when one of them fails. */
export async function openOrClose(
  { journal, tokens, slots, device, faults, tell }: GateKeys,
  open: (places: readonly KeyPlace[]) => OpenGate,
): Promise<OpenGate> {
  const places: KeyPlace[] = [];
  const plugged = new Places();
  const ledger = { checks: nativeChecks(), recovery: recoveryKind, faults, places: plugged, device, tell };
  try {
    const shared = sharedKeys(tokens);
    for (const token of tokens) {
      const keys = token.keys.map(({ name }) => name);
      const alternatives = keys.some((name) => shared.has(name));
      const healthKey = token.health === undefined ? {} : { healthKey: token.health.key.publicKey };
      const backend = await openPkcs11Backend(token, { faults, alternatives });
      places.push({ name: token.name, kind: "pkcs11", keys, backend, ...healthKey });
    }
    for (const slot of slots)
      places.push({
        name: slot.name,
        kind: "ledger",
        keys: slot.keys.map(({ name }) => name),
        backend: openLedgerBackend(slot, ledger),
      });
    return open(places);
  } catch (error) {
    await Promise.allSettled(places.map(({ backend }) => backend.close()));
    journal.close();
    throw error;
  }
}
