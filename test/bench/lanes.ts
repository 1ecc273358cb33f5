/** The demo's deployment with several managed keys, each with a lane and a mint rule of its own, on either store. */
import { readFileSync, writeFileSync } from "node:fs";
import { parse as readYaml, stringify as writeYaml } from "yaml";
import { grantRole } from "../../src/adapters/anvil/demo-token.ts";
import { setBalance } from "../../src/adapters/anvil/endpoint.ts";
import { createKey } from "../../src/adapters/pkcs11/key-ceremony.ts";
import { addKey } from "../../src/adapters/pkcs11/soft-token.ts";
import { parseTokenConfig } from "../../src/adapters/pkcs11/token-file.ts";
import type { DevFolder } from "../../src/compose/dev/folder.ts";
import type { Demo } from "../../src/compose/dev/found.ts";
import type { ManagedKey } from "../../src/roster/roster.ts";
import type { Address } from "../../src/values/address.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { openDeployment, type Place } from "../place/deployment.ts";
import { refound } from "../place/refound.ts";

export type Lanes = { readonly place: Place; readonly accounts: readonly Address[] };

/** `postgresUrl` is of an empty database; without it serve keeps its store in SQLite. */
export async function openLanes(count: number, postgresUrl?: string): Promise<Lanes> {
  const accounts: Address[] = [];
  const place = await openDeployment(async (folder, demo, chainUrl) => {
    const keys = await addKeys(folder, demo, chainUrl, count);
    accounts.push(demo.account, ...keys.map(({ account }) => account));
    if (postgresUrl !== undefined)
      rewrite(folder.serveConfig, (settings) => ({ ...settings, store: { kind: "postgres", url: postgresUrl } }));
  });
  return { place, accounts };
}

function rewrite(file: string, change: (settings: Record<string, unknown>) => object): void {
  writeFileSync(file, writeYaml(change(readYaml(readFileSync(file, "utf8")) as Record<string, unknown>)));
}

/** Keys on the demo's token that may mint; the genesis is founded again around them. Answers those that were added. */
async function addKeys(folder: DevFolder, demo: Demo, chainUrl: string, count: number): Promise<readonly ManagedKey[]> {
  rewrite(demo.tokenConfig, (settings) => ({ ...settings, sessions: count }));
  let token = { configFile: demo.tokenConfig, config: parseTokenConfig(readFileSync(demo.tokenConfig, "utf8")) };
  const added: ManagedKey[] = [];
  for (let number = 2; number <= count; number += 1) {
    const id = parseName(`hsm-mint-${String(number)}`);
    const made = await createKey({ config: token.config, label: `countersign/demo/${id}/1` });
    token = addKey(token, { name: id, id: made.id, label: made.label, publicKey: made.publicKey });
    added.push({ id, account: made.address, publicKey: made.publicKey, backend: "pkcs11" });
    await grantRole(chainUrl, { token: demo.token, admin: demo.bank, role: "MINTER_ROLE", to: made.address });
    await setBalance(chainUrl, made.address, 10n ** 20n);
  }
  await refound(folder, {
    policy: (policy) => ({
      ...policy,
      rules: policy.rules.flatMap((rule) => {
        const [tier] = rule.tiers;
        if (rule.id !== "mint" || tier === undefined) return [rule];
        const names = [tier.sign, ...added.map(({ id }) => id)];
        return names.map((name, lane) => ({
          ...rule,
          id: parseName(`mint-${String(lane + 1)}`),
          when: { ...rule.when, account: name },
          tiers: rule.tiers.map((one) => ({ ...one, sign: name })),
        }));
      }),
    }),
    genesis: (genesis) => ({ ...genesis, roster: { ...genesis.roster, keys: [...genesis.roster.keys, ...added] } }),
  });
  return added;
}
