/** Another genesis of the demo's deployment, before any process reads it, held by everybody again. */
import { readFileSync, writeFileSync } from "node:fs";
import { signStatement } from "../../src/adapters/credential/credential.ts";
import { loadCredential } from "../../src/adapters/credential/credential-file.ts";
import { cast } from "../../src/compose/dev/cast.ts";
import type { DevFolder } from "../../src/compose/dev/folder.ts";
import {
  deploymentId as deploymentIdOf,
  documentHash,
  documentName,
  genesisFileSchema,
  genesisSchema,
  type Genesis,
} from "../../src/genesis/genesis.ts";
import { readPolicyDocument, type PolicyDocument } from "../../src/policy/document/document.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { parseStrict } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";

export type Edits = {
  readonly policy: (policy: PolicyDocument) => object;
  readonly genesis: (genesis: Genesis) => object;
  /** Of credentials beside those of the cast. */
  readonly possessions?: (deploymentId: Bytes32) => Promise<readonly Envelope[]>;
};

/** What the key of a thousand and more mints may spend: each counts with the most that it may cost, and the demo's stops at 500 in a day. */
const feesPerDayWei = String(100n * 10n ** 18n);

export function spendthrift(folder: DevFolder): Promise<void> {
  return refound(folder, {
    policy: (policy) => policy,
    genesis: ({ ceilings, ...genesis }) => ({ ...genesis, ceilings: { ...ceilings, otherKeys: { feesPerDayWei } } }),
  });
}

export async function refound(
  folder: DevFolder,
  { policy: editPolicy, genesis: editGenesis, possessions: further }: Edits,
): Promise<void> {
  const before = genesisFileSchema.parse(parseStrict(readFileSync(folder.genesis, "utf8")));
  const [policy] = before.policies.map((document) => readPolicyDocument(toWire(document)));
  if (policy === undefined) throw new Error("the demo has a policy");
  const document = readPolicyDocument(toWire(editPolicy(policy)));
  const genesis = genesisSchema.parse({
    ...editGenesis(before.genesis),
    policies: [{ asset: policy.asset, hash: documentName(documentHash(document)) }],
  });
  const id = deploymentIdOf(genesis);
  const possessions = cast.map(({ id: holder }) => {
    const credential = loadCredential(folder.people(holder));
    return signStatement(credential, id, "Possession", { holder, credential: credential.id, documentHash: id });
  });
  const all = [...possessions, ...((await further?.(id)) ?? [])];
  writeFileSync(folder.genesis, JSON.stringify(toWire({ genesis, policies: [toWire(document)], possessions: all })));
}
