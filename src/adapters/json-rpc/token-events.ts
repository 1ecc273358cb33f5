/** Events by which a token says that its supply, its rulers or its code changed, in a stretch of blocks. */
import {
  changeIn,
  changeTopics,
  isOfNothing,
  minterIn,
  nobodyTopic,
  transferTopic,
} from "../../evidence/token-event.ts";
import type { TokenEvent } from "../../flow/observe/chain-reader.port.ts";
import type { Address } from "../../values/address.ts";
import { Fault } from "../../values/errors.ts";
import { eventsAnswer } from "./answers.ts";
import { ask, understand, type Connection } from "./connection.ts";

/** As many as every node answers at once. */
const blocksAtOnce = 1_000;

/** Transfers between holders are not asked for: there may be many. */
const filters: readonly (readonly unknown[])[] = [
  [transferTopic, nobodyTopic],
  [transferTopic, null, nobodyTopic],
  [changeTopics],
];

/** Of blocks from one to another, both included; in the order of the filters. A transfer of nothing is none. */
export async function tokenEvents(
  connection: Connection,
  token: Address,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly TokenEvent[]> {
  const found: TokenEvent[] = [];
  for (let at = from; at <= to; at += blocksAtOnce) {
    const until = Math.min(to, at + blocksAtOnce - 1);
    for (const topics of filters) found.push(...(await asked(connection, token, { from: at, to: until, topics })));
  }
  return found;
}

type Wanted = { readonly from: number; readonly to: number; readonly topics: readonly unknown[] };

async function asked(
  connection: Connection,
  token: Address,
  { from, to, topics }: Wanted,
): Promise<readonly TokenEvent[]> {
  const height = (value: number): string => `0x${value.toString(16)}`;
  const filter = { address: token, fromBlock: height(from), toBlock: height(to), topics };
  const logs = understand(eventsAnswer, "eth_getLogs", await ask(connection, "eth_getLogs", [filter]));
  return logs.flatMap((log) => {
    const what = changeIn(log.topics);
    if (what === undefined || log.address !== token || log.blockNumber < from || log.blockNumber > to)
      throw new Fault(
        "chain.malformed-answer",
        "the endpoint answers `eth_getLogs` with what was not asked for",
        "safe",
      );
    return isOfNothing(log)
      ? []
      : [{ txHash: log.transactionHash, blockNumber: log.blockNumber, what, minter: minterIn(log.topics) }];
  });
}
