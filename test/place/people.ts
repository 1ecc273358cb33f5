/** People, services and their credentials for tests: the same from one run to the next, and nobody's secrets. */
import { secretCredential, type SecretCredential } from "../../src/adapters/credential/credential-file.ts";
import { publicPart, signStatement } from "../../src/adapters/credential/credential.ts";
import type { Genesis, GenesisFile } from "../../src/genesis/genesis.ts";
import {
  deploymentId as deploymentIdOf,
  documentHash,
  documentName,
  genesisSchema,
} from "../../src/genesis/genesis.ts";
import type { ManagedKey, Member, Roster } from "../../src/roster/roster.ts";
import type { Envelope } from "../../src/statement/envelope.ts";
import type { Kind } from "../../src/statement/message.ts";
import { fromPublicKey } from "../../src/values/address.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { fromBytes, toBytes } from "../../src/values/hex.ts";
import type { Json } from "../../src/values/json.ts";
import * as line from "../../src/values/line.ts";
import * as name from "../../src/values/name.ts";
import { secp256k1 } from "@noble/curves/secp256k1.js";

type Part = { readonly kind: "wallet" | "key"; readonly groups: readonly string[]; readonly service?: true };

/** Who is who in every test. */
const parts = {
  ida: { kind: "key", groups: ["issuers"] },
  ivan: { kind: "key", groups: ["issuers"] },
  carla: { kind: "wallet", groups: ["custodians"] },
  chris: { kind: "key", groups: ["custodians"] },
  cyril: { kind: "key", groups: ["custodians"] },
  cora: { kind: "wallet", groups: ["compliance"] },
  otto: { kind: "key", groups: ["officers"] },
  olga: { kind: "key", groups: ["officers"] },
  omar: { kind: "key", groups: ["officers"] },
  "obs-1": { kind: "key", groups: ["observers"], service: true },
  "obs-2": { kind: "key", groups: ["observers"], service: true },
  "vault-auditor": { kind: "key", groups: ["attestors"], service: true },
  "kyc-desk": { kind: "key", groups: ["verifiers"], service: true },
} as const satisfies Record<string, Part>;

export type PersonId = keyof typeof parts;
export const personIds = Object.keys(parts) as readonly PersonId[];

/** A secret that is a function of a word. */
export function testSecret(word: string): Bytes32 {
  return sha256(utf8(`countersign test secret: ${word}`));
}

/** The credential `<id>-1` of somebody. */
export function credentialOf(id: PersonId): SecretCredential {
  return secretCredential({ kind: parts[id].kind, id: name.parse(`${id}-1`), privateKey: testSecret(id) });
}

export function memberOf(id: PersonId): Member {
  const title = id.charAt(0).toUpperCase() + id.slice(1);
  return {
    id: name.parse(id),
    name: line.parse(title),
    groups: parts[id].groups.map(name.parse),
    credentials: [publicPart(credentialOf(id))],
  };
}

/** A managed key whose secret is the word's; for tests that need no token. */
export function managedKey(word: string): ManagedKey & { readonly privateKey: Bytes32 } {
  const privateKey = testSecret(`managed ${word}`);
  const publicKey = fromBytes(secp256k1.getPublicKey(toBytes(privateKey), false));
  return { id: name.parse(word), account: fromPublicKey(publicKey), publicKey, backend: "pkcs11", privateKey };
}

/** The first roster with everybody in it. */
export function rosterOf(keys: readonly ManagedKey[]): Roster {
  const of = (service: boolean): Member[] => personIds.filter((id) => "service" in parts[id] === service).map(memberOf);
  return {
    apiVersion: "countersign/v1",
    kind: "Roster",
    version: 1,
    previous: null,
    people: of(false),
    services: of(true),
    keys: keys.map(({ id, account, publicKey, backend }) => ({ id, account, publicKey, backend })),
  };
}

/** A statement signed by somebody; `message` typed or as JSON. */
export function sign(
  id: PersonId,
  deploymentId: Bytes32,
  kind: Kind,
  message: Readonly<Record<string, unknown>>,
): Envelope {
  return signStatement(credentialOf(id), deploymentId, kind, message);
}

/** Everybody's proof that they hold their credential. */
export function possessionsOf(
  deploymentId: Bytes32,
  document: Bytes32,
  ids: readonly PersonId[] = personIds,
): Envelope[] {
  return ids.map((id) =>
    sign(id, deploymentId, "Possession", { holder: id, credential: `${id}-1`, documentHash: document }),
  );
}

export type GenesisParts = {
  readonly roster: Roster;
  /** Policy documents, each with `asset`. */
  readonly policies: readonly (Json & { readonly asset: string })[];
  readonly chainId?: number;
  /** Any field of the genesis, in its JSON form. */
  readonly overrides?: Readonly<Record<string, unknown>>;
};

/** A log key for tests that need no other. */
export const logKey = secretCredential({ kind: "key", id: name.parse("log"), privateKey: testSecret("log") });

/** A genesis that names the roster and policies, with ceilings far above what tests mint. */
export function genesisOf({ roster, policies, chainId = 31_337, overrides = {} }: GenesisParts): Genesis {
  const log = publicPart(logKey);
  const anyOfficer = { quorum: { group: "officers", min: 1 } };
  return genesisSchema.parse({
    apiVersion: "countersign/v1",
    kind: "Genesis",
    salt: testSecret("salt"),
    roster,
    policies: policies.map((policy) => ({ asset: policy.asset, hash: documentName(documentHash(policy)) })),
    log: { publicKey: log.kind === "key" ? log.publicKey : "0x" },
    witnesses: { min: 0, keys: [] },
    chains: [{ id: chainId, observeEvery: 1, freshness: "120s", finality: { kind: "tag" } }],
    ceilings: {
      assets: {},
      otherAssets: { request: String(10n ** 24n), day: String(10n ** 25n) },
      keys: {},
      otherKeys: { feesPerDayWei: String(10n ** 19n) },
    },
    lifetimes: { submission: "7d", approval: "7d", attestation: "7d", observation: "10m" },
    change: {
      tighten: anyOfficer,
      loosen: { quorum: { group: "officers", min: 2 }, delay: "1h", veto: { group: "compliance", min: 1 } },
    },
    ...overrides,
  });
}

/** A whole genesis file that passes `checkGenesis`, and the deployment it makes. */
export function genesisFile(given: GenesisParts): { readonly file: GenesisFile; readonly deploymentId: Bytes32 } {
  const genesis = genesisOf(given);
  const deploymentId = deploymentIdOf(genesis);
  const members = [...genesis.roster.people, ...genesis.roster.services].map((member) => member.id);
  const ids = personIds.filter((id) => members.some((member) => member === id));
  return {
    file: {
      genesis,
      policies: given.policies as unknown as GenesisFile["policies"],
      possessions: possessionsOf(deploymentId, deploymentId, ids),
    },
    deploymentId,
  };
}
