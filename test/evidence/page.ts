/** docs/evidence.md: what was run, how often, on which machine and from which seeds, and what came out. */
import type { Item, Scale } from "./item.ts";
import type { Done, Source, State } from "./state.ts";

const no = ":(exclude)";

export type Verdict = "passed" | "failed" | "unfinished";

export function verdictOf(item: Item, state: State, scale: Scale): Verdict {
  if (state.failures[item.name] !== undefined) return "failed";
  return (state.rounds[item.name]?.length ?? 0) >= item.rounds[scale] ? "passed" : "unfinished";
}

/** Counts of all rounds together, in words. */
export function totals(rounds: readonly Done[]): string {
  const sums = new Map<string, number>();
  for (const { counts } of rounds)
    for (const [what, count] of Object.entries(counts)) sums.set(what, (sums.get(what) ?? 0) + count);
  return [...sums].map(([what, count]) => `${count.toLocaleString("en")} ${what}`).join(", ");
}

function partOf({ reads = [] }: Item): string {
  const named = (paths: readonly string[]): string => paths.map((path) => `\`${path}\``).join(", ");
  const [without, within] = [reads.filter((path) => path.startsWith(no)), reads.filter((path) => !path.startsWith(no))];
  if (within.length === 0) return "";
  const rest = without.length === 0 ? "" : ` without ${named(without.map((path) => path.slice(no.length)))}`;
  return ` It reads ${named(within)}${rest}.`;
}

/** Of an item that is unfinished: when it last was not. */
function lastTime(item: Item, { rounds, before }: State): readonly string[] {
  const earlier = before[item.name] ?? [];
  const last = earlier.at(-1);
  if ((rounds[item.name]?.length ?? 0) >= item.rounds.stated || last === undefined) return [];
  return [`  It passed last on \`${last.commit}\`, before \`src/\` was changed: ${totals(earlier)}.`];
}

const seconds = (rounds: readonly Done[]): string =>
  `${(rounds.reduce((sum, { ms }) => sum + ms, 0) / 1_000).toFixed(0)} s`;

export function formatPage(items: readonly Item[], state: State, source: Source): string {
  const all = items.flatMap(({ name }) => state.rounds[name] ?? []);
  const unique = (values: readonly string[]): string => [...new Set(values)].join(", ");
  const rows = items.map((item) => {
    const rounds = state.rounds[item.name] ?? [];
    const verdict = verdictOf(item, state, "stated");
    const cells = [
      ...[`\`${item.name}\``, `${String(rounds.length)} of ${String(item.rounds.stated)}`, totals(rounds)],
      ...[seconds(rounds), verdict === "passed" ? "passed" : verdict.toUpperCase()],
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const about = items.flatMap((item) => {
    const seeds = (state.rounds[item.name] ?? []).map(({ seed }) => String(seed)).join(", ");
    const failure = state.failures[item.name];
    return [
      `- \`${item.name}\`: ${item.shows}.${partOf(item)} Seeds: ${seeds === "" ? "none yet" : seeds}.`,
      ...(failure === undefined ? [] : [`  It failed: ${failure.split("\n")[0] ?? ""}`]),
      ...lastTime(item, state),
    ];
  });
  const loads = all.map(({ load }) => load);
  return `${[
    "# Evidence",
    "",
    "Written by `npm run evidence`; do not edit. It counts for every commit whose `src/` tree has the hash below (`git rev-parse HEAD:src`); what an item shows that reads a part of it alone was kept while that part stayed as it is.",
    "",
    `- tree of \`src/\`: \`${source.tree}\``,
    `- commit: ${unique(all.map(({ commit }) => `\`${commit}\``))}`,
    `- machine: ${unique(all.map(({ machine }) => machine))}`,
    `- load average of the last minute when rounds began: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; durations on a shared machine are pessimistic`,
    `- seed of the run: ${String(state.seed)}; the seed of a round is the first 32 bits of SHA-256 of \`<seed of the run> <item> <round>\``,
    `- from ${all.map(({ endedAt }) => endedAt).sort()[0] ?? "never"} to ${
      all
        .map(({ endedAt }) => endedAt)
        .sort()
        .at(-1) ?? "never"
    }, ${seconds(all)} in all`,
    "",
    "| item | rounds | counted | duration | result |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "What each shows:",
    "",
    ...about,
  ].join("\n")}\n`;
}
