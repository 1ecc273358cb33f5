/** `countersign hsm check`: the conformance suite over a module and its token, as lines for people or JSON for programs. */
import { checkTokenOf, type TokenReport } from "../compose/cli-token.ts";
import { parse as parseDuration } from "../values/duration.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Given } from "./command.ts";
import { option, parseCount } from "./option-value.ts";
import { no, yes, type Outcome } from "./outcome.ts";

export async function check(given: Given): Promise<Outcome> {
  const seconds = (name: string): number | undefined => {
    const text = given.maybe(name);
    return text === undefined ? undefined : option(name, text, parseDuration);
  };
  const idle = seconds("idle");
  const report = await checkTokenOf(given.text("config"), {
    signatures: option("signatures", given.maybe("signatures") ?? "1024", parseSignatures),
    lasting: given.flag("token-key"),
    deadlineMs: (seconds("deadline") ?? 600) * 1_000,
    idleMs: idle === undefined ? undefined : idle * 1_000,
  });
  const json = { ...report, lines: report.lines.map((line) => ({ ...line, figures: { ...line.figures } })) };
  return report.ok ? yes(linesOf(report), json) : no(linesOf(report), json);
}

function linesOf({ token, serial, profile, lines, ok }: TokenReport): readonly string[] {
  const width = Math.max(...lines.map(({ name }) => name.length));
  const count = (verdict: string): number => lines.filter((line) => line.verdict === verdict).length;
  const verdict = ok ? "PASS" : "FAIL";
  return [
    `token \`${token}\`, serial ${serial}, profile ${profile}`,
    ...lines.map(({ name, verdict: mark, said }) => `${mark.padEnd(5)}  ${name.padEnd(width)}  ${said}`),
    `${verdict}: ${count("pass")} passed, ${count("fail")} failed, ${count("known")} known to fail, ${count("warn")} to be warned of, ${count("note")} noted, ${count("skip")} left out`,
  ];
}

function parseSignatures(text: string): number {
  const count = parseCount(text);
  if (count < 1 || count > 1_000_000) throw new InvalidValue("value.count", `\`${text}\` is not from 1 to 1000000`);
  return count;
}
