/** A gate and two observers around one token on a local chain: what is asked is approved, looked at, signed or refused, and mined. */
import { expect } from "vitest";
import { chainReader } from "../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../src/adapters/json-rpc/connection.ts";
import { gasBounds } from "../../src/chain/gas.ts";
import { compare } from "../../src/chain/outcome.ts";
import { parse as parseTransaction } from "../../src/chain/transaction.ts";
import { transaction as transactionSubject } from "../../src/evidence/subject.ts";
import type { SeenReceipt } from "../../src/evidence/outcome.ts";
import type { ChainReader } from "../../src/flow/observe/chain-reader.port.ts";
import { observe, type Sighting } from "../../src/flow/observe/observe.ts";
import type { GateAnswer } from "../../src/gate/wire.ts";
import { genesisFileSchema } from "../../src/genesis/genesis.ts";
import type { Operation } from "../../src/intent/operation.ts";
import { offered, type Standard } from "../../src/intent/standard.ts";
import { compile } from "../../src/policy/compile/compile.ts";
import type { Decision } from "../../src/policy/decision.ts";
import { needsOf } from "../../src/policy/profile.ts";
import { zero, type Address } from "../../src/values/address.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { parseWith } from "../../src/values/schema.ts";
import { localChain, type Chain } from "./chain.ts";
import { fees, openPlace, requestIdOf, softBackend } from "./gate.ts";
import { approval, attestation, goldDeployment, goldPolicy, idOf, intentOf, submission } from "./gold.ts";
import { managedKey, sign } from "./people.ts";

/** The account that signs. */
export const agent = managedKey("hsm-mint").account;

/** `amount` is in whole units of the token. */
export type Asked = { readonly to?: Address; readonly amount?: number } & Readonly<Record<string, unknown>>;

