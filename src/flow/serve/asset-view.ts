/** An asset as its readers see it: what is attested, what is out, what is on its way, and what that leaves. */
import * as subject from "../../evidence/subject.ts";
import type { Health } from "../../gate/wire.ts";
import type { Policy } from "../../policy/policy.ts";
import { readStatement, type StatementOf } from "../../statement/read.ts";
import type { Json } from "../../values/json.ts";
import { toWire } from "../../values/wire.ts";
import type { InForce } from "./documents.ts";
import type { Sighting, Store } from "./store.port.ts";

type Attestation = { readonly attestor: string; readonly message: StatementOf<"ReserveAttestation">["message"] };

/** States in which a mint has its nonce and its tokens may not be in the supply yet. */
const underWay = ["allocated", "signing", "signed", "broadcast", "mined", "needs-operator"] as const;
/** More than an account can have on its way; beyond it the figure is a lower bound. */
const mostUnderWay = 1_000;

/** `freezes` are all that the gate knows; null when it does not answer. */
export async function assetView(
  store: Pick<Store, "statements" | "sightings" | "requests">,
  { mirrored, policy }: InForce["policies"][number],
  freezes: Health["frozen"] | null,
): Promise<Json> {
  const { asset, token, version } = policy;
  const attestations = latest(await store.statements("ReserveAttestation", asset));
  const seen = await store.sightings(subject.token(token.address));
  const supply = seen.find(({ fact }) => fact === "supply");
  const minting = await mintingOf(store, policy);
  return toWire({
    asset,
    chainId: token.chain,
    token: token.address,
    decimals: token.decimals,
    policy: { hash: mirrored.hash, version },
    observed: seen.map(({ fact, value, blockNumber, blockTime, observer }) => ({
      fact,
      value,
      blockNumber,
      blockTime,
      observer,
    })),
    attested: attestations.map(({ attestor, message }) => ({ attestor, ...message })),
    minting,
    ...headroom({ attestations, supply, minting, policy }),
    frozen: freezes?.filter((freeze) => stops(freeze, policy)) ?? null,
  });
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
    const { kind, message } = readStatement(envelope);
    if (kind !== "ReserveAttestation") continue;
    const known = byAttestor.get(member);
    if (known === undefined || known.message.sequence < message.sequence)
      byAttestor.set(member, { attestor: member, message });
  }
  return [...byAttestor.values()];
}

async function mintingOf(store: Pick<Store, "requests">, { asset }: Policy): Promise<bigint> {
  const lists = await Promise.all(underWay.map((state) => store.requests({ state, asset, limit: mostUnderWay })));
  const mints = lists.flat().filter(({ submission }) => submission.operation === "mint");
  return mints.reduce((sum, { submission }) => sum + submission.amount, 0n);
}

type Room = {
  readonly attestations: readonly Attestation[];
  readonly supply: Sighting | undefined;
  readonly minting: bigint;
  readonly policy: Policy;
};

/** By the least that any attestor vouches for and the strictest reserve guard; null while nobody attested. The gate decides by its own. */
function headroom({ attestations, supply, minting, policy }: Room): { readonly headroom: string | null } {
  const [first, ...others] = attestations.map(({ message }) => message);
  if (first === undefined) return { headroom: null };
  const least = others.reduce<bigint>((low, { reserves }) => (reserves < low ? reserves : low), first.reserves);
  const attested = others.reduce<bigint>((high, { supply: one }) => (one > high ? one : high), first.supply);
  const observed = supply === undefined ? 0n : BigInt(supply.value);
  const ratios = policy.guards.flatMap((guard) => (guard.then.kind === "reserves" ? [guard.then.ratio] : []));
  const caps = ratios.map((ratio) => (least * ratio.numerator) / ratio.denominator);
  const cap = caps.reduce((low, one) => (one < low ? one : low), caps[0] ?? least);
  const left = cap - (observed > attested ? observed : attested) - minting;
  return { headroom: (left < 0n ? 0n : left).toString() };
}
