/** An asset as its readers see it: what is attested, what is out, what is on its way, and what that leaves. */
import { attestedFact, type AttestedFact } from "../../evidence/attested.ts";
import { isOfToken, reserveFact } from "../../evidence/reserve.ts";
import * as subject from "../../evidence/subject.ts";
import type { Health } from "../../gate/wire.ts";
import { isIssuing } from "../../intent/operation.ts";
import { hasAmount } from "../../policy/asked.ts";
import type { Facts, Observed } from "../../policy/facts.ts";
import type { Policy } from "../../policy/policy.ts";
import { limitText } from "../../policy/words/explain-policy.ts";
import type { AssetView } from "../../request/asset.ts";
import { auditsOf, bandOf, coverageOf, headroomOf, proposalOf } from "../../request/coverage.ts";
import { proposalsOf } from "../../request/proposal.ts";
import type { State } from "../../request/state.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import { readStatement, type StatementOf } from "../../statement/read.ts";
import * as amount from "../../values/amount.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import { amountSchema } from "../../values/schema.ts";
import type { InForce } from "./documents.ts";
import type { OpenAmount, Sighting, Store } from "./store.port.ts";

type Attestation = { readonly attestor: Name; readonly statement: StatementOf<"ReserveAttestation"> };

/** What the gate said of itself; null when it does not answer. */
export type Told = Pick<Health, "frozen" | "limits"> | null;

export type Looking = { readonly roster: RosterIndex; readonly told: Told; readonly now: Instant };

/** States in which a mint has its nonce and its tokens may not be in the supply yet. */
const underWay: readonly State[] = ["allocated", "signing", "signed", "broadcast", "mined", "needs-operator"];
/** Newer words than these are the last of every attestor and source, unless one of them is long gone. */
const mostWords = 500;

export async function assetView(
  store: Pick<Store, "statements" | "sightings" | "openAmounts">,
  { mirrored, policy }: InForce["policies"][number],
  { roster, told, now }: Looking,
): Promise<AssetView> {
  const { asset, token, version } = policy;
  const attestations = latest(await store.statements("ReserveAttestation", asset, mostWords));
  const prices = await pricesOf(store, policy);
  const seen = await store.sightings(subject.token(token.address));
  const read = await Promise.all(policy.feeds.map(({ address }) => store.sightings(subject.feed(address))));
  const open = await store.openAmounts(asset);
  const minting = sum(open.filter(({ state, operation }) => isIssuing(operation) && underWay.includes(state)));
  const facts: Pick<Facts, "now" | "reserves" | "observed" | "rounds" | "outstanding" | "prices"> = {
    now,
    reserves: attestations
      .filter(({ statement }) => isOfToken(statement.message, token))
      .map(({ statement, attestor }) => reserveFact(statement, attestor)),
    observed: Object.fromEntries(
      [...seen, ...read.flat()].map((one) => [`${one.subject} ${one.fact}`, observedOf(one)]),
    ),
    // Which rounds the gate knows it does not tell; the page takes the newest that was seen.
    rounds: Object.fromEntries(policy.feeds.map(({ address }) => [subject.feed(address), 0n])),
    outstanding: minting,
    prices: [...prices],
  };
  const cover = coverageOf({ policy, roster, facts });
  const strange = proposalsOf(told?.frozen ?? []).find((one) => one.asset === asset);
  return {
    asset,
    chainId: token.chain,
    token: token.address,
    decimals: token.decimals,
    policy: { hash: mirrored.hash, version },
    at: now,
    observed: seen.map(({ fact, value, blockNumber, blockTime, observer }) => ({
      fact,
      value,
      blockNumber,
      blockTime,
      observer,
    })),
    attested: attestations.map(({ attestor, statement }) => ({ attestor, ...statement.message })),
    supply: amountSchema.safeParse(seen.find(({ fact }) => fact === "supply")?.value).data ?? null,
    minting,
    cover: [...cover],
    headroom: headroomOf(cover),
    band: bandOf(cover),
    proposal: strange === undefined ? proposalOf(asset, cover) : { operation: strange.operation, why: strange.why },
    pending: pendingOf(open),
    redeeming: sum(open.filter(({ operation }) => operation === "burn" || operation === "redeem")),
    limits: told === null ? null : limitsOf(policy, told),
    audits: [...auditsOf({ policy, roster, facts })],
    lastAudit: lastAuditOf(attestations),
    frozen: told?.frozen.filter((freeze) => stops(freeze, policy)) ?? null,
  };
}

