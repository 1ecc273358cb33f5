/** The observer's process: its credential, its endpoints, the API it reports to, and the loop. */
import { chainReader } from "../adapters/json-rpc/chain-reader.ts";
import { connect } from "../adapters/json-rpc/connection.ts";
import { readObserveConfig } from "../config/observe-config.ts";
import type { Faults } from "../flow/faults.port.ts";
import type { ChainReader } from "../flow/observe/chain-reader.port.ts";
import type { Delivery } from "../flow/observe/delivery.port.ts";
import type { Watch } from "../flow/observe/observe.ts";
import { runObserver } from "../flow/observe/worker.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { rosterSchema } from "../roster/roster.ts";
import type { ChainId } from "../values/chain-id.ts";
import { Fault, InvalidValue } from "../values/errors.ts";
import { parseWith } from "../values/schema.ts";
import { noFaults } from "./faults.ts";
import { personOf, type Person } from "./person.ts";
import { createRest } from "./rest.ts";

export type Running = { readonly done: Promise<void>; readonly stop: () => void };

/** Starts looking; throws when the configuration or the credential is unusable. `done` resolves after `stop`. */
export function startObserver(
  configPath: string,
  { faults = noFaults, say = () => undefined }: { faults?: Faults; say?: (sentence: string) => void } = {},
): Running {
  const config = readObserveConfig(configPath);
  const person = personOf(config.api, config.credential, config.genesis);
  const readers = new Map<ChainId, ChainReader>(
    config.chains.map(({ id, rpc }) => [id, chainReader(connect({ url: rpc, chainId: id }))]),
  );
  const { rest, stopping, stop } = createRest(config.everyMs);
  const heard = new Set<string>();
  const done = runObserver({
    readers,
    delivery: deliveryOf(person),
    faults,
    rest,
    stopping,
    report: ({ kind, what }) => {
      // Said once: a service that is away for an hour fills no disk.
      const news = kind !== "delivered" && !heard.has(what);
      if (kind === "delivered") heard.clear();
      if (news && heard.size < 100) heard.add(what);
      if (news) say(`${kind}: ${what}`);
    },
  }).finally(() => {
    for (const reader of readers.values()) reader.close();
  });
  return { done, stop };
}

/**
 * Subjects come from the documents the service shows. A false one makes an observer look at something useless; one that is kept back makes
 * it say nothing of that token for as long, so that its facts grow stale, and what happened a day before it is shown is not looked for.
 */
function deliveryOf({ client, genesis }: Person): Delivery {
  return {
    watch: async () => {
      const [policies, roster, wanted] = await asFaults(
        Promise.all([client.policies(), client.roster(), client.observationsWanted()]),
      );
      const documents = policies.map(({ document }) => readPolicyDocument(document));
      const { keys } = parseWith(rosterSchema, roster.document, "observe.roster");
      return genesis.chains.map((chain): Watch => {
        const local = documents.filter(({ token }) => token.chain === chain.id);
        const tokens = local.map(({ token: { address, standard } }) => ({ address, standard }));
        const feeds = local.flatMap((document) => Object.values(document.feeds ?? {}).map(({ address }) => address));
        const here = new Set(wanted.filter(({ chainId }) => chainId === chain.id).map(({ subject }) => subject));
        return {
          chain,
          lifetime: genesis.lifetimes.observation,
          tokens,
          accounts: keys.map(({ account }) => account),
          feeds: [...new Set(feeds)],
          wanted: [...here],
        };
      });
    },
    deliver: async (observation) => {
      const posted = await client.say("ChainObservation", observation);
      switch (posted.kind) {
        case "delivered":
          return { kind: "delivered" };
        case "refused":
          return { kind: "refused", code: posted.code, why: posted.message };
        case "not-delivered":
          throw new Fault("observe.not-delivered", posted.why, "safe");
      }
    },
  };
}

/** A service that answers nonsense is as good as away. */
async function asFaults<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof InvalidValue) throw new Fault("observe.refused", error.message, "safe");
    throw error;
  }
}
