/** Whether a genesis file may be the root of a deployment: consistent, and held by everybody it names. */
import { z } from "zod";
import { indexRoster, type RosterIndex } from "../roster/membership.ts";
import { isSoundEd25519 } from "../roster/sound-key.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { sha256, utf8 } from "../values/digest.ts";
import { InvalidValue, InvariantViolation } from "../values/errors.ts";
import { toBytes } from "../values/hex.ts";
import { canonical, type Json } from "../values/json.ts";
import type { Name } from "../values/name.ts";
import { countSchema, documentHashSchema, nameSchema, parseWith } from "../values/schema.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { toWire } from "../values/wire.ts";
import { checkFirst, held } from "./change.ts";
import { deploymentId, documentHash, documentName, genesisFileSchema, type Genesis } from "./genesis.ts";
import { checkPossessions } from "./possession.ts";

export type CheckedGenesis = {
  readonly deploymentId: Bytes32;
  readonly genesis: Genesis;
  readonly roster: RosterIndex;
  readonly rosterHash: Bytes32;
  /** Policy documents by asset, as hashed; what they say is for the policy stage to parse. */
  readonly policies: ReadonlyMap<Name, Json>;
};

/** What the genesis needs to know of a policy. */
const policyHeadSchema = z.looseObject({
  kind: z.literal("Policy"),
  asset: nameSchema,
  version: countSchema,
  previous: documentHashSchema.nullable(),
});

/**
 * Checks the file whole. Throws `InvalidValue` with a code `genesis.*`, `roster.*` or `statement.*` and the field;
 * comparing the deployment id with the pinned one is for the caller.
 */
export function checkGenesis(file: unknown, checks: SignatureChecks): CheckedGenesis {
  const parsed = parseWith(genesisFileSchema, file, "genesis.malformed");
  const { genesis } = parsed;
  checkSpelling(file, genesis);
  const roster = indexRoster(genesis.roster);
  checkFirst(genesis.roster, "genesis.roster");
  checkChains(genesis);
  checkLogKeys(genesis);
  const policies = checkPolicies(genesis, parsed.policies);
  const id = deploymentId(genesis);
  const needed = held(genesis.roster);
  checkPossessions(parsed.possessions, { deploymentId: id, documentHash: id, needed, checks });
  return { deploymentId: id, genesis, roster, rosterHash: documentHash(genesis.roster), policies };
}

/** The hash is over the normal spelling; a file that spells an address otherwise would show another hash to other tools. */
function checkSpelling(file: unknown, genesis: Genesis): void {
  const written = typeof file === "object" && file !== null && "genesis" in file ? file.genesis : undefined;
  if (spelled(written, "genesis") === spelled(genesis, "genesis")) return;
  throw new InvalidValue("genesis.spelling", "genesis: write every address in lower case", "genesis");
}

function checkChains(genesis: Genesis): void {
  if (new Set(genesis.chains.map((chain) => chain.id)).size === genesis.chains.length) return;
  throw new InvalidValue("genesis.duplicate-chain", "genesis.chains: a chain is named twice", "genesis.chains");
}

/** As the key of a signed note may be called. */
const witnessName = /^[!-*,-~]{1,100}$/;

function checkLogKeys({ log, witnesses, roster }: Genesis): void {
  const keys = [log.publicKey, ...witnesses.keys.map((key) => key.publicKey)];
  if (!keys.every((key) => isSoundEd25519(toBytes(key))))
    refuseKeys("genesis.log", "log and witness keys are Ed25519 public keys of 32 bytes");
  if (new Set(keys).size !== keys.length)
    refuseKeys("genesis.witnesses", "log and witnesses each have a key of their own");
  const own = new Set(
    held(roster).map(({ credential }) => (credential.kind === "key" ? credential.publicKey : undefined)),
  );
  if (keys.some((key) => own.has(key))) refuseKeys("genesis.log", "a log or witness key is nobody's credential");
  checkWitnesses(witnesses);
}

/** INVARIANT: any two sets of as many witnesses as are asked for have one in common, so no two histories are both cosigned. */
function checkWitnesses({ min, keys }: Genesis["witnesses"]): void {
  const refuse = (why: string): void => {
    refuseKeys("genesis.witnesses", why);
  };
  if (new Set(keys.map((key) => key.name)).size !== keys.length) refuse("a witness is named twice");
  if (min > keys.length) refuse("more witnesses are asked for than there are");
  // Where nobody waits for them, a genesis that is in force already may name them as it likes.
  if (min === 0) return;
  if (!keys.every((key) => witnessName.test(key.name)))
    refuse("a witness's name is visible ASCII without spaces and plus signs");
  if (2 * min <= keys.length)
    refuse(
      `${min} of ${keys.length} witnesses are not enough: others of them could cosign another history, so ask for more than half`,
    );
}

function refuseKeys(field: string, why: string): never {
  throw new InvalidValue("genesis.log-key", `${field}: ${why}`, field);
}

function checkPolicies(genesis: Genesis, documents: readonly Json[]): ReadonlyMap<Name, Json> {
  const found = new Map<Name, Json>();
  for (const [index, document] of documents.entries()) {
    const field = `policies.${index}`;
    const head = parseWith(policyHeadSchema, document, "genesis.policy-malformed");
    checkFirst(head, field);
    if (found.has(head.asset))
      throw new InvalidValue("genesis.duplicate-policy", `${field}: \`${head.asset}\` has two policies`, field);
    const named = genesis.policies.find((policy) => policy.asset === head.asset);
    if (named?.hash !== documentName(hashOf(document, field))) {
      throw new InvalidValue(
        "genesis.policy-hash",
        `${field}: the genesis does not name this policy of \`${head.asset}\``,
        field,
      );
    }
    found.set(head.asset, document);
  }
  const names = genesis.policies.map((policy) => policy.asset);
  const missing = names.find((asset) => !found.has(asset));
  if (missing !== undefined)
    throw new InvalidValue("genesis.missing-policy", `the policy of \`${missing}\` is not in the file`, "policies");
  if (new Set(names).size !== names.length)
    throw new InvalidValue("genesis.duplicate-policy", "genesis.policies: an asset is named twice", "genesis.policies");
  return found;
}

/** Canonical text of what came from outside: numbers that have none (0.5, -0) are somebody's mistake, not ours. */
function spelled(value: unknown, field: string): string {
  try {
    return canonical(toWire(value));
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    throw new InvalidValue("genesis.malformed", `${field}: ${error.message}`, field);
  }
}

function hashOf(document: Json, field: string): Bytes32 {
  return sha256(utf8(spelled(document, field)));
}
