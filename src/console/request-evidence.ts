/** The evidence that a request rests on, each with its age: who attested what, and what observers saw. */
import { h, type JSX } from "preact";
import { amountText } from "./amount-text.ts";
import { distance } from "./distance.ts";
import type { Matter } from "./request-matter.ts";
import { rows, type Row } from "./rows.ts";
import { said } from "./said.ts";

export function requestEvidence({ asset, policy }: Matter, now: number): JSX.Element {
  if (asset === undefined)
    return h("section", {}, h("h2", {}, "What it rests on"), h("p", {}, "The service shows nothing of this asset."));
  const { token, asset: name } = policy.policy;
  const text = (units: bigint | null): string =>
    units === null ? "not known" : amountText(units, token.decimals, name);
  const frozen = asset.frozen ?? [];
  return h(
    "section",
    {},
    h("h2", {}, "What it rests on"),
    h("p", { class: "hint" }, "As the service shows it; no signature was checked here."),
    ...frozen.map(({ scope, target, reason, by }) =>
      h("p", { class: "warning" }, "Frozen: ", said(`${scope} ${target}`), `, by ${by}: `, said(reason)),
    ),
    rows([
      ["out", text(asset.supply)],
      ["being minted", text(asset.minting)],
      ["headroom", text(asset.headroom)],
      ...asset.attested.map(({ attestor, reserves, asOf, expiresAt }): Row => [
        `reserves, by ${attestor}`,
        `${text(reserves)}, as of ${distance(asOf, now)}, good until ${distance(expiresAt, now)}`,
      ]),
      ...asset.observed.map(({ observer, fact, value, blockNumber, blockTime }): Row => [
        h("span", {}, said(fact), `, seen by ${observer}`),
        said(value),
        ` in block ${blockNumber}, ${distance(blockTime, now)}`,
      ]),
    ]),
  );
}
