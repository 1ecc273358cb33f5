/** What is out, what stands behind it by whose word, how far that reaches, and what stops it: the page of assets. */
import { h, type JSX } from "preact";
import type { AssetView } from "../request/asset.ts";
import { addressShown, hexShown } from "./address-shown.ts";
import { useAnswer } from "./answer.ts";
import { amountOf } from "./asset-amount.ts";
import { AssetOverTime } from "./asset-over-time.ts";
import { distance } from "./distance.ts";
import { readInForce, type InForce } from "./in-force.ts";
import { whenKnown } from "./notice.ts";
import { isOverseer } from "./overseers.ts";
import { said } from "./said.ts";
import type { Visitor } from "./shell.ts";
import { timeShown } from "./time-shown.ts";

type Read = { readonly inForce: InForce; readonly assets: readonly AssetView[] };

export function AssetsPage({ visitor }: { readonly visitor: Visitor }): JSX.Element {
  const [answer, again] = useAnswer(async (): Promise<Read> => {
    const [inForce, assets] = await Promise.all([readInForce(visitor), visitor.client.assets()]);
    return { inForce, assets };
  }, "assets");
  const overTime = isOverseer(visitor);
  return h(
    "div",
    {},
    h("p", { class: "soft" }, "As the service shows it. The gate decides by its own evidence."),
    whenKnown(
      answer,
      "the assets",
      ({ inForce, assets }) =>
        assets.length === 0
          ? h("p", {}, "There is no asset here.")
          : assets.map((view) => h(AssetPart, { key: view.asset, view, inForce, visitor, overTime })),
      again,
    ),
  );
}

type PartProps = {
  readonly view: AssetView;
  readonly inForce: InForce;
  readonly visitor: Visitor;
  readonly overTime: boolean;
};

const bands: Readonly<Record<AssetView["band"], readonly [kind: string, words: string]>> = {
  covered: ["good", "Covered"],
  warning: ["", "Covered, and near its limit: more people are asked"],
  short: ["bad", "Short: nothing is minted"],
  unknown: ["bad", "Not known: nothing is minted until evidence comes"],
};

function AssetPart({ view, inForce, visitor, overTime }: PartProps): JSX.Element {
  const amount = (value: bigint | null): string => amountOf(view, value);
  const zone = inForce.policies.get(view.asset)?.zone;
  const [kind, words] = bands[view.band];
  return h(
    "section",
    { "aria-labelledby": `asset-${view.asset}` },
    h("h2", { id: `asset-${view.asset}` }, view.asset),
    h(
      "div",
      { class: `verdict ${kind}` },
      h("strong", {}, words),
      view.proposal === null
        ? null
        : h("p", {}, "Somebody should ask to ", view.proposal.operation, ": ", said(view.proposal.why)),
      ...(view.frozen ?? []).map((freeze) =>
        h(
          "p",
          {},
          "Frozen by ",
          said(freeze.by),
          ", ",
          said(`${freeze.scope} ${freeze.target}`),
          ": ",
          said(freeze.reason),
        ),
      ),
    ),
    h(
      "dl",
      { class: "figures" },
      ...term("In circulation", amount(view.supply)),
      ...term("On its way", amount(view.minting)),
      ...term("Headroom", amount(view.headroom)),
      ...term("To be redeemed", amount(view.redeeming)),
      ...term("Token", addressShown(view.token, inForce.labels), ` on chain ${view.chainId}`),
      ...(view.lastAudit === null
        ? term("Last report", "none yet")
        : term(
            "Last report",
            said(view.lastAudit.attestor),
            ", ",
            timeShown(view.lastAudit.asOf, zone),
            " ",
            hexShown(view.lastAudit.reportHash),
          )),
    ),
    ...view.cover.map((cover) => coverPart(view, cover, zone)),
    ...limitsPart(view),
    ...pendingPart(view),
    overTime ? h(AssetOverTime, { view, visitor, zone }) : null,
  );
}

function coverPart(view: AssetView, cover: AssetView["cover"][number], zone: string | undefined): JSX.Element {
  const amount = (value: bigint | null): string => amountOf(view, value);
  const head = `cover-${view.asset}-${cover.guard}`;
  return h(
    "section",
    { "aria-labelledby": head },
    h("h3", { id: head }, `Reserves by guard ${cover.guard}`),
    h(
      "p",
      {},
      `${amount(cover.reserves)} attested; ratio `,
      said(cover.coverage ?? "not known"),
      ", at most ",
      said(cover.ratio),
      " out for each unit",
      ...(cover.warnRatio === null ? [] : [", warned of above ", said(cover.warnRatio)]),
      `; wants ${cover.by.min} of ${cover.by.group}, at most ${cover.maxAgeSeconds / 3_600} hours old`,
      ...(cover.endsAt === null ? [] : ["; good until ", timeShown(cover.endsAt, zone)]),
    ),
    h(
      "ul",
      {},
      ...cover.words.map((word) =>
        h(
          "li",
          {},
          said(word.source),
          `: ${amount(word.reserves)}, ${word.standing}, said ${distance(word.asOf, view.at)}`,
        ),
      ),
    ),
  );
}

/** A bar that a screen reader says, and the sentence beside it for everybody. */
function limitsPart({ asset, limits }: AssetView): readonly JSX.Element[] {
  if (limits === null)
    return [h("p", { class: "soft" }, "The gate does not answer: how much of the limits is used is not known.")];
  if (limits.length === 0) return [];
  return [
    h("h3", {}, "Limits used"),
    h(
      "ul",
      { class: "limits" },
      ...limits.map(({ said: sentence, usedMillionths }, index) => {
        const id = `limit-${asset}-${index}`;
        const share = `${(usedMillionths / 10_000).toFixed(1)} %`;
        return h(
          "li",
          {},
          h("label", { for: id }, said(sentence)),
          h("progress", { id, max: 1_000_000, value: usedMillionths }, share),
          ` ${share}`,
        );
      }),
    ),
  ];
}

function pendingPart(view: AssetView): readonly JSX.Element[] {
  if (view.pending.length === 0) return [];
  const rows = view.pending.map(({ operation, count, amount }) =>
    h("li", {}, `${count} of `, said(operation), amount === 0n ? "" : `, ${amountOf(view, amount)} together`),
  );
  return [h("h3", {}, "Requests that are not over"), h("ul", {}, ...rows)];
}

function term(name: string, ...what: (JSX.Element | string)[]): readonly JSX.Element[] {
  return [h("dt", {}, name), h("dd", {}, ...what)];
}
