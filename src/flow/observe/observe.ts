/** One look at the chain: every standing subject at the newest beat, every awaited transaction at the newest final one, each signed. */
import { outcomeText } from "../../evidence/outcome.ts";
import * as subject from "../../evidence/subject.ts";
import { finalHeight } from "../../chain/finality.ts";
import type { Chain } from "../../genesis/genesis.ts";
import type { Message } from "../../statement/message.ts";
import type { Address } from "../../values/address.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { askedFacts, feedFacts, profileFacts, sayable, type StandingFact } from "./profile-facts.ts";
import * as bytes32 from "../../values/bytes32.ts";
import * as duration from "../../values/duration.ts";
import { plus } from "../../values/instant.ts";
import type { Block, ChainReader, WatchedToken } from "./chain-reader.port.ts";

/** What is looked at on one chain. */
export type Watch = {
  readonly chain: Chain;
  /** Longest life of an observation, as the genesis has it. */
  readonly lifetime: string;
  readonly tokens: readonly WatchedToken[];
  readonly accounts: readonly Address[];
  /** Contracts of feeds that policies read. */
  readonly feeds: readonly Address[];
  /** Subjects of transactions, holders and contracts that somebody waits for. */
  readonly wanted: readonly string[];
};

export type Sighting = Message<"ChainObservation">;

/** Sightings at the newest block divisible by `observeEvery`, so that observers meet; none while the chain is younger. */
export async function observe(reader: ChainReader, watch: Watch): Promise<readonly Sighting[]> {
  const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
  const final = finalHeight(watch.chain.finality, { head: head.number, finalized: finalized?.number });
  const beat = await reader.blockAt(newestBeat(head.number, watch.chain));
  const finalBeat = final === undefined ? undefined : await reader.blockAt(newestBeat(final, watch.chain));
  const standing = beat === undefined ? [] : await standingFacts(reader, watch, beat);
  const outcomes = finalBeat === undefined ? [] : await outcomeFacts(reader, watch, finalBeat);
  const isFinal = (block: Block): boolean => final !== undefined && block.number <= final;
  return [
    ...standing.map(([about, fact, value]) =>
      sighting(watch, beat ?? head, { subject: about, fact, value, finalized: beat !== undefined && isFinal(beat) }),
    ),
    ...outcomes.map(([about, value]) =>
      sighting(watch, finalBeat ?? head, { subject: about, fact: "outcome", value, finalized: true }),
    ),
  ];
}

/** The newest block at which observers meet that is final; undefined while the chain is younger. */
export async function finalBeat(reader: ChainReader, { chain }: Pick<Watch, "chain">): Promise<Block | undefined> {
  const [head, finalized] = await Promise.all([reader.head(), reader.finalized()]);
  const final = finalHeight(chain.finality, { head: head.number, finalized: finalized?.number });
  return final === undefined ? undefined : await reader.blockAt(newestBeat(final, chain));
}

export function newestBeat(height: number, { observeEvery }: Chain): number {
  return height - (height % observeEvery);
}

/** A service that asks for more than this is not followed further. */
const mostAsked = 1_000;

async function standingFacts(
  reader: ChainReader,
  { tokens, accounts, feeds, wanted }: Watch,
  block: Block,
): Promise<readonly StandingFact[]> {
  const ofToken = async (watched: WatchedToken): Promise<readonly StandingFact[]> => {
    const { address: token, standard } = watched;
    const about = subject.token(token);
    const said = async (fact: StandingFact[1], read: Promise<unknown>): Promise<StandingFact> => [
      about,
      fact,
      String(await read),
    ];
    const [own, more] = await Promise.all([
      sayable([
        said("codehash", reader.codeHash(token, block)),
        said("implementation", reader.implementation(token, block, standard)),
        said("supply", reader.totalSupply(watched, block)),
        said("paused", reader.paused(watched, block)),
      ]),
      profileFacts(reader, watched, block),
    ]);
    return [...own, ...more];
  };
  const ofAccount = async (account: Address): Promise<readonly StandingFact[]> => [
    [subject.account(account), "nonce", String(await reader.nonce(account, block))],
  ];
  // However many transactions are waited for: those are looked for by their receipts.
  const others = wanted.filter((about) => !about.startsWith(subject.transactionPrefix));
  const asked = fewAtOnce(others.slice(0, mostAsked), (about) => askedFacts(reader, tokens, about, block));
  return (
    await Promise.all([
      ...tokens.map(ofToken),
      ...accounts.map(ofAccount),
      feedFacts(reader, feeds, block),
      asked.then((facts) => facts.flat()),
    ])
  ).flat();
}

/** Receipts in a block not above the final beat; what is not there yet is not said. */
async function outcomeFacts(
  reader: ChainReader,
  { wanted }: Watch,
  block: Block,
): Promise<readonly (readonly [string, string])[]> {
  const hashes = wanted.map((about) => about.slice(subject.transactionPrefix.length)).filter(bytes32.is);
  const seen = await fewAtOnce(hashes, (hash) => reader.receipt(hash));
  return seen.flatMap((receipt) =>
    receipt !== undefined && receipt.blockNumber <= block.number
      ? [[subject.transaction(receipt.txHash), outcomeText(receipt)] as const]
      : [],
  );
}

export function sighting(
  { chain, lifetime }: Pick<Watch, "chain" | "lifetime">,
  block: Block,
  seen: Pick<Sighting, "subject" | "fact" | "value" | "finalized">,
): Sighting {
  const expiresAt = plus(block.time, duration.parse(lifetime));
  return {
    chainId: chain.id,
    blockNumber: block.number,
    blockHash: block.hash,
    blockTime: block.time,
    expiresAt,
    ...seen,
  };
}