export type TokenDesk = {
  readonly reader: ChainReader;
  /** Signed, sent, mined, and what was approved. */
  readonly done: (operation: Operation, asked?: Asked) => Promise<void>;
  /** Signed, sent and mined, and the contract would not have it. */
  readonly reverted: (operation: Operation, asked?: Asked) => Promise<void>;
  /** Not signed for these clauses alone, and the key was never asked. */
  readonly refused: (operation: Operation, asked: Asked, code: string, ...clauses: readonly string[]) => Promise<void>;
  /** What the auditor says of the vault, in whole units; each time the next word. */
  readonly attest: (reserves: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Profile = {
  readonly standard: Standard;
  readonly address: Address;
  readonly decimals: number;
  /** What else observers look at, and what one of them then says in place of what there is. */
  readonly feeds?: readonly Address[];
  readonly told?: (sighting: Sighting, by: string) => Sighting;
};

/** `pinned` are the fields of the token that its standard has besides, `more` those of the policy. */
export async function openTokenDesk(
  chain: Chain,
  { standard, address, decimals, feeds = [], told = (sighting) => sighting }: Profile,
  pinned: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<TokenDesk> {
  const reader = chainReader(connect({ url: chain.url, chainId: localChain }));
  const codehash = await reader.codeHash(address, await reader.head());
  const written = goldPolicy({
    token: { chain: localChain, address, decimals, standard, codehash, ...pinned },
    guards: [],
    limits: [],
    ...more,
    rules: offered(standard).map((operation) => ({
      id: operation,
      when: { operation, initiator: { group: "issuers" } },
      tiers: [{ upTo: "max", quorum: { group: "custodians", min: 1 }, sign: "hsm-mint" }],
    })),
  });
  const policy = compile(written);
  const deployment = goldDeployment({ policy: written });
  const place = openPlace(deployment, softBackend());
  const [watched] = parseWith(genesisFileSchema, deployment.file, "test").genesis.chains;
  let turn = 0;

  /** Two observers look for themselves, at a new beat. */
  const look = async (wanted: readonly string[]): Promise<void> => {
    await chain.mine(watched!.observeEvery);
    place.now = (await reader.head()).time + 2;
    const watch = {
      chain: watched!,
      lifetime: "10m",
      tokens: [{ address, standard }],
      accounts: [agent],
      feeds,
      wanted,
    };
    const sightings = await observe(reader, watch);
    for (const by of ["obs-1", "obs-2"] as const)
      for (const sighting of sightings)
        expect(
          await place.admit(sign(by, deployment.deploymentId, "ChainObservation", told(sighting, by))),
        ).toMatchObject({
          kind: "admitted",
        });
  };

  const ask = async (
    operation: Operation,
    { to = zero, amount = 0, ...further }: Asked,
  ): Promise<{ readonly answer: GateAnswer; readonly intent: ReturnType<typeof intentOf> }> => {
    turn += 1;
    place.now = (await reader.head()).time + 2;
    const baseUnits = String(BigInt(amount) * 10n ** BigInt(decimals));
    const paid = { reference: `T-${turn}`, feeCeilingWei: String(2n * 10n ** 16n) };
    const asked = {
      now: place.now,
      requestId: idOf(`request ${turn}`),
      intent: { operation, to, amount: baseUnits, ...paid, ...further },
    };
    const intent = intentOf(deployment, asked);
    const statement = submission(deployment, asked, decimals);
    expect(await place.admit(statement)).toMatchObject({ kind: "admitted" });
    expect(await place.admit(approval(deployment, statement, "carla"))).toMatchObject({ kind: "admitted" });
    await look(needsOf(policy, intent).map(({ subject }) => subject));
    const gasLimit = gasBounds(standard, operation)!.usual;
    const wish = { verb: "sign", requestId: requestIdOf(statement), fees: { ...fees, gasLimit } } as const;
    return { answer: await place.gate.answer(wish), intent };
  };

  /** Mining is a task of its own in anvil: the answer to the sender may come first. */
  const minedReceipt = async (hash: Bytes32): Promise<SeenReceipt | undefined> => {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const receipt = await reader.receipt(hash);
      if (receipt !== undefined) return receipt;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return undefined;
  };

  const mined = async (operation: Operation, asked: Asked): Promise<ReturnType<typeof compare>> => {
    const { answer, intent } = await ask(operation, asked);
    if (answer.kind !== "signed") throw new Error(`${operation}: ${JSON.stringify(answer)}`);
    await chain.rpc("eth_sendRawTransaction", answer.raw);
    const { transaction, hash } = parseTransaction(answer.raw);
    const registry = policy.token.registries?.identity.address;
    const ofClaim = operation === "addClaim" || operation === "removeClaim";
    const called = ofClaim ? intent.identity : operation === "registerIdentity" ? registry : address;
    expect(transaction.to).toBe(called);
    const became = compare((await minedReceipt(hash))!, intent, transaction.to);
    // The gate hears of it from observers, once it is final.
    await chain.mine(3 * watched!.observeEvery);
    await look([transactionSubject(hash)]);
    return became;
  };

  return {
    reader,
    done: async (operation, asked = {}) => {
      expect(await mined(operation, asked), operation).toEqual({ kind: "as-approved" });
    },
    reverted: async (operation, asked = {}) => {
      expect(await mined(operation, asked), operation).toEqual({ kind: "reverted" });
    },
    attest: async (reserves) => {
      turn += 1;
      place.now = (await reader.head()).time + 2;
      const word = {
        token: address,
        decimals,
        reserves: String(BigInt(reserves) * 10n ** BigInt(decimals)),
        sequence: turn,
      };
      expect(await place.admit(attestation(deployment, place.now, word))).toMatchObject({ kind: "admitted" });
    },
    refused: async (operation, asked, code, ...clauses) => {
      const before = place.backend.asked();
      const { answer } = await ask(operation, asked);
      const { decision } = answer as { decision?: Decision };
      expect(answer.kind).not.toBe("signed");
      const failing = decision?.clauses.filter(({ ok }) => !ok).map(({ id }) => id);
      expect([decision?.code, failing]).toEqual([code, clauses]);
      expect(place.backend.asked()).toBe(before);
    },
    close: async () => {
      reader.close();
      await place.close();
    },
  };
}
