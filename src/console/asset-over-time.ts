/** An asset over time, from the log: what was out, what stood behind it, how far that reached beside its bands, and every issue and burn. */
import { h, type JSX } from "preact";
import { useState } from "preact/hooks";
import type { AssetView } from "../request/asset.ts";
import type { WholeLog } from "../sdk/whole-log.ts";
import { parse as parseInstant } from "../values/instant.ts";
import { amountOf } from "./asset-amount.ts";
import { backingHistory, coverageOver, ratioUnit, type Point } from "./backing-history.ts";
import { whenKnown } from "./notice.ts";
import { placeOf } from "./place.ts";
import type { Visitor } from "./shell.ts";
import { stepChart, type Line } from "./step-chart.ts";
import { timeShown, timeText } from "./time-shown.ts";
import { useWholeLog } from "./use-whole-log.ts";

type Props = { readonly view: AssetView; readonly visitor: Visitor; readonly zone: string | undefined };

/** The whole log is read only when somebody asks. */
export function AssetOverTime(props: Props): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return h(Read, props);
  const open = (): void => {
    setOpen(true);
  };
  return h("p", {}, h("button", { type: "button", onClick: open }, `Show ${props.view.asset} over time, from the log`));
}

function Read(props: Props): JSX.Element {
  const { answer, what, again } = useWholeLog(props.visitor);
  return h(
    "div",
    {},
    whenKnown(answer, what, (log) => history(log, props), again),
  );
}

function history(log: WholeLog, { view, zone }: Props): readonly (JSX.Element | null)[] {
  const amount = (value: bigint): string => amountOf(view, value);
  const time = (at: number): string => timeText(parseInstant(at), zone);
  const { reserves, supply, moves } = backingHistory(log.entries, {
    asset: view.asset,
    address: view.token,
    chainId: view.chainId,
    until: view.at,
  });
  const lines = [
    { name: "reserves", points: reserves },
    { name: "supply", points: supply },
  ];
  const sum = (issues: boolean): string =>
    amount(moves.reduce((total, move) => (move.issues === issues ? total + move.value : total), 0n));
  return [
    h("h3", {}, "Over time"),
    stepChart(lines, view.at, { amount, time }),
    h(
      "p",
      {},
      `Issued ${sum(true)} and burned ${sum(false)} in all, by the ${log.size} leaves of the log that the gate's key signed. Reserves are the least that an attestor vouched for, as long as that word held.`,
    ),
    ...ratioPart(view, coverageOver(reserves, supply), time),
    numbers(
      "Issues and burns",
      moves.map(({ requestId, issues, at, value }) =>
        h(
          "li",
          {},
          h("a", { href: placeOf("proof", requestId) }, `${issues ? "issued" : "burned"} ${amount(value)}`),
          ", ",
          timeShown(at, zone),
        ),
      ),
    ),
    numbers(
      "Reserves and supply",
      lines.flatMap(({ name, points }) =>
        points.map(({ at, value }) => h("li", {}, `${name} ${amount(value)}, `, timeShown(at, zone))),
      ),
    ),
  ];
}

/** Beside each guard's bands; a ratio that rests on prices is not drawn, for the log has them for single decisions only. */
function ratioPart(
  { at, cover }: AssetView,
  points: readonly Point[],
  time: (at: number) => string,
): readonly (JSX.Element | null)[] {
  const [first] = points;
  if (first === undefined) return [];
  // A service may say what is no ratio at all; the page shows that as text, and draws nothing of it.
  const band = (name: string, out: string | null): readonly Line[] => {
    const bound = Math.round(ratioUnit / Number(out));
    return Number.isFinite(bound) ? [{ name, points: [{ at: first.at, value: BigInt(bound) }] }] : [];
  };
  return cover.flatMap(({ guard, worth, ratio, warnRatio }) =>
    worth === ""
      ? [
          h("h4", {}, `Ratio by guard ${guard}`),
          stepChart(
            [{ name: "ratio", points }, ...band("mints stop below", ratio), ...band("warned of below", warnRatio)],
            at,
            { amount: (value) => (Number(value) / ratioUnit).toFixed(4), time, top: BigInt(2 * ratioUnit) },
          ),
        ]
      : [],
  );
}

function numbers(name: string, items: readonly JSX.Element[]): JSX.Element | null {
  return items.length === 0 ? null : h("details", {}, h("summary", {}, name), h("ul", {}, ...items));
}
