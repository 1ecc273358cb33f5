/** `countersign distribution make` and `request submit --distribution FILE`: a yield worked out from a chain, and asked for part by part. */
import { apportion, distributionJson, readDistribution, type Apportioned } from "../evidence/distribution.ts";
import { finalHeight } from "../chain/finality.ts";
import { withChain } from "../compose/cli-chain.ts";
import { draftDistribution, partWishes, submitParts } from "../sdk/distribution.ts";
import { submissionMessage } from "../sdk/submission.ts";
import { parse as parseAddress, type Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import { fromBytes } from "../values/hex.ts";
import { canonical } from "../values/json.ts";
import type { Given } from "./command.ts";
import { consent } from "./consent.ts";
import { asked, openService } from "./connection.ts";
import { readDocument, readText, writeNew } from "./document-file.ts";
import { inForce, type InForce } from "./in-force.ts";
import type { Io } from "./io.ts";
import { option, optionAfter, parseCount, parseHash } from "./option-value.ts";
import { no, Refused, UsageError, yes, type Outcome } from "./outcome.ts";
import { aboutRequest, signOwn } from "./own-signature.ts";
import { withoutUnit } from "./quantity.ts";
import { signingAccount } from "./signing-account.ts";

/** Shown one by one; the others stand in the file. */
const mostShown = 20;
const restMs = 2_000;

/** Reads who holds the token at the end of a final block, through an endpoint of one's own. */
export async function make(given: Given): Promise<Outcome> {
  const service = openService(given);
  const { policy, roster } = await inForce(service, given.text("asset"));
  const { asset, token } = policy;
  const chain = service.standing.genesis.chains.find(({ id }) => id === token.chain);
  if (chain === undefined) throw new Refused("cli.no-chain", `chain ${String(token.chain)} is not in the genesis`);
  const pool = option("pool", withoutUnit("pool", given.text("pool"), asset), (text) =>
    amount.parseUnits(text, token.decimals),
  );
  const [wanted, before] = [given.text("record-block"), given.maybe("previous") ?? "none"];
  const previous = before === "none" ? null : option("previous", before, parseHash);
  const file = given.maybe("ineligible");
  const ineligible = file === undefined ? [] : addressesIn(file);
  const [escrow, treasury] = [given.maybe("escrow"), given.maybe("treasury")];
  const of = await withChain(given.text("rpc"), token.chain, async (history) => {
    const final = finalHeight(chain.finality, await history.heads());
    const height = wanted === "final" ? final : option("record-block", wanted, parseCount);
    if (final === undefined || height === undefined || height > final)
      throw new Refused(
        "cli.not-final",
        `block ${String(height ?? 0)} is not final yet (${String(final ?? "none")} is)`,
      );
    const record = await history.blockAt(height);
    if (record === undefined) throw new Refused("cli.no-block", `the endpoint has no block ${String(height)}`);
    const holders = await history.holders(token.address, record);
    const places = {
      ...(escrow === undefined ? {} : { escrow: option("escrow", escrow, parseAddress) }),
      ...(treasury === undefined ? {} : { treasury: option("treasury", treasury, parseAddress) }),
    };
    const held = new Set(holders.map(({ address }) => address));
    return draftDistribution({
      policy,
      roster,
      record,
      previous,
      pool,
      holders,
      ineligible: ineligible.filter((one) => held.has(one)),
      ...places,
    });
  });
  const out = given.maybe("out") ?? `distribution-${of.hash.slice(2, 14)}.json`;
  writeNew(out, `${canonical(distributionJson(of.document))}\n`);
  return yes([...summary(of, token.decimals), `written to ${out}`], { distribution: of.hash, file: out });
}

/** What a document says, in words, and its hash: that which stands in the words of every request for a part of it. */
export async function show(given: Given): Promise<Outcome> {
  const of = apportion(readDistribution(readDocument(given.operand)));
  const { policy } = await inForce(openService(given), of.document.asset);
  const { entitlements, hash } = of;
  const parts = entitlements.map(({ to, amount: part }) => ({ to, amount: part.toString() }));
  return yes(summary(of, policy.token.decimals), { distribution: hash, parts });
}

function addressesIn(file: string): readonly Address[] {
  const lines = readText(file)
    .split("\n")
    .map((line) => line.trim());
  return lines.filter((line) => line !== "").map((line) => option("ineligible", line, parseAddress));
}

/** One request for each recipient; whoever runs it again asks only for what nobody asks for yet. */
export async function submitDistribution(given: Given, io: Io, file: string): Promise<Outcome> {
  for (const name of ["to", "amount", "request-id", "review"])
    if (given.maybe(name) !== undefined)
      throw new UsageError(`--${name}: a distribution says that itself; leave it out`);
  if (given.text("operation") !== "distribute") throw new UsageError("--operation: a distribution is `distribute`");
  const of = apportion(readDistribution(readDocument(file)));
  const service = openService(given);
  const documents = await inForce(service, given.text("asset"));
  const { asset, token } = documents.policy;
  if (of.document.asset !== asset) throw new UsageError(`--asset: the distribution is of \`${of.document.asset}\``);
  const terms = {
    reference: given.text("reference"),
    feeCeiling: withoutUnit("fee-ceiling", given.maybe("fee-ceiling") ?? "0.02 ETH", "ETH"),
    notBefore: io.now(),
    expiresAt: optionAfter("expires", given.maybe("expires") ?? "24h", io.now()),
    decimals: token.decimals,
    accountOf: accountFor(given, documents),
  };
  const wishes = partWishes(of, terms);
  await consent(given, io, summary(of, token.decimals));
  const done = await submitParts(
    {
      requests: (filter) => asked(service.client.requests(filter)),
      post: (statement, attachment) => service.client.post(statement, attachment),
      submissionOf: async (wish) => {
        const requestId = fromBytes(io.random(32));
        const message = submissionMessage(wish, { requestId, decimals: token.decimals });
        const about = aboutRequest(message, documents.policyDocument);
        return await signOwn({ given, io, service }, { kind: "Submission", message, about });
      },
      rest: () => new Promise((resolve) => setTimeout(resolve, restMs)),
    },
    of,
    wishes,
  );
  const { stopped, ...counts } = done;
  const lines = [
    `asked for ${String(counts.asked)} of ${String(wishes.length)} parts; ${String(counts.before)} were asked for before`,
    `distribution ${of.hash}`,
  ];
  const json = { distribution: of.hash, parts: wishes.length, ...counts };
  if (stopped === undefined)
    return counts.taken === 0 ? yes(lines, json) : no([...lines, heldLine(counts.taken)], json);
  const why = stopped.kind === "refused" ? `${stopped.message} (${stopped.code})` : stopped.why;
  return no([...lines, `went no further: ${why}`, "run it again: it goes on with what is left"], { ...json, why });
}

function heldLine(taken: number): string {
  return `${String(taken)} of them nobody gets yet: a request that was refused, or that the service does not show, still holds each at the gate; cancel it or wait until it expires, and run it again`;
}

function accountFor(given: Given, documents: InForce): (part: Apportioned["entitlements"][number]) => string {
  const account = given.maybe("account");
  const { decimals } = documents.policy.token;
  return ({ to, amount: units }) => {
    const text = amount.format(units, decimals).replaceAll(",", "");
    return account ?? signingAccount(documents, { operation: "distribute", amount: text, to });
  };
}

/** What whoever asks for it reads. */
function summary({ document, hash, entitlements }: Apportioned, decimals: number): readonly string[] {
  const { asset, pool, recordBlock, recordHash, previous, escrow, treasury, ineligible, holders } = document;
  const text = (units: amount.Amount): string => `${amount.format(units, decimals)} ${asset}`;
  const shown = entitlements.slice(0, mostShown).map((part) => `  ${text(part.amount)} to ${part.to}`);
  const more = entitlements.length - shown.length;
  return [
    `distribute ${text(pool)} to ${String(entitlements.length)} recipients, by what ${String(holders.length)} held at the end of block ${String(recordBlock)} (${recordHash})`,
    previous === null
      ? `IT FOLLOWS NONE: it is the first of ${asset}; the gate pays nothing of it once another was paid`
      : `IT FOLLOWS ${previous}: what was paid of that stays paid and this comes ON TOP of it; once anything of this is paid, nothing more of that is`,
    `${String(ineligible.length)} of them may not have theirs: it goes to the escrow ${escrow}; treasury ${treasury}`,
    ...shown,
    ...(more > 0 ? [`  and ${String(more)} more`] : []),
    `distribution ${hash}`,
  ];
}
