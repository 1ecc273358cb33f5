/** A yield in kind, from who held the asset to one request for each recipient; a run that was stopped goes on where it was. */
import { z } from "zod";
import {
  apportion,
  distributionJson,
  mostHolders,
  readDistribution,
  type Apportioned,
} from "../evidence/distribution.ts";
import type { Entitlement, Holding } from "../evidence/entitlement.ts";
import { refuseDeadEnds } from "../policy/dead-end.ts";
import type { Policy } from "../policy/policy.ts";
import { maxPage, type RequestPage } from "../request/api.ts";
import { ends } from "../request/state.ts";
import { listedPlaces } from "../policy/decide/distribution.ts";
import type { RosterIndex } from "../roster/membership.ts";
import type { Envelope } from "../statement/envelope.ts";
import type { Address } from "../values/address.ts";
import * as amount from "../values/amount.ts";
import type { Amount } from "../values/amount.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Json } from "../values/json.ts";
import { addressSchema } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import type { Posted } from "./delivery.ts";
import type { Wish } from "./submission.ts";

export type Drafted = {
  readonly policy: Pick<Policy, "asset" | "token" | "lists" | "rules">;
  readonly roster: Pick<RosterIndex, "key">;
  readonly record: { readonly number: number; readonly hash: Bytes32 };
  /** The last distribution of the asset of which anything was paid; null when there is none. */
  readonly previous: Bytes32 | null;
  /** Base units. */
  readonly pool: Amount;
  /** Everybody with a balance at the end of the record block. */
  readonly holders: readonly Holding[];
  /** Holders who may not have their share. */
  readonly ineligible: readonly Address[];
  /** Entries of the policy's lists of these names; the first of each when left out. */
  readonly escrow?: Address | undefined;
  readonly treasury?: Address | undefined;
};

/** Throws `InvalidValue` `distribution.*` for what no gate would take. */
export function draftDistribution({
  policy,
  roster,
  record,
  previous,
  pool,
  holders,
  ineligible,
  ...given
}: Drafted): Apportioned {
  const { asset, token } = policy;
  const listed = listedPlaces(policy);
  const place = (name: "escrow" | "treasury"): Address => {
    const found = given[name] ?? listed[name];
    if (found === undefined)
      throw new InvalidValue(`distribution.${name}`, `${name}: the policy of ${asset} has no list ${name}`, name);
    return found;
  };
  if (holders.length > mostHolders)
    throw new InvalidValue("distribution.holders", `holders: more than ${String(mostHolders)}`, "holders");
  const byAddress = (one: Address, other: Address): number => (one < other ? -1 : 1);
  const drafted = apportion(
    readDistribution(
      toWire({
        kind: "Distribution",
        asset,
        chainId: token.chain,
        token: token.address,
        recordBlock: record.number,
        recordHash: record.hash,
        previous,
        pool,
        escrow: place("escrow"),
        treasury: place("treasury"),
        ineligible: [...ineligible].sort(byAddress),
        holders: [...holders]
          .sort((one, other) => byAddress(one.address, other.address))
          .map(({ address, balance }) => ({ address, balance })),
      }),
    ),
  );
  refuseDeadEnds(drafted, policy, roster);
  return drafted;
}

/** What all requests of a distribution have in common; each gets a reference of its own, `YIELD-7/12`. */
export type Terms = Pick<Wish, "reference" | "feeCeiling" | "notBefore" | "expiresAt"> & {
  readonly decimals: number;
  readonly accountOf: (part: Entitlement) => string;
};

export type PartWish = { readonly part: Entitlement; readonly wish: Wish };

export function partWishes(of: Apportioned, terms: Terms): readonly PartWish[] {
  const { asset, chainId } = of.document;
  const { reference, feeCeiling, notBefore, expiresAt, decimals, accountOf } = terms;
  return of.entitlements.map((part, index) => ({
    part,
    wish: {
      operation: "distribute",
      asset,
      chainId,
      account: accountOf(part),
      to: part.to,
      amount: amount.format(part.amount, decimals).replaceAll(",", ""),
      reference: `${reference}/${String(index + 1)}`,
      feeCeiling,
      notBefore,
      expiresAt,
      distribution: of.hash,
    },
  }));
}

export type Asking = {
  readonly requests: (filter: { distribution: string; limit: number; after?: string }) => Promise<RequestPage>;
  readonly post: (statement: Envelope, attachment?: Json) => Promise<Posted>;
  /** Signed by whoever asks, under an id of its own. */
  readonly submissionOf: (wish: Wish) => Promise<Envelope>;
  readonly rest: () => Promise<void>;
};

export type Submitted = {
  readonly asked: number;
  /** Somebody had asked for them before, and that request is under way or final. */
  readonly before: number;
  /** An earlier request, of which the service shows nothing that goes on, still holds them at the gate: nobody gets these by this run. */
  readonly taken: number;
  /** Why it went no further, when it did not. */
  readonly stopped: Exclude<Posted, { kind: "delivered" }> | undefined;
};

/** So many on their way at once. */
const atOnce = 8;

/**
 * Asks for every part that nobody asks for yet; the document goes with the first. What the service says of earlier requests only saves
 * work: the gate refuses a part that is asked for already, whatever anybody shows.
 */
export async function submitParts(asking: Asking, of: Apportioned, wishes: readonly PartWish[]): Promise<Submitted> {
  const known = await partsAsked(asking, of.hash);
  const open = wishes.filter(({ part }) => !known.has(part.to));
  const counts = { asked: 0, before: wishes.length - open.length, taken: 0 };
  // The first one alone: with it the gate has the document.
  const groups = [open.slice(0, 1), ...chunks(open.slice(1))];
  for (const group of groups) {
    const answers = await Promise.all(group.map(({ wish }) => submitPart(asking, of, wish)));
    for (const answer of answers) {
      if (answer.kind === "delivered") counts.asked += 1;
      else if (isTaken(answer)) counts.taken += 1;
      else return { ...counts, stopped: answer };
    }
  }
  return { ...counts, stopped: undefined };
}

/** Nobody is paid by what ended otherwise than final, so that it is asked for again; everything else stands. */
const over: ReadonlySet<string> = new Set(ends.filter((state) => state !== "final"));

const recipientSchema = z.object({ to: addressSchema });

async function partsAsked({ requests }: Asking, distribution: Bytes32): Promise<ReadonlySet<Address>> {
  const known = new Set<Address>();
  let after: string | undefined;
  do {
    const page = await requests({ distribution, limit: maxPage, ...(after === undefined ? {} : { after }) });
    for (const { state, submission } of page.requests) {
      const to = recipientSchema.safeParse(submission).data?.to;
      if (!over.has(state) && to !== undefined) known.add(to);
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return known;
}

async function submitPart(asking: Asking, of: Apportioned, wish: Wish): Promise<Posted> {
  const statement = await asking.submissionOf(wish);
  let attachment: Json | undefined;
  for (let tries = 0; ; tries += 1) {
    const answer = await asking.post(statement, attachment);
    if (answer.kind !== "refused" || tries >= mostTries) return answer;
    if (answer.code === "distribution.no-document" && attachment === undefined)
      attachment = distributionJson(of.document);
    else if (answer.code === "http.too-many-requests") await asking.rest();
    else return answer;
  }
}

const mostTries = 90;

function isTaken(answer: Posted): boolean {
  return answer.kind === "refused" && answer.code === "distribution.part-taken";
}

function chunks<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / atOnce) }, (_, index) =>
    items.slice(index * atOnce, (index + 1) * atOnce),
  );
}
