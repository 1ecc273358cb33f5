/** The demo's deployment with a second managed key, on an emulated Ledger: mints over a hundred go there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { grantRole } from "../../src/adapters/anvil/demo-token.ts";
import { setBalance } from "../../src/adapters/anvil/endpoint.ts";
import type { DevFolder } from "../../src/compose/dev/folder.ts";
import type { Demo } from "../../src/compose/dev/found.ts";
import { fromPublicKey } from "../../src/values/address.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { refound } from "./refound.ts";
import { publicKeyOf } from "../contract/ledger/slot-place.ts";

const publicKey = publicKeyOf();
export const coldKey = {
  id: parseName("ledger-cold"),
  account: fromPublicKey(publicKey),
  publicKey,
  backend: "ledger",
} as const;

/** Up to a hundred the token signs, up to a thousand the Ledger; the gate's configuration names both. */
export async function addColdKey(folder: DevFolder, demo: Demo, chainUrl: string): Promise<void> {
  const quorum = { group: "custodians", min: 2 };
  const tiers = [
    { upTo: "100 GLD", quorum, sign: "hsm-mint" },
    { upTo: "1000 GLD", quorum, sign: "ledger-cold" },
  ];
  await refound(folder, {
    policy: (policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => (rule.id === "mint" ? { ...rule, tiers } : rule)),
    }),
    genesis: (genesis) => ({
      ...genesis,
      roster: { ...genesis.roster, keys: [...genesis.roster.keys, coldKey] },
    }),
  });
  await grantRole(chainUrl, { token: demo.token, admin: demo.bank, role: "MINTER_ROLE", to: coldKey.account });
  await setBalance(chainUrl, coldKey.account, 10n ** 20n);
  const device = join(folder.root, "ledger-cold.yaml");
  const slot = {
    apiVersion: "countersign/v1",
    kind: "Ledger",
    name: "ledger-cold",
    app: { blindSigning: "required" },
    memory: join(folder.root, "ledger-cold"),
    limits: { pollMs: 100 },
    keys: [{ name: coldKey.id, path: "44'/60'/0'/0/0", publicKey }],
  };
  writeFileSync(device, stringify(slot), { mode: 0o600 });
  const gate = parse(readFileSync(folder.gateConfig, "utf8")) as object;
  writeFileSync(folder.gateConfig, stringify({ ...gate, ledgers: [device] }), { mode: 0o600 });
}
