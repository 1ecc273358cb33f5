/** The real flow over a real chain in one process: gate, serve and three observers, each endpoint behind one that may lie. */
import { chainEndpoint } from "../../../src/adapters/json-rpc/chain-endpoint.ts";
import { chainReader } from "../../../src/adapters/json-rpc/chain-reader.ts";
import { connect } from "../../../src/adapters/json-rpc/connection.ts";
import { secretCredential } from "../../../src/adapters/credential/credential-file.ts";
import { publicPart, signStatement } from "../../../src/adapters/credential/credential.ts";
import { grantRole } from "../../../src/adapters/anvil/demo-token.ts";
import { setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import type { ChainReader } from "../../../src/flow/observe/chain-reader.port.ts";
import type { RecordMemory } from "../../../src/flow/observe/recorded.ts";
import type { StrangerMemory } from "../../../src/flow/observe/strangers.ts";
import { lookOnce, type Said } from "../../../src/flow/observe/worker.ts";
import { together } from "../../../src/flow/serve/endpoints.ts";
import { genesisFileSchema } from "../../../src/genesis/genesis.ts";
import type { PolicyDocument } from "../../../src/policy/document/document.ts";
import type { Roster } from "../../../src/roster/roster.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import { keccak256 } from "../../../src/values/digest.ts";
import { Fault } from "../../../src/values/errors.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toBytes, parse as parseHex } from "../../../src/values/hex.ts";
import * as line from "../../../src/values/line.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { parseWith } from "../../../src/values/schema.ts";
import { toWire } from "../../../src/values/wire.ts";
import { localChain, startChain, tokenAdmin, type Chain } from "../../place/chain.ts";
import { openPlace, start } from "../../place/gate.ts";
import { approval, attestation, goldPolicy, submission, type Deployment } from "../../place/gold.ts";
import { startLiar, type Liar } from "../../place/liar.ts";
import { credentialOf, genesisFile, managedKey, rosterOf, testSecret } from "../../place/people.ts";
import { openServe, requestIdOf, type ServePlace } from "./place.ts";

/** Where a lie may sit: an observer's own endpoint, or one of the three that serve has. */
export type Seat = "obs-1" | "obs-2" | "obs-3" | "serve-1" | "serve-2" | "serve-3";
const observers = ["obs-1", "obs-2", "obs-3"] as const;
const serving = ["serve-1", "serve-2", "serve-3"] as const;

export type EndpointPlace = {
  readonly chain: Chain;
  readonly serve: ServePlace;
  readonly liars: Readonly<Record<Seat, Liar>>;
  /** Observers that look; all three unless a test sends one home. */
  looking: readonly (typeof observers)[number][];
  /** What people read since the test began: of requests, of observers, of the gate's refusals. */
  readonly told: Set<string>;
  /** Everything once: observers look, serve does what is due, a block is mined unless the test holds it back. */
  readonly round: (mines?: boolean) => Promise<void>;
  /** Blocks a second apart. */
  readonly mine: (blocks: number) => Promise<void>;
  /** Time passes, and the reserves are attested anew. */
  readonly jump: (seconds: number) => Promise<void>;
  /** A mint of one unit that two custodians approved. */
  readonly approved: (reference: string) => Promise<Envelope>;
  readonly close: () => Promise<void>;
};

export type EndpointOptions = {
  /** How many of the three endpoints serve has. */
  readonly endpoints: 1 | 3;
  readonly finality?: { readonly kind: "tag" } | { readonly kind: "depth"; readonly blocks: number };
  readonly timeoutMs?: number;
  /** Instead of the gold token's; the token in it is the chain's. */
  readonly policy?: (overrides: Readonly<Record<string, unknown>>) => PolicyDocument;
  /** Fields of the genesis instead of those of every test. */
  readonly genesis?: Readonly<Record<string, unknown>>;
  /** What happened on the chain before there was a deployment. */
  readonly before?: (chain: Chain) => Promise<void>;
};

export async function openEndpointPlace(options: EndpointOptions, shared?: Chain): Promise<EndpointPlace> {
  const chain = shared ?? (await startChain("manual"));
  const key = managedKey("hsm-mint");
  await options.before?.(chain);
  if (shared === undefined) {
    await chain.rpc("evm_setNextBlockTimestamp", start);
    await chain.rpc("evm_setAutomine", true);
    await grantRole(chain.url, { token: chain.token, admin: tokenAdmin, role: "MINTER_ROLE", to: key.account });
    await chain.rpc("evm_setAutomine", false);
  }
  await setBalance(chain.url, key.account, 10n ** 22n);
  const deployment = await deploymentOn(chain, options);
  const liars = Object.fromEntries(
    await Promise.all([...observers, ...serving].map(async (seat) => [seat, await startLiar(chain.url)] as const)),
  ) as Record<Seat, Liar>;
  const { timeoutMs = 5_000 } = options;
  const reach = (seat: Seat) => connect({ url: liars[seat].url, chainId: localChain, timeoutMs });
  const endpoint = together(
    serving.slice(0, options.endpoints).map((seat) => chainEndpoint(reach(seat))),
    { ticks: () => serve.gatePlace.now * 1_000, graceMs: 50, restMs: 5_000 },
  );
  const finality = options.finality ?? ({ kind: "tag" } as const);
  const serve = await openServe(openPlace(deployment), { endpoint, finality, replaceAfterSeconds: 60 });
  const readers = new Map(observers.map((seat) => [seat, chainReader(reach(seat))] as const));
  const said = new Map(observers.map((seat) => [seat, new Map() as Said] as const));
  const strangers = new Map(observers.map((seat) => [seat, new Map() as StrangerMemory] as const));
  const records = new Map(observers.map((seat) => [seat, new Map() as RecordMemory] as const));
  const [watched] = parseWith(genesisFileSchema, deployment.file, "test").genesis.chains;

  const look = async (seat: (typeof observers)[number], reader: ChainReader): Promise<void> => {
    try {
      await lookOnce(
        {
          readers: new Map([[localChain, reader]]),
          delivery: {
            watch: async () => [
              {
                chain: watched!,
                lifetime: "10m",
                tokens: [{ address: chain.token, standard: "role-erc20" }],
                accounts: [key.account],
                feeds: [],
                wanted: (await serve.desk.observationsWanted()).map(({ subject }) => subject),
              },
            ],
            deliver: async (observation) => {
              const envelope = signStatement(secretOf(seat), deployment.deploymentId, "ChainObservation", observation);
              const answer = await serve.desk.post(envelope, undefined);
              if (answer.kind === "receipt") return { kind: "delivered" };
              return { kind: "refused", code: answer.kind, why: JSON.stringify(answer) };
            },
          },
          faults: { at: () => Promise.resolve() },
          rest: () => Promise.resolve(),
          stopping: () => false,
          report: ({ kind, what }) => {
            if (kind !== "delivered") place.told.add(`${seat}: ${what}`);
          },
        },
        said.get(seat) ?? (new Map() as Said),
        strangers.get(seat),
        records.get(seat),
      );
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      place.told.add(`${seat}: ${error.message}`);
    }
  };

  /** The chain's time is the gate's, and gas has a price though blocks are empty. */
  const mine = async (blocks: number): Promise<void> => {
    await chain.rpc("evm_setNextBlockTimestamp", serve.gatePlace.now);
    await chain.rpc("anvil_setNextBlockBaseFeePerGas", baseFee);
    await chain.rpc("anvil_mine", `0x${blocks.toString(16)}`, "0x1");
    serve.gatePlace.now += blocks - 1;
  };
  let attested = 0;
  const attest = (): Envelope => {
    attested += 1;
    return attestation(deployment, serve.gatePlace.now, { reserves: String(10n ** 26n), sequence: attested });
  };

  const place: EndpointPlace = {
    chain,
    serve,
    liars,
    looking: observers,
    mine,
    told: new Set(),
    round: async (mines = true) => {
      serve.gatePlace.now += 1;
      await Promise.all(place.looking.map((seat) => look(seat, readers.get(seat)!)));
      await serve.step();
      for (const { waitsFor } of await serve.store.requests({ limit: 5 })) place.told.add(waitsFor);
      if (mines) await mine(1);
    },
    jump: async (seconds) => {
      serve.gatePlace.now += seconds;
      await mine(1);
      await serve.gatePlace.admit(attest());
    },
    approved: async (reference) => {
      const said = submission(deployment, {
        now: serve.gatePlace.now,
        intent: { reference, amount: String(10n ** 18n) },
      });
      for (const one of [said, approval(deployment, said, "carla"), approval(deployment, said, "chris")])
        await serve.desk.post(one, undefined);
      return said;
    },
    close: async () => {
      for (const reader of readers.values()) reader.close();
      await Promise.all(Object.values(liars).map((liar) => liar.close()));
      await serve.close();
      if (shared === undefined) await chain.stop();
    },
  };
  await place.jump(3);
  return place;
}

/** How many times the token's Transfer from nobody is on the chain, by block. */
export async function mintsOn(chain: Chain): Promise<readonly { readonly amount: bigint; readonly txHash: string }[]> {
  const topics = [transferTopic, `0x${"0".repeat(64)}`];
  const logs = await chain.rpc("eth_getLogs", { address: chain.token, fromBlock: "0x0", toBlock: "latest", topics });
  return (logs as { data: string; transactionHash: string }[]).map(({ data, transactionHash }) => ({
    amount: BigInt(data),
    txHash: transactionHash,
  }));
}

const baseFee = "0x77359400";
const transferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

export const stateOf = async ({ serve }: EndpointPlace, said: Envelope) => {
  const found = await serve.store.request(requestIdOf(said));
  if (found === undefined) throw new Error("there is no such request");
  return found;
};

const secretOf = (seat: (typeof observers)[number]) =>
  seat === "obs-3"
    ? secretCredential({ kind: "key", id: parseName("obs-3-1"), privateKey: testSecret("obs-3") })
    : credentialOf(seat);

/** The gold deployment over the chain's own token, with a third observer of whom two are enough. */
async function deploymentOn(
  { token, rpc }: Chain,
  { finality, policy: written = goldPolicy, genesis = {} }: EndpointOptions,
): Promise<Deployment> {
  const code = parseHex(String(await rpc("eth_getCode", token, "latest")));
  const policy = written({
    token: {
      chain: localChain,
      address: token,
      decimals: 18,
      standard: "role-erc20",
      codehash: keccak256(toBytes(code)),
    },
  });
  const key = managedKey("hsm-mint");
  const third = secretOf("obs-3");
  const everybody = rosterOf([key]);
  const roster: Roster = {
    ...everybody,
    services: [
      ...everybody.services,
      {
        id: parseName("obs-3"),
        name: line.parse("Third"),
        groups: [parseName("observers")],
        credentials: [publicPart(third)],
      },
    ],
  };
  const chains = [{ id: localChain, observeEvery: 1, freshness: "120s", finality: finality ?? { kind: "tag" } }];
  const { file, deploymentId } = genesisFile({
    roster,
    policies: [policy as unknown as Json & { asset: string }],
    overrides: { chains, ...genesis },
  });
  const possession = { holder: "obs-3", credential: "obs-3-1", documentHash: deploymentId };
  const possessions = [...file.possessions, signStatement(third, deploymentId, "Possession", possession)];
  return {
    file: toWire({ ...file, possessions }),
    deploymentId,
    policy,
    policyHash: hash(policy),
    rosterHash: hash(roster),
    key,
  };
}
