/** The demo's deployment with a second managed key, on an emulated Ledger: mints over a hundred go there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { grantRole } from "../../src/adapters/anvil/demo-token.ts";
import { setBalance } from "../../src/adapters/anvil/endpoint.ts";
import { signStatement } from "../../src/adapters/credential/credential.ts";
import { loadCredential } from "../../src/adapters/credential/credential-file.ts";
import { cast } from "../../src/compose/dev/cast.ts";
import type { DevFolder } from "../../src/compose/dev/folder.ts";
import type { Demo } from "../../src/compose/dev/found.ts";
import {
  deploymentId as deploymentIdOf,
  documentHash,
  documentName,
  genesisFileSchema,
  genesisSchema,
} from "../../src/genesis/genesis.ts";
import { readPolicyDocument } from "../../src/policy/document/document.ts";
import { fromPublicKey } from "../../src/values/address.ts";
import { parseStrict } from "../../src/values/json.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
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
  const before = genesisFileSchema.parse(parseStrict(readFileSync(folder.genesis, "utf8")));
  const [policy] = before.policies.map((document) => readPolicyDocument(toWire(document)));
  if (policy === undefined) throw new Error("the demo has a policy");
  const quorum = { group: "custodians", min: 2 };
  const tiers = [
    { upTo: "100 GLD", quorum, sign: "hsm-mint" },
    { upTo: "1000 GLD", quorum, sign: "ledger-cold" },
  ];
  const rules = policy.rules.map((rule) => (rule.id === "mint" ? { ...rule, tiers } : rule));
  const document = readPolicyDocument(toWire({ ...policy, rules }));
  const genesis = genesisSchema.parse({
    ...before.genesis,
    roster: { ...before.genesis.roster, keys: [...before.genesis.roster.keys, coldKey] },
    policies: [{ asset: policy.asset, hash: documentName(documentHash(document)) }],
  });
  const id = deploymentIdOf(genesis);
  const possessions = cast.map(({ id: holder }) => {
    const credential = loadCredential(folder.people(holder));
    return signStatement(credential, id, "Possession", { holder, credential: credential.id, documentHash: id });
  });
  writeFileSync(folder.genesis, JSON.stringify(toWire({ genesis, policies: [toWire(document)], possessions })));
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
