/** Who held a token at the end of a block: everybody who ever got some, by its events, with what the contract says each has there. */
import { transferTopic } from "../../evidence/token-event.ts";
import type { Holding } from "../../evidence/entitlement.ts";
import type { Block } from "../../flow/observe/chain-reader.port.ts";
import * as address from "../../values/address.ts";
import type { Address } from "../../values/address.ts";
import * as amount from "../../values/amount.ts";
import { keccak256, utf8 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import { eventsAnswer } from "./answers.ts";
import { understand, withoutBytes, type Connection } from "./connection.ts";

/** One word of a call's result, at one block. */
export type ReadWord = (contract: Address, data: string, block: Block) => Promise<string>;

const selector = (signature: string): string => keccak256(utf8(signature)).slice(0, 10);
const calls = { balanceOf: selector("balanceOf(address)"), totalSupply: selector("totalSupply()") };

/** Asked at once, so that an endpoint is not flooded. */
const atOnce = 20;
/** More than any distribution has holders, with those who sold. */
const mostAddresses = 200_000;

/**
 * In the order of their addresses, nobody without a balance. Throws a `Fault` when they do not have the whole supply together: then
 * somebody holds it who never got any by an event, and nobody says who.
 */
export async function holdersAt(
  connection: Connection,
  { token, block, word }: { readonly token: Address; readonly block: Block; readonly word: ReadWord },
): Promise<readonly Holding[]> {
  const met = [...(await recipients(connection, token, block.number))].sort();
  const holders: Holding[] = [];
  for (let at = 0; at < met.length; at += atOnce) {
    const asked = met.slice(at, at + atOnce).map(async (holder) => {
      const balance = await word(token, `${calls.balanceOf}${holder.slice(2).padStart(64, "0")}`, block);
      return { address: holder, balance: amount.fromBigInt(BigInt(balance)) };
    });
    holders.push(...(await Promise.all(asked)).filter(({ balance }) => balance > 0n));
  }
  const supply = BigInt(await word(token, calls.totalSupply, block));
  const held = holders.reduce((sum, { balance }) => sum + balance, 0n);
  if (held === supply) return holders;
  throw new Fault(
    "chain.holders",
    `those who ever got some of ${token} hold ${String(held)} of ${String(supply)} at block ${String(block.number)}`,
    "safe",
  );
}

/** Of blocks from the first one on: as many at once as the endpoint answers, half as many when it does not. */
async function recipients(connection: Connection, token: Address, until: number): Promise<ReadonlySet<Address>> {
  const met = new Set<Address>();
  let span = until + 1;
  for (let from = 0; from <= until;) {
    const to = Math.min(until, from + span - 1);
    const filter = { address: token, fromBlock: height(from), toBlock: height(to), topics: [transferTopic] };
    const answer = await connection.send("eth_getLogs", [filter]);
    if (answer.kind !== "answered") {
      if (span === 1)
        throw new Fault(
          "chain.no-answer",
          `the endpoint does not answer \`eth_getLogs\`: ${withoutBytes(answer.kind === "unknown" ? answer.why : answer.message)}`,
          "safe",
        );
      span = Math.ceil(span / 2);
      continue;
    }
    for (const log of understand(eventsAnswer, "eth_getLogs", answer.result)) note(met, log.topics[2]);
    if (met.size > mostAddresses)
      throw new Fault(
        "chain.holders",
        `more than ${String(mostAddresses)} addresses ever got some of ${token}`,
        "never",
      );
    from = to + 1;
    span = Math.min(until + 1, span * 2);
  }
  return met;
}

/** A recipient is indexed; what is burned goes to nobody. */
function note(met: Set<Address>, topic: string | undefined): void {
  if (topic?.startsWith(`0x${"0".repeat(24)}`) !== true) return;
  const holder = address.parse(`0x${topic.slice(26)}`);
  if (holder !== address.zero) met.add(holder);
}

function height(value: number): string {
  return `0x${value.toString(16)}`;
}
