/** The second leg of a redemption: released once, after a final burn, to where the policy allows, and delivered as those say who may. */
import { amountText } from "../intent/words.ts";
import * as instant from "../values/instant.ts";
import type { Instant } from "../values/instant.ts";
import type { LeafOf } from "./bundle.ts";
import { differs, finding, type Finding } from "./finding.ts";
import { eraAt } from "./history.ts";
import type { Matter } from "./matter.ts";
import type { Said } from "./roles.ts";

export function checkRelease(matter: Matter): readonly Finding[] {
  const { release, deliveries, outcome } = matter.roles;
  if (release === undefined) return deliveries.map((leaf) => finding(leaf.field, "nothing was released before it"));
  if (outcome?.entry.status !== "success" || outcome.position > release.position)
    return [finding(release.field, "too few observers saw the burn in a final block before it was released")];
  return [
    ...checkWords(matter, release, outcome),
    ...checkTerms(matter, release),
    ...deliveries.flatMap((leaf, nth) => checkDelivery(matter, release, leaf, deliveries.slice(0, nth))),
  ];
}

/** Everything that the request and its burn say already. */
function checkWords(
  { roles, intent, policy }: Matter,
  { field, entry }: LeafOf<"release">,
  outcome: LeafOf<"outcome">,
): readonly Finding[] {
  const at = (name: string): string => `${field}.entry.${name}`;
  const { requestId } = roles.submission.statement.message;
  const { asset, chainId, amount, reference, destination } = intent;
  const words = amountText(intent, policy.policy.token.decimals);
  return [
    ...differs(at("requestId"), entry.requestId, requestId, "the submission"),
    ...differs(at("burn"), entry.burn, outcome.entry.txHash, "the outcome"),
    ...differs(at("asset"), entry.asset, asset, "the submission"),
    ...differs(at("chainId"), entry.chainId, chainId, "the submission"),
    ...differs(at("amount"), entry.amount.toString(), amount.toString(), "the submission"),
    ...differs(at("amountText"), entry.amountText, words, "the submission"),
    ...differs(at("reference"), entry.reference, reference, "the submission"),
    ...(destination === undefined
      ? [finding(at("destination"), "the submission names none")]
      : differs(at("destination"), entry.destination, destination, "the submission")),
  ];
}

/** What the policy in force at the release makes of it. */
function checkTerms({ history, intent }: Matter, { field, entry, position }: LeafOf<"release">): readonly Finding[] {
  const at = (name: string): string => `${field}.entry.${name}`;
  const standing = eraAt(history, position)?.standing.policies.get(intent.asset);
  const terms = standing?.policy.redemption;
  if (standing === undefined || terms?.destinations.has(entry.destination) !== true)
    return [finding(at("destination"), "the policy in force then releases nothing to it")];
  const { group, min } = terms.deliveredBy;
  return [
    ...differs(at("policyHash"), entry.policyHash, standing.hash, "the log"),
    ...differs(at("deliveredBy.group"), entry.deliveredBy.group, group, "the policy"),
    ...differs(at("deliveredBy.min"), entry.deliveredBy.min, min, "the policy"),
    ...differs(
      at("deliverBefore"),
      entry.deliverBefore,
      instant.plus(entry.instant, terms.withinSeconds),
      "the policy",
    ),
  ];
}

function checkDelivery(
  { history, signers, initiator }: Matter,
  release: LeafOf<"release">,
  leaf: Said<"Delivery">,
  before: readonly Said<"Delivery">[],
): readonly Finding[] {
  const said = `${leaf.field}.entry.statement`;
  const { message } = leaf.statement;
  const { entry } = release;
  const member = signers.get(leaf.position)?.member.id;
  const roster = eraAt(history, leaf.position)?.standing.roster.index;
  if (leaf.position < release.position) return [finding(leaf.field, "nothing was released before it")];
  const isEntitled =
    member !== undefined && member !== initiator.member.id && roster?.inGroup(member, entry.deliveredBy.group) === true;
  const isAgain = before.some((one) => signers.get(one.position)?.member.id === member);
  return [
    ...(isEntitled ? [] : [finding(`${said}.credential`, "nobody who says what was delivered")]),
    ...(isAgain ? [finding(`${said}.credential`, "the same person said so before")] : []),
    ...differs(`${said}.message.requestId`, message.requestId, entry.requestId, "the release"),
    ...differs(`${said}.message.burn`, message.burn, entry.burn, "the release"),
    ...(message.asOf < entry.instant ? [finding(`${said}.message.asOf`, "it was released after that")] : []),
  ];
}

export type Told = {
  readonly amount: string;
  readonly destination: string;
  readonly burn: string;
  readonly at: Instant;
  readonly leaf: number;
  readonly deliverBefore: Instant;
  readonly deliveredBy: { readonly group: string; readonly min: number };
  readonly delivered: readonly {
    readonly person: string;
    readonly reference: string;
    readonly asOf: Instant;
    readonly leaf: number;
  }[];
};

/** For the report, where there is a second leg. */
export function releaseTold({ roles, signers }: Matter): Told | undefined {
  const { release, deliveries } = roles;
  if (release === undefined) return undefined;
  const { destination, burn, amountText: amount, instant: at, deliverBefore, deliveredBy } = release.entry;
  return {
    amount,
    destination,
    burn,
    at,
    leaf: release.index,
    deliverBefore,
    deliveredBy: { ...deliveredBy },
    delivered: deliveries.map(({ position, index, statement: { message } }) => ({
      person: signers.get(position)?.member.id ?? "",
      reference: message.reference,
      asOf: message.asOf,
      leaf: index,
    })),
  };
}
