/** `countersign asset show`: what is out, what stands behind it and by whose word, how far that reaches, and what stops it. */
import { stateText } from "../evidence/multiplier.ts";
import type { AssetView } from "../request/asset.ts";
import { checkAsset } from "../sdk/in-force.ts";
import { format, type Amount } from "../values/amount.ts";
import * as duration from "../values/duration.ts";
import { toIso } from "../values/instant.ts";
import { parse as parseName } from "../values/name.ts";
import { amountSchema } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { documentsInForce, untrue } from "./in-force.ts";
import { option } from "./option-value.ts";
import { Refused, yes, type Outcome } from "./outcome.ts";
import { asked, openService } from "./connection.ts";

export async function show(given: Given): Promise<Outcome> {
  const service = openService(given);
  const asset = option("ASSET", given.operand, parseName);
  const [found, documents] = await Promise.all([asked(service.client.asset(asset)), documentsInForce(service)]);
  if (found.kind === "absent") throw new Refused("cli.absent", `there is no asset \`${given.operand}\``);
  const known = documents.standing.policies.get(asset);
  if (known === undefined) throw untrue(`no policy of ${asset} is in force, and the service shows one`);
  checkAsset(found.value, known.policy);
  return yes(assetLines(found.value), toWire(found.value));
}

/** The page, line by line; what stops the asset stands last. */
export function assetLines(view: AssetView): readonly string[] {
  const { asset, chainId, token, decimals, policy, at, observed, minting, pending, frozen } = view;
  const text = (units: Amount): string => `${format(units, decimals)} ${asset}`;
  return [
    `${asset}: token ${token} on chain ${chainId}, policy version ${policy.version}, as of ${toIso(at)}`,
    ...view.attested.map(
      (one) =>
        `attested by ${one.attestor}: ${text(one.reserves)} (${one.unit}) as of ${toIso(one.asOf)}, good until ${toIso(one.expiresAt)}, report ${one.reportHash}`,
    ),
    ...sightLines(observed, text),
    `being minted: ${text(minting)}`,
    ...view.cover.flatMap((cover) => coverLines(cover, text)),
    view.headroom === null
      ? "no room to mint: evidence is missing"
      : `room to mint, as the service counts it: ${text(view.headroom)}`,
    `band: ${view.band}`,
    ...(view.proposal === null ? [] : [`a ${view.proposal.operation} is proposed: ${view.proposal.why}`]),
    ...pending.map(({ operation, count, amount }) => `open: ${count} to ${operation}, together ${text(amount)}`),
    ...(view.limits === null
      ? ["how full its limits are is not known: the gate does not answer the service"]
      : view.limits.map(({ clause, said, usedMillionths }) => `${clause} is ${percent(usedMillionths)} full: ${said}`)),
    ...view.audits.map(
      ({ guard, by, maxAgeSeconds, dueAt }) =>
        `guard.${guard} wants a report by ${by.min} of ${by.group} every ${duration.format(maxAgeSeconds)}: ${dueAt === null ? "it is overdue, and nothing is minted" : `due by ${toIso(dueAt)}`}`,
    ),
    ...(view.lastAudit === null
      ? ["no report was attested"]
      : [
          `last report: ${view.lastAudit.reportHash} by ${view.lastAudit.attestor} as of ${toIso(view.lastAudit.asOf)}`,
        ]),
    ...(frozen === null
      ? ["whether it is frozen is not known: the gate does not answer the service"]
      : frozen.map(frozenLine)),
  ];
}

/** Of a token with a multiplier, observers say the supply with all that it becomes. */
function sightLines(observed: AssetView["observed"], text: (units: Amount) => string): readonly string[] {
  const grows = observed.some(({ fact }) => fact === "multiplier") ? ", with what is announced," : "";
  return observed.map(({ fact, value, blockNumber, observer }) => {
    const units = fact === "supply" ? amountSchema.safeParse(value).data : undefined;
    const said = fact === "multiplier" ? stateText(value) : value;
    return `${observer} saw ${fact} ${units === undefined ? said : `${text(units)}${grows}`} at block ${blockNumber}`;
  });
}

type Cover = AssetView["cover"][number];

function coverLines(cover: Cover, text: (units: Amount) => string): readonly string[] {
  const { guard, by, ratio, warnRatio, worth, reserves, most, coverage, band, endsAt, words } = cover;
  const age = duration.format(cover.maxAgeSeconds);
  const reach =
    reserves === null || most === null
      ? reserves === null
        ? "reserves not attested"
        : "no agreed price of the reserves"
      : `reserves ${text(reserves)}${worth === "" || worth === null ? "" : ` ${worth}`} × ${ratio} allow ${text(most)}`;
  const unseen = most !== null && cover.headroom === null ? ", and nobody saw the supply" : "";
  const each = coverage === null ? "" : `, ${coverage} behind each unit that is out`;
  const early = warnRatio === null ? "" : `, with more people beyond × ${warnRatio}`;
  const end = endsAt === null ? "" : `, evidence until ${toIso(endsAt)}`;
  return [
    `guard.${guard} is ${band}: ${reach}${early}${unseen}${each}; ${by.min} of ${by.group}, at most ${age} old${end}`,
    ...words.map(
      ({ source, reserves: said, ageSeconds, standing }) =>
        `  ${source}: ${text(said)}, ${duration.format(ageSeconds)} old, ${standing}`,
    ),
  ];
}

/** To a hundredth, rounded up: what is full is never shown as less. */
function percent(millionths: number): string {
  const hundredths = Math.ceil(millionths / 100);
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")} %`;
}

type Freeze = NonNullable<AssetView["frozen"]>[number];

/** With the id that `unfreeze` takes. */
function frozenLine({ freezeId, scope, target, by, reason }: Freeze): string {
  const what = scope === "key" ? `key ${target} is ` : scope === "deployment" ? "everything is " : "";
  return `${what}frozen by ${by}: ${reason} (freeze ${freezeId})`;
}
