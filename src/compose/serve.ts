/** The service's process: store, gate socket, chain endpoints, worker, and the API on top. */
import { systemClock } from "../adapters/clock/system.ts";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { chainEndpoint } from "../adapters/json-rpc/chain-endpoint.ts";
import { connect } from "../adapters/json-rpc/connection.ts";
import { connectGate } from "../adapters/socket/client.ts";
import { openPostgresStore } from "../adapters/sql-store/postgres.ts";
import { openSqliteStore } from "../adapters/sql-store/sqlite.ts";
import { connectWitness } from "../adapters/tlog-witness/client.ts";
import { readServeConfig, type ServeConfig } from "../config/serve-config.ts";
import type { Clock } from "../flow/clock.port.ts";
import type { Faults } from "../flow/faults.port.ts";
import { together } from "../flow/serve/endpoints.ts";
import type { ChainPlace } from "../flow/serve/parts.ts";
import type { WitnessEndpoint } from "../flow/serve/witness.port.ts";
import { startServing } from "../flow/serve/serve.ts";
import type { Store } from "../flow/serve/store.port.ts";
import { engine } from "../gate/engine.ts";
import { deploymentId, type Genesis } from "../genesis/genesis.ts";
import { createApi } from "../http/api.ts";
import { listen } from "../http/listen.ts";
import { createMetrics } from "../http/metrics.ts";
import * as duration from "../values/duration.ts";
import { Fault } from "../values/errors.ts";
import { consoleFiles } from "./console-files.ts";
import { noFaults } from "./faults.ts";
import { readGenesis } from "./person.ts";
import { receiversOf } from "./receivers.ts";

export type Served = { readonly url: string; readonly done: Promise<void>; readonly stop: () => Promise<void> };

/** Resolves when the API listens. `done` rejects with the bug that ended the worker, if one does. */
export async function startServe(
  configPath: string,
  { clock = systemClock, faults = noFaults }: { clock?: Clock; faults?: Faults } = {},
): Promise<Served> {
  const config = readServeConfig(configPath);
  const genesis = readGenesis(config.genesis);
  const receivers = receiversOf(config.notify, clock);
  const escalateSeconds = duration.parse(config.notify.escalateBefore);
  const store = await openStore(config);
  const gate = connectGate(config.gate);
  const chains = chainPlaces(config, genesis);
  const witnesses = witnessesOf(config, genesis);
  const metrics = createMetrics(engine);
  const serving = startServing({
    deploymentId: deploymentId(genesis),
    store,
    gate,
    chains,
    clock,
    faults,
    checks: nativeChecks(),
    witnessing: { min: genesis.witnesses.min, witnesses },
    pollMs: config.pollMs,
    notifying: { receivers, escalateSeconds },
    heard: metrics,
  });
  const api = createApi(serving.desk, { clock, metrics, console: consoleFiles() });
  const server = await listen(api, config.api);
  return {
    url: server.url,
    done: serving.done,
    stop: async () => {
      await server.close();
      await serving.stop();
      gate.close();
      for (const { endpoint } of chains.values()) endpoint.close();
      await store.close();
    },
  };
}

/** Those of the genesis that are configured; fewer than it asks for, and nothing would ever be signed. */
function witnessesOf(config: ServeConfig, genesis: Genesis): readonly WitnessEndpoint[] {
  const { min, keys } = genesis.witnesses;
  const found = config.witnesses.map(({ name, url }) => {
    const key = keys.find((one) => one.name === name);
    if (key === undefined)
      throw new Fault("config.unknown-witness", `witness \`${name}\` is configured and not in the genesis`, "never");
    return connectWitness({ key, url });
  });
  const different = new Set(found.map(({ key }) => key.name)).size;
  if (different < found.length) throw new Fault("config.unknown-witness", "a witness is configured twice", "never");
  if (found.length < min)
    throw new Fault(
      "config.too-few-witnesses",
      `the genesis asks for ${String(min)} witnesses, and ${String(found.length)} are configured`,
      "never",
    );
  return found;
}

function openStore({ store }: ServeConfig): Promise<Store> {
  return store.kind === "sqlite" ? openSqliteStore(store.path) : openPostgresStore(store.url);
}

/** Endpoints of the chains that the genesis names; another one is a mistake worth stopping for. */
function chainPlaces(config: ServeConfig, genesis: Genesis): ReadonlyMap<number, ChainPlace> {
  return new Map(
    config.chains.map(({ id, rpc, replaceAfter }) => {
      const chain = genesis.chains.find((one) => one.id === id);
      if (chain === undefined)
        throw new Fault("config.unknown-chain", `chain ${String(id)} is configured and not in the genesis`, "never");
      const policy = replaceAfter === "never" ? {} : { replaceAfterSeconds: duration.parse(replaceAfter) };
      const endpoints = rpc.map((url) => chainEndpoint(connect({ url, chainId: id })));
      const endpoint = together(endpoints, { ticks: () => performance.now() });
      return [id, { endpoint, finality: chain.finality, ...policy }];
    }),
  );
}
