/** The service at command lines, with a managed key on one emulated Ledger and people whose wallets are on another. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openLedgerBackend } from "../../../src/adapters/ledger/backend.ts";
import { Places } from "../../../src/adapters/ledger/places.ts";
import { checkSlotConfig } from "../../../src/adapters/ledger/slot-config.ts";
import { usualPath } from "../../../src/adapters/ledger/derivation-path.ts";
import type { GenesisFile } from "../../../src/genesis/genesis.ts";
import { digest } from "../../../src/statement/digest.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { fromPublicKey } from "../../../src/values/address.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { fromBytes } from "../../../src/values/hex.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { publicKeyOf } from "../../contract/ledger/slot-place.ts";
import { openServe } from "../../flow/serve/place.ts";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import { openSpeculosPort, type SpeculosPort } from "../../place/ethereum-app/speculos-port.ts";
import { createWallet, speculosWords, type DeviceKey } from "../../place/ethereum-app/wallet.ts";
import { openPlace } from "../../place/gate.ts";
import { goldPolicy, type Deployment } from "../../place/gold.ts";
import { genesisFile, managedKey, rosterOf, type PersonId } from "../../place/people.ts";
import type { Said } from "../../unit/cli/terminal.ts";
import { openService, type ServicePlace } from "./service-place.ts";

const coldPassword = "cold";
const coldKey = publicKeyOf(speculosWords, coldPassword);
const cold = {
  id: parseName("ledger-cold"),
  account: fromPublicKey(coldKey),
  publicKey: coldKey,
  backend: "ledger",
} as const;
const custodians = { group: "custodians", min: 2 };
const hardened = 0x8000_0000;

/** Who has a wallet on the people's device, at which last element of the usual path. */
const owners = ["carla", "ida", "cora", "otto", "olga"] as const satisfies readonly PersonId[];
export type Owner = (typeof owners)[number];
export const pathOf = (id: Owner): string => `44'/60'/0'/0/${owners.indexOf(id)}`;
export const walletOf = (id: Owner): string => `${id}-ledger`;
const keyOf = (id: Owner): DeviceKey =>
  createWallet(speculosWords)([hardened + 44, hardened + 60, hardened, 0, owners.indexOf(id)]);

const mint = { operation: "mint", initiator: { group: "issuers" }, to: { in: "treasury" } };
const policy = goldPolicy({
  rules: [
    {
      id: "mint",
      when: mint,
      tiers: [
        { upTo: "1000 GLD", quorum: custodians, sign: "hsm-mint" },
        {
          upTo: "5000 GLD",
          quorum: custodians,
          delay: "10m",
          veto: { group: "officers", min: 2 },
          sign: "ledger-cold",
        },
      ],
    },
  ],
});

/** Everybody's file, and for some a wallet on the device beside it. */
function deploymentWithWallets(): Deployment {
  const plain = rosterOf([cold, managedKey("hsm-mint")]);
  const withWallet = (member: (typeof plain.people)[number]): typeof member => {
    const owner = owners.find((id) => id === member.id);
    if (owner === undefined) return member;
    const publicKey = fromBytes(new Uint8Array(keyOf(owner).publicKey));
    const wallet = { kind: "wallet", id: parseName(walletOf(owner)), address: fromPublicKey(publicKey) } as const;
    return { ...member, credentials: [...member.credentials, wallet] };
  };
  const roster = { ...plain, people: plain.people.map(withWallet) };
  const made = genesisFile({ roster, policies: [policy as unknown as Json & { asset: string }] });
  const { deploymentId } = made;
  const file: GenesisFile = {
    ...made.file,
    possessions: [...made.file.possessions, ...owners.map((id) => possession(id, deploymentId))],
  };
  return { file: toWire(file), deploymentId, policy, policyHash: hash(policy), rosterHash: hash(roster), key: cold };
}

function possession(id: Owner, deploymentId: Bytes32): Envelope {
  const message = { holder: id, credential: walletOf(id), documentHash: deploymentId };
  const { rs, parity } = keyOf(id).sign(digest(deploymentId, "Possession", message));
  const signature = fromBytes(new Uint8Array([...rs, 27 + parity]));
  return { kind: "Possession", message, credential: parseName(walletOf(id)), proof: { kind: "wallet", signature } };
}

const deployment = deploymentWithWallets();

export type LedgerPlace = {
  readonly service: ServicePlace;
  /** The gate's device. */
  readonly cold: EthereumApp;
  /** The device of whoever is at the command line. */
  readonly own: EthereumApp;
  readonly ownPort: SpeculosPort;
  /** A command of somebody who signs with their wallet on the device. */
  readonly asOwner: (id: Owner, args: readonly string[]) => Promise<Said>;
  readonly close: () => Promise<void>;
};

export async function openLedgerPlace(): Promise<LedgerPlace> {
  const device = new EthereumApp({ password: coldPassword, person: () => "ignore" });
  const coldPort = await openSpeculosPort(device);
  const own = new EthereumApp();
  const ownPort = await openSpeculosPort(own);
  const folder = mkdtempSync(join(tmpdir(), "countersign-cold-"));
  const slot = checkSlotConfig({
    apiVersion: "countersign/v1",
    kind: "Ledger",
    name: "ledger-cold",
    app: { blindSigning: "required" },
    memory: join(folder, "memory"),
    limits: { pollMs: 50 },
    keys: [{ name: "ledger-cold", path: usualPath, publicKey: coldKey }],
  });
  const backend = openLedgerBackend(slot, {
    checks: nativeChecks(),
    recovery: "native",
    faults: { at: () => Promise.resolve() },
    places: new Places(),
    device: { kind: "speculos", host: coldPort.host, port: coldPort.port },
    tell: () => undefined,
  });
  const service = await openService(await openServe(openPlace(deployment, { ...backend, asked: () => 0 })));
  return {
    service,
    cold: device,
    own,
    ownPort,
    asOwner: (id, args) =>
      service.as(id, [...args, "--ledger", walletOf(id), "--ledger-path", pathOf(id)], {
        env: { ...service.envOf(id), LEDGER_SPECULOS: `${ownPort.host}:${ownPort.port}` },
      }),
    close: async () => {
      backend.release?.();
      await service.close();
      await coldPort.close();
      await ownPort.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
