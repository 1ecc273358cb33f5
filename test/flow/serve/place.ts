/** Serve around a real gate and a real store, with a chain in memory and a clock that the test turns; a crash is a throw at a fault point. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openSqliteStore } from "../../../src/adapters/sql-store/sqlite.ts";
import { outcomeText } from "../../../src/evidence/outcome.ts";
import { transactionPrefix } from "../../../src/evidence/subject.ts";
import { advance } from "../../../src/flow/serve/advance.ts";
import { createCosigner, type Cosigner } from "../../../src/flow/serve/cosigner.ts";
import { createDesk } from "../../../src/flow/serve/desk.ts";
import { bundleFrom } from "../../../src/flow/serve/bundle.ts";
import { createLogView } from "../../../src/flow/serve/log-view.ts";
import type { Gate } from "../../../src/flow/serve/gate.port.ts";
import { createMirror, type Mirror } from "../../../src/flow/serve/mirror.ts";
import type { ChainPlace, Parts } from "../../../src/flow/serve/parts.ts";
import type { ServeParts } from "../../../src/flow/serve/serve.ts";
import type { Store } from "../../../src/flow/serve/store.port.ts";
import { createWatch } from "../../../src/flow/serve/watch.ts";
import type { Desk } from "../../../src/http/desk.port.ts";
import { genesisFileSchema, type Genesis } from "../../../src/genesis/genesis.ts";
import {
  entriesSchema,
  gateRequestSchema,
  headSchema,
  healthSchema,
  type GateAnswer,
  type GateRequest,
} from "../../../src/gate/wire.ts";
import { originOf } from "../../../src/log/checkpoint.ts";
import type { Request } from "../../../src/request/request.ts";
import { isEnd } from "../../../src/request/state.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { parse as parseInstant, plus } from "../../../src/values/instant.ts";
import { parseWith } from "../../../src/values/schema.ts";
import { toWire } from "../../../src/values/wire.ts";
import { bringEvidence, openPlace, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, observation, sightings } from "../../place/gold.ts";
import { endpointOf, firstWitness, openWitness, witnessesOf, type WitnessPlace } from "../../place/witness.ts";
import { fakeChain, type FakeChain } from "./fake-chain.ts";

/** Made once: its proofs of possession are what takes time. */
const deployment = goldDeployment({ overrides: { witnesses: witnessesOf(1, firstWitness) } });

export class Crash extends Error {}

export type ServePlace = {
  readonly gatePlace: GatePlace;
  readonly chain: FakeChain;
  readonly parts: Parts & {
    readonly mirror: Mirror;
    readonly cosigner: Cosigner;
    readonly witnessing: ServeParts["witnessing"];
  };
  /** The one that the genesis asks for, and how serve reaches it. */
  readonly witness: WitnessPlace;
  readonly reaching: ReturnType<typeof endpointOf>;
  readonly store: Store;
  readonly desk: Desk;
  /** Called at every fault point of serve. */
  fault: (point: string) => void;
  /** Everything that is due now, one step each; answers how many. */
  readonly step: () => Promise<number>;
  /** A second passes: a block, and what the observers see of it. */
  readonly tick: () => Promise<void>;
  /** What the observers see, finally, of the transactions that this desk waits for. */
  readonly observeOutcomes: (asking: Desk) => Promise<void>;
  /** Steps and ticks until every request has ended; throws after too many rounds. */
  readonly settle: () => Promise<void>;
  /** The process is killed and starts again; `forget` throws the store away. */
  readonly restart: (options?: { readonly forget: boolean }) => Promise<void>;
  readonly request: (said: Envelope) => Promise<Request>;
  readonly close: () => Promise<void>;
};

/** The gate behind the port, over the same parsing as a socket. */
export function gateOf(place: Pick<GatePlace, "gate">): Gate {
  return gateThat((request) => place.gate.answer(request));
}

export function gateThat(answer: (request: GateRequest) => Promise<GateAnswer>): Gate {
  const ask = async (body: object): Promise<GateAnswer> => await answer(gateRequestSchema.parse(toWire(body)));
  return {
    admit: (statement, attachment) => ask({ verb: "admit", statement, attachment }) as ReturnType<Gate["admit"]>,
    witnessed: (checkpoint) => ask({ verb: "admit", checkpoint }) as ReturnType<Gate["witnessed"]>,
    sign: (request) => ask(request) as ReturnType<Gate["sign"]>,
    entries: async (from, limit) => entriesSchema.parse(await ask({ verb: "entries", from, limit })),
    head: async () => headSchema.parse(await ask({ verb: "head" })),
    health: async () => healthSchema.parse(await ask({ verb: "health" })),
    close: () => undefined,
  };
}