/** A freeze of a key that a rule names stops whatever that rule allows. */
function stops({ scope, target }: Health["frozen"][number], { asset, rules }: Policy): boolean {
  if (scope === "key") return rules.some(({ tiers }) => tiers.some(({ sign }) => sign === target));
  return scope === "deployment" || target === asset;
}

/** What each attestor said last. */
function latest(statements: Awaited<ReturnType<Store["statements"]>>): readonly Attestation[] {
  const byAttestor = new Map<string, Attestation>();
  for (const { envelope, member } of statements) {
    const statement = readStatement(envelope);
    if (statement.kind !== "ReserveAttestation") continue;
    const known = byAttestor.get(member);
    if (known === undefined || known.statement.message.sequence < statement.message.sequence)
      byAttestor.set(member, { attestor: member, statement });
  }
  return [...byAttestor.values()];
}

/** The last word of each attestor and source, in the quotes that reserves are reckoned in. */
async function pricesOf(store: Pick<Store, "statements">, { asset, guards }: Policy): Promise<readonly AttestedFact[]> {
  const quotes = guards.flatMap(({ then }) => (then.kind === "reserves" ? (then.cover?.price?.quote ?? []) : []));
  const lists = await Promise.all(
    [...new Set(quotes)].map((quote) => store.statements("PriceAttestation", subject.price(asset, quote), mostWords)),
  );
  const byVoice = new Map<string, AttestedFact>();
  for (const { envelope, member } of lists.flat()) {
    const statement = readStatement(envelope);
    if (statement.kind !== "PriceAttestation") continue;
    const voice = `${statement.message.subject} ${member} ${statement.message.source}`;
    const known = byVoice.get(voice);
    if (known === undefined || known.asOf <= statement.message.asOf)
      byVoice.set(voice, attestedFact(statement, member));
  }
  return [...byVoice.values()];
}

function observedOf({ subject: about, fact, value, blockNumber, blockTime }: Sighting): Observed {
  return { subject: about, fact, value, blockNumber, blockTime, finalized: false, statements: [] };
}

function pendingOf(open: readonly OpenAmount[]): AssetView["pending"] {
  return [...new Set(open.map(({ operation }) => operation))].sort().map((operation) => {
    const some = open.filter((one) => one.operation === operation);
    return { operation, count: some.reduce((all, { count }) => all + count, 0), amount: sum(some) };
  });
}

/** The most there is stands for anything beyond it. */
function sum(open: readonly OpenAmount[]): amount.Amount {
  const moving = open.filter(({ operation }) => hasAmount(operation));
  const all = moving.reduce((total, one) => total + one.amount * BigInt(one.count), 0n);
  return amount.fromBigInt(all > amount.max ? amount.max : all);
}

/** In the words of the policy, as full as the gate counted them. */
function limitsOf(policy: Policy, { limits }: Pick<Health, "limits">): NonNullable<AssetView["limits"]> {
  const said = new Map(policy.limits.map((limit) => [`limit.${limit.id}`, limitText(policy, limit)]));
  return limits
    .filter(({ of }) => of === policy.asset)
    .map(({ clause, usedMillionths }) => ({
      clause,
      said: said.get(clause) ?? "the most that may move in any 24 hours, by the genesis",
      usedMillionths,
    }));
}

function lastAuditOf(attestations: readonly Attestation[]): AssetView["lastAudit"] {
  const [newest] = [...attestations].sort((a, b) => b.statement.message.asOf - a.statement.message.asOf);
  if (newest === undefined) return null;
  const { asOf, reportHash } = newest.statement.message;
  return { attestor: newest.attestor, asOf, reportHash };
}
