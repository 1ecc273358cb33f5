/** How a feed with the words of Chainlink's AggregatorV3 is asked for its figure: every word at one block. */
import type { SeenFeed } from "../../evidence/feed.ts";
import type { Block } from "../../flow/observe/chain-reader.port.ts";
import type { Address } from "../../values/address.ts";
import { keccak256, utf8 } from "../../values/digest.ts";
import { Fault, InvalidValue } from "../../values/errors.ts";
import * as hex from "../../values/hex.ts";
import * as line from "../../values/line.ts";
import { askingBy, malformed, type Asking, type Reads } from "./profile-reader.ts";

type Figure = Omit<SeenFeed, "code" | "implementation">;

const half = 1n << 255n;

/** Throws a `Fault` where the contract does not answer as a feed. */
export async function feedFigure(reads: Reads, feed: Address, block: Block): Promise<Figure> {
  const ask = askingBy(reads);
  const [row, decimals, description, aggregator] = await Promise.all([
    ask.row(feed, "latestRoundData()", block, 5),
    ask.one(feed, "decimals()", block),
    descriptionOf(reads, feed, block),
    aggregatorOf(ask, feed, block),
  ]);
  const [round = 0n, answer = 0n, , updatedAt = 0n, answeredInRound = 0n] = row;
  if (round >> 80n !== 0n || answeredInRound >> 80n !== 0n) throw malformed("latestRoundData()", "has no round");
  if (decimals > 99n) throw malformed("decimals()", "is no number of decimals");
  return {
    aggregator,
    decimals: Number(decimals),
    description,
    round: round.toString(),
    // An int256 in two's complement.
    answer: (answer >= half ? answer - 2n * half : answer).toString(),
    updatedAt: updatedAt.toString(),
    answeredInRound: answeredInRound.toString(),
  };
}

/** Only a proxy of feeds knows the word: a contract that refuses it is none. */
async function aggregatorOf(ask: Asking, feed: Address, block: Block): Promise<Address | null> {
  try {
    return await ask.address(feed, "aggregator()", block);
  } catch (error) {
    if (error instanceof Fault && error.code === "chain.refused") return null;
    throw error;
  }
}

/** One line of text as Solidity returns it: its offset, its length, and its bytes up to a whole number of words. */
async function descriptionOf({ call }: Reads, feed: Address, block: Block): Promise<line.Line> {
  const what = "description()";
  const bytes = hex.toBytes(await call(feed, keccak256(utf8(what)).slice(0, 10), block));
  const word = (index: number): bigint => BigInt(hex.fromBytes(bytes.slice(index * 32, index * 32 + 32)));
  if (bytes.length < 64 || word(0) !== 32n) throw malformed(what, "is no text");
  const length = word(1);
  if (length > 800n || BigInt(bytes.length) !== 64n + ((length + 31n) / 32n) * 32n) throw malformed(what, "is no text");
  try {
    return line.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(64, 64 + Number(length))));
  } catch (error) {
    if (error instanceof TypeError || error instanceof InvalidValue) throw malformed(what, "is not one line of text");
    throw error;
  }
}