export async function openServe(
  gatePlace = openPlace(deployment),
  /** Another endpoint than that of the chain in memory takes its evidence from elsewhere, too. */
  policy: Partial<ChainPlace> = {},
): Promise<ServePlace> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-serve-"));
  const chain = fakeChain(gatePlace.deployment.key.account);
  const log = { name: originOf(gatePlace.deployment.deploymentId), publicKey: logPublicKey(gatePlace) };
  const witness = openWitness(firstWitness, { log });
  Object.defineProperty(witness, "now", { get: () => gatePlace.now });
  const reaching = endpointOf(witness);
  const { min, keys } = witnessesIn(gatePlace);
  const witnessing = { min, witnesses: keys.length === 0 ? [] : [reaching] };
  let storeNumber = 0;
  let blockNumber = 10;

  const open = async () => {
    const store = await openSqliteStore(join(folder, `store-${storeNumber}.sqlite`));
    const basic = {
      store,
      gate: gateOf(gatePlace),
      deploymentId: gatePlace.deployment.deploymentId,
      chains: new Map([[31_337, { endpoint: chain.endpoint, finality: { kind: "tag" } as const, ...policy }]]),
      clock: { now: () => parseInstant(gatePlace.now) },
      faults: {
        at: (point: string) => {
          place.fault(point);
        },
      },
    };
    const mirror = createMirror(basic);
    const ticks = (): number => gatePlace.now * 1_000;
    const cosigner = createCosigner({ ...basic, ...witnessing, mirror, checks: nativeChecks(), ticks });
    const parts = { ...basic, mirror, cosigner, witnessing };
    const watch = createWatch(store, 50);
    const desk: Desk = createDesk({
      ...parts,
      watch,
      checks: nativeChecks(),
      wake: watch.stir,
      bundle: bundleFrom({ store, checkpoint: createLogView(parts).checkpoint }),
    });
    return { store, parts, desk };
  };

  const observeOutcomes = async (asking: Desk = place.desk): Promise<void> => {
    for (const { subject } of await asking.observationsWanted()) {
      const receipt = chain.final(bytes32.parse(subject.slice(transactionPrefix.length)));
      if (receipt === undefined) continue;
      const value = outcomeText({ ...receipt, nonce: 0 });
      for (const by of ["obs-1", "obs-2"] as const) {
        const seen = { blockNumber, blockTime: gatePlace.now, overrides: { finalized: true } };
        await asking.post(observation(gatePlace.deployment, by, { subject, fact: "outcome", value }, seen), undefined);
      }
    }
  };

  const place = {
    gatePlace,
    chain,
    witness,
    reaching,
    observeOutcomes,
    fault: (): void => undefined,
    step: async () => {
      const { parts, store } = place;
      await parts.mirror.pull();
      const now = parts.clock.now();
      const claimed = await store.claim(now, plus(now, 60), 100);
      for (const request of claimed) await advance(parts, request);
      return claimed.length;
    },
    tick: async () => {
      gatePlace.now += 1;
      blockNumber += 1;
      chain.mine();
      const values = { supply: chain.supply().toString(), nonce: String(chain.nonce()) };
      const seen = { blockNumber, blockTime: gatePlace.now };
      for (const one of sightings(gatePlace.deployment, seen, values)) await gatePlace.admit(one);
      await observeOutcomes();
    },
    settle: async () => {
      for (let round = 0; round < 200; round += 1) {
        const open = (await place.store.requests({ limit: 1_000 })).filter(
          ({ state }) => !isEnd(state) && state !== "needs-operator",
        );
        if (open.length === 0 && (await place.store.mirrored()) > 0 && round > 0) return;
        if ((await place.step()) === 0) await place.tick();
        await observeOutcomes();
      }
      throw new Error(
        `not settled: ${JSON.stringify((await place.store.requests({ limit: 9 })).map(({ state, waitsFor }) => [state, waitsFor]))}`,
      );
    },
    restart: async ({ forget } = { forget: false }) => {
      await place.store.close();
      if (forget) storeNumber += 1;
      Object.assign(place, await open());
    },
    request: async (said: Envelope) => {
      const found = await place.store.request(requestIdOf(said));
      if (found === undefined) throw new Error("there is no such request");
      return found;
    },
    close: async () => {
      await place.store.close();
      await gatePlace.close();
      rmSync(folder, { recursive: true, force: true });
    },
  } as unknown as ServePlace & { store: Store };
  Object.assign(place, await open());
  if (policy.endpoint === undefined) await bringEvidence(gatePlace);
  return place;
}

function witnessesIn({ deployment: { file } }: GatePlace): Genesis["witnesses"] {
  return parseWith(genesisFileSchema, file, "test").genesis.witnesses;
}

function logPublicKey({ deployment: { file } }: GatePlace): Genesis["log"]["publicKey"] {
  return parseWith(genesisFileSchema, file, "test").genesis.log.publicKey;
}

export const requestIdOf = (said: Envelope): Bytes32 => bytes32.parse(said.message["requestId"]);
