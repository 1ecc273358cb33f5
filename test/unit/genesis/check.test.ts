/** A genesis is refused with one proof missing or foreign, and for everything else that is not whole. */
import { describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { publicPart } from "../../../src/adapters/credential/credential.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { documentHash, documentName, type GenesisFile } from "../../../src/genesis/genesis.ts";
import { checksum } from "../../../src/values/address.ts";
import { InvalidValue } from "../../../src/values/errors.ts";
import type { Json } from "../../../src/values/json.ts";
import {
  credentialOf,
  genesisFile,
  logKey,
  managedKey,
  rosterOf,
  sign,
  type GenesisParts,
} from "../../place/people.ts";
import { witnessKey } from "../../place/witness.ts";

const checks = nativeChecks();
const mint = managedKey("hsm-mint");
const policy = { apiVersion: "countersign/v1", kind: "Policy", asset: "GLD", version: 1, previous: null, rules: [] };
const given: GenesisParts = { roster: rosterOf([mint]), policies: [policy] };
const { file, deploymentId } = genesisFile(given);

const written = (value: unknown): Record<string, Json> & GenesisFile => JSON.parse(JSON.stringify(value)) as never;
const refusal = (changed: unknown): InvalidValue => {
  try {
    checkGenesis(changed, checks);
  } catch (error) {
    if (error instanceof InvalidValue) return error;
    throw error;
  }
  throw new Error("it was accepted");
};
const overridden = (overrides: Record<string, unknown>): GenesisFile => genesisFile({ ...given, overrides }).file;

describe("a genesis file", () => {
  it("is accepted when everybody has proven their credential", () => {
    const checked = checkGenesis(written(file), checks);
    expect(checked.deploymentId).toBe(deploymentId);
    expect(checked.genesis).toEqual(file.genesis);
    expect(checked.rosterHash).toBe(documentHash(file.genesis.roster));
    expect(checked.roster.keyByAccount(mint.account)?.id).toBe("hsm-mint");
    expect([...checked.policies]).toEqual([["GLD", policy]]);
  });

  it("is accepted by a browser's checks too, in any order of its proofs", () => {
    const shuffled = { ...file, possessions: [...file.possessions].reverse() };
    expect(checkGenesis(written(shuffled), nobleChecks).deploymentId).toBe(deploymentId);
  });

  it("is refused without the proof of any one credential, naming it", () => {
    for (const [index, { credential }] of file.possessions.entries()) {
      const error = refusal({ ...file, possessions: file.possessions.toSpliced(index, 1) });
      expect(error.code).toBe("genesis.missing-possession");
      expect(error.message).toContain(credential);
    }
  });

  it("is refused with any proof replaced by one for another deployment", () => {
    const other = genesisFile({ ...given, overrides: { salt: `0x${"7".repeat(64)}` } });
    for (const index of file.possessions.keys()) {
      const error = refusal({ ...file, possessions: file.possessions.with(index, other.file.possessions[index]!) });
      expect(error).toMatchObject({ code: "genesis.foreign-possession", field: `possessions.${index}` });
    }
  });

  it("is refused with the right words signed for another deployment", () => {
    const foreign = sign("ida", documentHash(policy), "Possession", {
      holder: "ida",
      credential: "ida-1",
      documentHash: deploymentId,
    });
    expect(refusal({ ...file, possessions: file.possessions.with(0, foreign) })).toMatchObject({
      code: "genesis.invalid-possession",
    });
  });

  it("is refused with a proof that somebody else signed", () => {
    const [ida, ivan] = file.possessions as [GenesisFile["possessions"][number], GenesisFile["possessions"][number]];
    expect(refusal({ ...file, possessions: file.possessions.with(0, { ...ida, proof: ivan.proof }) }).code).toBe(
      "genesis.invalid-possession",
    );
  });

  it("is refused with a proof for another holder, twice, of a stranger, or of another kind", () => {
    const [ida] = file.possessions;
    const taken = sign("ida", deploymentId, "Possession", {
      holder: "ivan",
      credential: "ida-1",
      documentHash: deploymentId,
    });
    const renamed = sign("ida", deploymentId, "Possession", {
      holder: "ida",
      credential: "ivan-1",
      documentHash: deploymentId,
    });
    const stranger = { ...ida, credential: "mallory-1" };
    const freeze = sign("otto", deploymentId, "Freeze", {
      scope: "deployment",
      target: "deployment",
      reason: "x",
      freezeId: deploymentId,
    });
    expect(refusal({ ...file, possessions: file.possessions.with(0, taken) }).code).toBe("genesis.foreign-possession");
    expect(refusal({ ...file, possessions: file.possessions.with(0, renamed) }).code).toBe(
      "genesis.foreign-possession",
    );
    expect(refusal({ ...file, possessions: [...file.possessions, ida] }).code).toBe("genesis.duplicate-possession");
    expect(refusal({ ...file, possessions: [...file.possessions, stranger] }).code).toBe("genesis.foreign-possession");
    expect(refusal({ ...file, possessions: [...file.possessions, freeze] }).code).toBe("genesis.foreign-possession");
    expect(refusal({ ...file, possessions: [...file.possessions, { ...ida, message: {} }] })).toMatchObject({
      field: `possessions.${file.possessions.length}.message.holder`,
    });
  });

  it("is refused when any part of the genesis changed after the proofs", () => {
    const genesis = { ...file.genesis, ceilings: { ...file.genesis.ceilings, otherKeys: { feesPerDayWei: "1" } } };
    expect(refusal({ ...file, genesis }).code).toBe("genesis.foreign-possession");
  });
});

describe("the policies of a genesis", () => {
  const withPolicies = (...policies: Json[]): unknown => ({ ...file, policies });

  it("are the ones it names, each once", () => {
    expect(refusal(withPolicies({ ...policy, rules: ["mint"] }))).toMatchObject({
      code: "genesis.policy-hash",
      field: "policies.0",
    });
    expect(refusal(withPolicies({ ...policy, asset: "SLV" })).code).toBe("genesis.policy-hash");
    expect(refusal(withPolicies(policy, policy)).code).toBe("genesis.duplicate-policy");
    expect(refusal(withPolicies()).code).toBe("genesis.missing-policy");
    const named = { asset: "GLD", hash: documentName(documentHash(policy)) };
    expect(refusal(overridden({ policies: [named, named] })).code).toBe("genesis.duplicate-policy");
  });

  it("are first versions", () => {
    for (const later of [
      { ...policy, version: 2 },
      { ...policy, previous: documentName(documentHash(policy)) },
    ]) {
      expect(refusal(genesisFile({ ...given, policies: [later] }).file)).toMatchObject({
        code: "genesis.first-version",
        field: "policies.0",
      });
    }
  });

  it("have a canonical form", () => {
    for (const odd of [0.5, -0]) expect(refusal(withPolicies({ ...policy, odd })).code).toBe("genesis.malformed");
    for (const none of [null, "x", [], { asset: "GLD" }])
      expect(refusal(withPolicies(none)).code).toBe("genesis.policy-malformed");
  });
});

describe("the rest of a genesis", () => {
  it("has a consistent first roster", () => {
    expect(refusal(overridden({ roster: { ...given.roster, version: 2 } })).code).toBe("genesis.first-version");
    expect(refusal(overridden({ roster: rosterOf([mint, mint]) })).code).toBe("roster.duplicate-key");
  });

  it("names each chain once", () => {
    const [chain] = file.genesis.chains;
    expect(refusal(overridden({ chains: [chain, chain] })).code).toBe("genesis.duplicate-chain");
  });

  it("has log and witness keys that are sound, distinct and nobody's credential", () => {
    const log = publicPart(logKey) as { publicKey: string };
    const ida = publicPart(credentialOf("ida")) as { publicKey: string };
    const ivan = publicPart(credentialOf("ivan")) as { publicKey: string };
    const weak = `0x01${"00".repeat(31)}`;
    const { publicKey: sound } = witnessKey("w");
    const cases = [
      { log: { publicKey: "0x00" } },
      { log: { publicKey: weak } },
      { log: { publicKey: ida.publicKey } },
      { witnesses: { min: 1, keys: [] } },
      { witnesses: { min: 0, keys: [{ name: "w", publicKey: log.publicKey }] } },
      { witnesses: { min: 0, keys: [{ name: "w", publicKey: ivan.publicKey }] } },
      { witnesses: { min: 0, keys: [{ name: "w", publicKey: weak }] } },
      { witnesses: { min: 1, keys: [{ name: "first witness", publicKey: sound }] } },
      { witnesses: { min: 1, keys: [{ name: "w+1", publicKey: sound }] } },
    ];
    for (const overrides of cases)
      expect(refusal(overridden(overrides)).code, JSON.stringify(overrides)).toBe("genesis.log-key");
  });

  it("names a witness that nobody waits for as it likes", () => {
    const keys = [{ name: "first witness", publicKey: witnessKey("w").publicKey }];
    expect(() => checkGenesis(overridden({ witnesses: { min: 0, keys } }), checks)).not.toThrow();
  });

  it("asks for more than half of its witnesses, or for none", () => {
    const witnesses = (min: number, of: number): unknown => {
      const keys = Array.from({ length: of }, (_, number) => `w${number}`).map((name) => ({
        name,
        publicKey: witnessKey(name).publicKey,
      }));
      return overridden({ witnesses: { min, keys } });
    };
    for (const [min, of] of [
      [0, 0],
      [0, 4],
      [1, 1],
      [2, 2],
      [2, 3],
      [3, 4],
      [3, 5],
    ] as const)
      expect(() => checkGenesis(witnesses(min, of), checks), `${min} of ${of}`).not.toThrow();
    for (const [min, of] of [
      [1, 2],
      [1, 3],
      [2, 4],
      [2, 5],
    ] as const)
      expect(refusal(witnesses(min, of)), `${min} of ${of}`).toMatchObject({
        code: "genesis.log-key",
        field: "genesis.witnesses",
        message: expect.stringContaining("ask for more than half") as string,
      });
  });

  it("is spelled as it is hashed", () => {
    const loud = written(file);
    const key = loud.genesis.roster.keys[0]!;
    (key as { account: string }).account = checksum(key.account);
    expect(refusal(loud).code).toBe("genesis.spelling");
  });

  it("has exactly its fields", () => {
    for (const bad of [null, 1, [], {}, { ...file, extra: 1 }, { ...file, genesis: { ...file.genesis, extra: 1 } }]) {
      expect(refusal(bad).code).toBe("genesis.malformed");
    }
  });
});
