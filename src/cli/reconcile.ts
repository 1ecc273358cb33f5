/** `countersign log reconcile`: a log held against a chain, through an endpoint of the auditor's own, with nobody else asked. */
import { finalHeight } from "../chain/finality.ts";
import { withChain, type ChainHistory } from "../compose/cli-chain.ts";
import { readLogSide, reconcile, type ChainSide, type LogSide, type UsedNonces } from "../gate/reconcile.ts";
import type { Chain } from "../genesis/genesis.ts";
import type { Address } from "../values/address.ts";
import { Fault } from "../values/errors.ts";
import { toIso, type Instant } from "../values/instant.ts";
import type { Given } from "./command.ts";
import { logOf, trustedBy } from "./given-log.ts";
import { no, Refused, yes, type Outcome } from "./outcome.ts";

type Block = NonNullable<Awaited<ReturnType<ChainHistory["blockAt"]>>>;
/** The final blocks from the log's first leaf to its last. */
type Span = { readonly first: Block; readonly last: Block };

export async function reconcileLog(given: Given): Promise<Outcome> {
  const { genesis } = trustedBy(given.text("genesis")).standing;
  const log = readLogSide((await logOf(given)).entries);
  const chain = chainNamed(genesis.chains, given.maybe("chain"));
  return await withChain(given.text("rpc"), chain.id, async (history) => {
    const span = await spanOf(history, chain, log);
    if (span === undefined)
      return yes(["no final block is as old as the log: there is nothing to compare yet"], { ok: true, blocks: 0 });
    const { events, nonces, unmatched } = reconcile(log, await chainSide(history, chain, log, span));
    const { first, last } = span;
    const where = `blocks ${first.number} to ${last.number}, of ${toIso(first.time)} to ${toIso(last.time)}`;
    const json = { ok: unmatched.length === 0, events, nonces, from: first.number, to: last.number, unmatched };
    if (unmatched.length === 0)
      return yes([`all ${events} events and ${nonces} nonces of chain ${chain.id} are in the log (${where})`], json);
    const told = unmatched.map(({ what, why }) => `${what}: ${why}`);
    return no([...told, `freeze what this is about, pause the token, and find out why (${where})`], json);
  });
}

function chainNamed(chains: readonly Chain[], asked: string | undefined): Chain {
  const found = asked === undefined && chains.length === 1 ? chains[0] : chains.find(({ id }) => String(id) === asked);
  if (found !== undefined) return found;
  const known = chains.map(({ id }) => id).join(", ");
  throw new Refused("log.unknown-chain", `say --chain, one of ${known}; not \`${asked ?? ""}\``);
}

async function spanOf(history: ChainHistory, { finality }: Chain, log: LogSide): Promise<Span | undefined> {
  const final = finalHeight(finality, await history.heads());
  if (final === undefined) return undefined;
  const last = await newestUntil(history, final, log.until);
  const before = await newestUntil(history, final, log.from);
  if (last === undefined) return undefined;
  const first = before === undefined ? await history.blockAt(0) : await history.blockAt(before.number + 1);
  return first === undefined || first.number > last.number ? undefined : { first, last };
}

/** The newest block not above `top` whose time is not after `until`; times grow with heights. */
async function newestUntil(history: ChainHistory, top: number, until: Instant): Promise<Block | undefined> {
  let found: Block | undefined;
  for (let [low, high] = [0, top]; low <= high;) {
    const middle = Math.floor((low + high) / 2);
    const block = await history.blockAt(middle);
    if (block === undefined) throw new Fault("chain.no-answer", `the endpoint has no block ${middle}`, "safe");
    if (block.time <= until) [found, low] = [block, middle + 1];
    else high = middle - 1;
  }
  return found;
}

async function chainSide(history: ChainHistory, { id: chainId }: Chain, log: LogSide, span: Span): Promise<ChainSide> {
  const receipts = new Map<
    ChainSide["events"][number]["txHash"],
    NonNullable<Awaited<ReturnType<ChainHistory["receipt"]>>>
  >();
  for (const { txHash, transaction } of log.signed) {
    const receipt = transaction.chainId === chainId ? await history.receipt(txHash) : undefined;
    if (receipt !== undefined && receipt.blockNumber <= span.last.number) receipts.set(txHash, receipt);
  }
  const events = [];
  for (const { token } of log.tokens.filter((one) => one.chainId === chainId))
    events.push(...(await history.events(token, span.first.number, span.last.number)));
  const used: UsedNonces[] = [];
  for (const account of log.accounts) used.push(await usedBy(history, account, span));
  return { chainId, events, receipts, used };
}

/** An endpoint without the state of the first block is one without an archive: the auditor needs another. */
async function usedBy(history: ChainHistory, account: Address, { first, last }: Span): Promise<UsedNonces> {
  const before = first.number === 0 ? undefined : await history.blockAt(first.number - 1);
  const started = before === undefined ? 0 : await history.nonce(account, before);
  return { account, first: started, next: await history.nonce(account, last) };
}
