/** Founds the demo's deployment once: keys on a token, people, a token contract, a policy around it, and the genesis that binds them. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { deployDemoToken, grantRole } from "../../adapters/anvil/demo-token.ts";
import { setBalance } from "../../adapters/anvil/endpoint.ts";
import { createCredential, publicPart, signStatement } from "../../adapters/credential/credential.ts";
import { loadCredential, saveCredential, type SecretCredential } from "../../adapters/credential/credential-file.ts";
import { chainReader } from "../../adapters/json-rpc/chain-reader.ts";
import { connect } from "../../adapters/json-rpc/connection.ts";
import { createLogKey } from "../../adapters/log-key/key-file.ts";
import { createKey } from "../../adapters/pkcs11/key-ceremony.ts";
import { addKey, initSoftToken } from "../../adapters/pkcs11/soft-token.ts";
import { withCalendar } from "../../config/time-zone.ts";
import {
  deploymentId as deploymentIdOf,
  documentHash,
  documentName,
  genesisSchema,
  type Genesis,
  type GenesisFile,
} from "../../genesis/genesis.ts";
import { readPolicyDocument, type PolicyDocument } from "../../policy/document/document.ts";
import { readPolicyYaml } from "../../policy/document/yaml-document.ts";
import type { ManagedKey, Member, Roster } from "../../roster/roster.ts";
import type { Address } from "../../values/address.ts";
import { parse as parseChainId } from "../../values/chain-id.ts";
import { Fault } from "../../values/errors.ts";
import { fromBytes } from "../../values/hex.ts";
import { parse as parseLine } from "../../values/line.ts";
import { parse as parseName } from "../../values/name.ts";
import { canonical, parseStrict } from "../../values/json.ts";
import { addressSchema, bytes32Schema, parseWith } from "../../values/schema.ts";
import { toWire } from "../../values/wire.ts";
import { bank, cast, chainId, escrow, mintKey, witnessName } from "./cast.ts";
import type { DevFolder } from "./folder.ts";

/** What later starts need to know and the genesis does not say. */
export type Demo = z.output<typeof demoSchema>;

type Say = (sentence: string) => void;

/** True when the folder holds a whole deployment; half a founding is thrown away by the next one. */
export function isFounded(folder: DevFolder): boolean {
  return existsSync(folder.demo);
}

const demoSchema = z.strictObject({
  token: addressSchema,
  account: addressSchema,
  bank: addressSchema,
  deployment: bytes32Schema,
  tokenConfig: z.string(),
});

/** What a whole founding wrote down; throws when somebody edited it. */
export function readDemo(folder: DevFolder): Demo {
  return parseWith(demoSchema, parseStrict(readFileSync(folder.demo, "utf8")), "dev.demo");
}

/** Makes everything; `chainUrl` is a fresh local chain. The last file written says that it is whole. */
export async function found(folder: DevFolder, chainUrl: string, say: Say): Promise<Demo> {
  const key = await makeKey(folder, say);
  const people = new Map(cast.map((part) => [part.id, makeCredential(folder, part.id, part.kind)]));
  const bankWallet = publicPart(makeCredential(folder, bank, "wallet"));
  if (bankWallet.kind !== "wallet") throw new TypeError("unreachable: a wallet was made");
  say(`made credentials for ${String(cast.length)} people and services; each file is its owner's alone`);
  const token = await deployToken(chainUrl, key.account, bankWallet.address);
  say(`deployed the demo token GLD at ${token}; only the managed account may mint`);
  const policy = await demoPolicy(chainUrl, token, bankWallet.address);
  const genesis = demoGenesis({
    roster: rosterOf(people, key),
    policy,
    logKey: makeNoteKey(folder.logKey),
    witnessKey: makeNoteKey(folder.witnessKey),
  });
  const file = signGenesis(genesis, policy, people);
  writeFileSync(folder.genesis, `${JSON.stringify(toWire(file), null, 2)}\n`, { mode: 0o644 });
  const demo = {
    token,
    account: key.account,
    bank: bankWallet.address,
    deployment: deploymentIdOf(genesis),
    tokenConfig: key.configFile,
  };
  writeFileSync(`${folder.demo}.new`, JSON.stringify(demo), { mode: 0o600 });
  renameSync(`${folder.demo}.new`, folder.demo);
  say(`wrote the genesis; its hash ${demo.deployment} names this deployment`);
  return demo;
}

/** Written before anything else: only what lies beside it was made by the demo and may be made again. */
const mark = ".countersign-demo";

/** Empties a folder in which an earlier founding did not end; throws `dev.not-ours` for a folder with somebody's files in it. */
export function clearHalfFounded(folder: DevFolder): void {
  const own = join(folder.root, mark);
  if (!existsSync(own) && existsSync(folder.root) && readdirSync(folder.root).length > 0) {
    const why = `${folder.root} is not empty and was not made by the demo; choose another with --data`;
    throw new Fault("dev.not-ours", why, "never");
  }
  try {
    mkdirSync(folder.root, { recursive: true, mode: 0o700 });
    chmodSync(folder.root, 0o700);
    writeFileSync(own, "This folder belongs to the demo of Countersign.\n");
  } catch {
    throw new Fault(
      "dev.no-folder",
      `the data folder ${folder.root} is not ours to write; choose another with --data`,
      "never",
    );
  }
  const made = [
    folder.token,
    ...[folder.chainState, folder.journal, folder.witnessHeads, folder.store, folder.people("x")].map((path) =>
      dirname(path),
    ),
  ];
  for (const part of made) rmSync(part, { recursive: true, force: true });
}

