/** Indexes, epochs and times of the leaves: what the log alone vouches for, as far as its own order gives a change away. */
import { isGenuine } from "../gate/receipt.ts";
import type { Epoch } from "../gate/standing.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { isStatementLeaf, type Bundle } from "./bundle.ts";
import { differs, finding, type Finding } from "./finding.ts";
import { join } from "./path.ts";
import { epochAt, keyOfEpoch } from "./succession.ts";

export function checkStamps(bundle: Bundle): readonly Finding[] {
  const { leaves } = bundle;
  const [first] = leaves;
  const indexes = outOfOrder(
    leaves.map((leaf) => leaf.index),
    (before, after) => before < after,
  );
  const instants = outOfOrder(
    leaves.map((leaf) => leaf.entry.instant),
    (before, after) => before <= after,
  );
  return [
    ...(first?.index === 0 ? [] : [finding("leaves[0].index", "the genesis is leaf 0")]),
    ...named(indexes, (position) => `leaves[${position}].index`, "the leaves are in the order of the log"),
    ...named(instants, (position) => `leaves[${position}].entry.instant`, "the time of the log never runs back"),
    ...checkEpochs(bundle),
  ];
}

/** The first gate writes epoch 1, and each that is promoted the next one. */
function checkEpochs(bundle: Bundle): readonly Finding[] {
  return bundle.leaves
    .filter(({ entry, position }) => entry.epoch !== epochAt(bundle, position))
    .map(({ field, position }) => finding(`${field}.entry.epoch`, `it is of epoch ${epochAt(bundle, position)}`));
}

/** Positions of which any one, left out, restores the order; empty when it holds. */
function outOfOrder(values: readonly number[], follows: (before: number, after: number) => boolean): readonly number[] {
  const holds = (list: readonly number[]): boolean =>
    list.every((value, position) => position === 0 || follows(list[position - 1] ?? value, value));
  if (holds(values)) return [];
  const at = values.findIndex((value, position) => position > 0 && !follows(values[position - 1] ?? value, value));
  const suspects = [at - 1, at].filter((position) => holds(values.filter((_, other) => other !== position)));
  return suspects.length === 0 ? [at - 1, at] : suspects;
}

function named(suspects: readonly number[], path: (position: number) => string, why: string): readonly Finding[] {
  const [first, ...others] = suspects.map(path);
  if (first === undefined) return [];
  return [finding(first, why, others.length === 0 ? [] : [first, ...others])];
}

/** The gate's signed answers, where the bundle has them: they fix index, time and epoch of a statement apart from the checkpoint. */
export function checkReceipts(
  bundle: Bundle,
  log: { readonly deploymentId: string; readonly epochs: readonly Epoch[] },
  checks: SignatureChecks,
): readonly Finding[] {
  return bundle.receipts.flatMap((receipt, position) => {
    const field = join("receipts", position);
    if (receipt.deployment !== log.deploymentId)
      return [finding(`${field}.deployment`, "the receipt is of another deployment")];
    const key = keyOfEpoch(log.epochs, receipt.epoch);
    if (key === undefined || !isGenuine(receipt, key, checks))
      return [finding(field, "the log key did not sign this receipt")];
    const leaf = bundle.leaves.find((one) => isStatementLeaf(one) && one.statement.hash === receipt.statementHash);
    if (leaf === undefined) return [finding(field, "no leaf of the bundle holds its statement")];
    if (receipt.leafIndex === null) return [];
    return [
      ...differs(`${leaf.field}.index`, leaf.index, receipt.leafIndex, "the gate's receipt"),
      ...differs(`${leaf.field}.entry.instant`, leaf.entry.instant, receipt.instant, "the gate's receipt"),
      // A later gate answers for what an earlier one stored, in its own epoch.
      ...(leaf.entry.epoch < receipt.epoch
        ? []
        : differs(`${leaf.field}.entry.epoch`, leaf.entry.epoch, receipt.epoch, "the gate's receipt")),
    ];
  });
}
