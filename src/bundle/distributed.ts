/** The part of a distribution made again: from the document that came beside a submission, whose hash this request names. */
import { apportion, partFact, readDistribution, type Apportioned } from "../evidence/distribution.ts";
import type { DistributionFact } from "../policy/facts.ts";
import { InvalidValue } from "../values/errors.ts";
import { toWire } from "../values/wire.ts";
import { finding, type Finding } from "./finding.ts";
import type { Matter } from "./matter.ts";
import { firstDifference } from "./path.ts";
import type { Said } from "./roles.ts";

/** What the gate took for its facts, against what the document says. */
export function checkDistribution({ roles, intent }: Matter): readonly Finding[] {
  const { submission, brought, allocation } = roles;
  const { distribution: fact } = allocation.entry.facts;
  const field = `${allocation.field}.entry.facts.distribution`;
  if (fact === undefined) return [];
  const leaf = [submission, brought].find((one) => one?.statement.hash === fact.statement);
  if (leaf === undefined) return [finding(`${field}.statement`, "no leaf of the bundle brings its document")];
  const read = readFrom(leaf);
  if ("why" in read) return [read];
  if (read.hash !== intent.distribution)
    return [finding(`${leaf.field}.entry.attachment`, "this is another document than the request names")];
  return differing(fact, partFact(read, intent.to, leaf.statement.hash), field);
}

function readFrom({ entry, field }: Said<"Submission">): Apportioned | Finding {
  try {
    return apportion(readDistribution(entry.attachment));
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return finding(`${field}.entry.attachment`, error.message);
  }
}

function differing(fact: DistributionFact, expected: DistributionFact, field: string): readonly Finding[] {
  const place = firstDifference(toWire(fact), expected, field);
  return place === undefined ? [] : [finding(place, "the document says something else")];
}