type MadeKey = ManagedKey & { readonly configFile: string };

async function makeKey(folder: DevFolder, say: Say): Promise<MadeKey> {
  const token = await initSoftToken(folder.token, "countersign-demo");
  say("initialised a SoftHSM token with a random PIN");
  const made = await createKey({ config: token.config, label: `countersign/demo/${mintKey}/1` });
  const name = parseName(mintKey);
  const { configFile } = addKey(token, { name, id: made.id, label: made.label, publicKey: made.publicKey });
  say(`generated the signing key on the token; its account is ${made.address}`);
  return { id: name, account: made.address, publicKey: made.publicKey, backend: "pkcs11", configFile };
}

/** The public part of a new key that signs checkpoints: the log's own, or its witness's. */
function makeNoteKey(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return fromBytes(createLogKey(path).publicKey);
}

function makeCredential(folder: DevFolder, id: string, kind: "wallet" | "key"): SecretCredential {
  const path = folder.people(id);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) saveCredential(path, createCredential(kind, parseName(`${id}-1`)));
  return loadCredential(path);
}

async function deployToken(url: string, account: Address, bankAddress: Address): Promise<Address> {
  const admin = bankAddress;
  const token = await deployDemoToken(url, { name: "Demo Gold", symbol: "GLD", admin });
  for (const role of ["MINTER_ROLE", "PAUSER_ROLE"] as const) await grantRole(url, { token, admin, role, to: account });
  await setBalance(url, account, 10n ** 20n);
  return token;
}

async function demoPolicy(url: string, token: Address, bankAddress: Address): Promise<PolicyDocument> {
  const text = readFileSync(new URL("../../../policies/GLD.yaml", import.meta.url), "utf8");
  const document = withCalendar(readPolicyYaml(text));
  const connection = connect({ url, chainId: parseChainId(chainId) });
  const reader = chainReader(connection);
  const codehash = await reader.codeHash(token, await reader.head());
  connection.close();
  const listed = (address: string, label: string): object => ({ entries: [{ address, label }] });
  return readPolicyDocument(
    toWire({
      ...withYields(document),
      tests: undefined,
      token: { ...document.token, chain: chainId, address: token, codehash },
      lists: { treasury: listed(bankAddress, "Bank A omnibus"), escrow: listed(escrow, "Escrow agent") },
    }),
  );
}

/** What bounds a mint bounds a distribution too. */
function withYields(document: PolicyDocument): object {
  const issued = { operation: { in: ["mint", "distribute"] } };
  const bounded = (part: { readonly when?: unknown }): object =>
    canonical(part.when ?? null) === canonical({ operation: "mint" }) ? { ...part, when: issued } : part;
  const pay = {
    id: "yield",
    when: { operation: "distribute", initiator: { group: "issuers" } },
    batch: { max: 1_000, total: "1000 GLD" },
    tiers: [{ upTo: "1000 GLD", quorum: { group: "custodians", min: 2 }, sign: mintKey }],
  };
  return {
    ...document,
    guards: document.guards?.map(bounded),
    limits: document.limits?.map(bounded),
    rules: [...document.rules, pay],
  };
}

function rosterOf(people: ReadonlyMap<string, SecretCredential>, { id, account, publicKey, backend }: MadeKey): Roster {
  const members = (service: boolean): Member[] =>
    cast
      .filter((part) => part.service === service)
      .flatMap((part) => {
        const credential = people.get(part.id);
        return credential === undefined
          ? []
          : [
              {
                id: parseName(part.id),
                name: parseLine(part.name),
                groups: [parseName(part.group)],
                credentials: [publicPart(credential)],
              },
            ];
      });
  return {
    apiVersion: "countersign/v1",
    kind: "Roster",
    version: 1,
    previous: null,
    people: members(false),
    services: members(true),
    keys: [{ id, account, publicKey, backend }],
  };
}

function demoGenesis({
  roster,
  policy,
  logKey,
  witnessKey,
}: {
  readonly roster: Roster;
  readonly policy: PolicyDocument;
  readonly logKey: string;
  readonly witnessKey: string;
}): Genesis {
  const gold = 10n ** 18n;
  return genesisSchema.parse({
    apiVersion: "countersign/v1",
    kind: "Genesis",
    salt: fromBytes(randomBytes(32)),
    roster,
    policies: [{ asset: policy.asset, hash: documentName(documentHash(policy)) }],
    log: { publicKey: logKey },
    witnesses: { min: 1, keys: [{ name: witnessName, publicKey: witnessKey }] },
    chains: [{ id: chainId, observeEvery: 1, freshness: "120s", finality: { kind: "tag" } }],
    ceilings: {
      assets: { GLD: { request: String(10_000n * gold), day: String(50_000n * gold) } },
      otherAssets: { request: "0", day: "0" },
      keys: {},
      otherKeys: { feesPerDayWei: String(10n * gold) },
    },
    lifetimes: { submission: "7d", approval: "24h", attestation: "48h", observation: "10m" },
    change: {
      tighten: { quorum: { group: "officers", min: 1 } },
      loosen: { quorum: { group: "officers", min: 2 }, delay: "24h", veto: { group: "compliance", min: 1 } },
    },
  });
}

function signGenesis(
  genesis: Genesis,
  policy: PolicyDocument,
  people: ReadonlyMap<string, SecretCredential>,
): GenesisFile {
  const id = deploymentIdOf(genesis);
  const possessions = [...people].map(([holder, credential]) =>
    signStatement(credential, id, "Possession", { holder, credential: credential.id, documentHash: id }),
  );
  return { genesis, policies: [toWire(policy)], possessions };
}
