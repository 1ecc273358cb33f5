/** The gates that wrote a bundle's leaves, one after the other: which log key speaks for each epoch, and that people promoted it. */
import { promoted, promotionDoubt } from "../gate/promotion.ts";
import type { Epoch } from "../gate/standing.ts";
import type { Hex } from "../values/hex.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { openBundle, type Bundle } from "./bundle.ts";
import { finding, type Finding } from "./finding.ts";
import { eraAt, type History } from "./history.ts";
import { join } from "./path.ts";
import { entriesOf, type Roles } from "./roles.ts";

/** As the leaves claim it, the first gate's key first; `checkPromotions` says whether it is so. */
export function claimedEpochs(roles: Pick<Roles, "promotions" | "genesis">): readonly [Epoch, ...Epoch[]] {
  const first = { epoch: 1, logKey: roles.genesis.entry.file.genesis.log.publicKey };
  return [first, ...roles.promotions.map(({ entry: { epoch, logKey } }): Epoch => ({ epoch, logKey }))];
}

/** Every promotion was signed by the quorum of its moment; nothing else speaks for a later gate. */
export function checkPromotions(
  { promotions, promoting }: Roles,
  history: History,
  checks: SignatureChecks,
): readonly Finding[] {
  let epochs = history.eras[0]?.standing.epochs;
  for (const { field, position, entry } of promotions) {
    const era = eraAt(history, position);
    if (era === undefined || epochs === undefined) return [finding(field, "no genesis is in force")];
    const statements = [];
    for (const [place, name] of entry.statements.entries()) {
      const leaf = promoting.find((one) => one.statement.hash === name && one.position < position);
      if (leaf === undefined)
        return [finding(join(`${field}.entry.statements`, place), "no leaf of the bundle holds this statement")];
      statements.push(leaf.statement);
    }
    const standing = { ...era.standing, epochs };
    const why = promotionDoubt(standing, entry, statements, checks);
    if (why !== undefined) return [finding(`${field}.entry`, `nobody promoted this gate: ${why}`)];
    ({ epochs } = promoted(standing, entry));
  }
  const named = new Set(promotions.flatMap(({ entry }) => entry.statements));
  return promoting
    .filter(({ statement }) => !named.has(statement.hash))
    .map(({ field }) => finding(field, "nothing in the bundle needs this leaf"));
}

/** Where a bundle names another gate of an epoch than its reader knows: people promoted both, and the reader believes one. */
export function otherGate(json: unknown, known: readonly Epoch[]): Finding | undefined {
  const opened = openBundle(json);
  const leaves = opened.kind === "opened" ? opened.bundle.leaves : [];
  const other = entriesOf(leaves, "promotion").find(
    ({ entry }) => (keyOfEpoch(known, entry.epoch) ?? entry.logKey) !== entry.logKey,
  );
  return other === undefined
    ? undefined
    : finding(`${other.field}.entry.logKey`, `you know another gate of epoch ${other.entry.epoch}`);
}

/** The epoch of the leaf at a position: it goes up with each promotion, and with nothing else. */
export function epochAt(bundle: Pick<Bundle, "leaves">, position: number): number {
  return 1 + entriesOf(bundle.leaves, "promotion").filter((leaf) => leaf.position <= position).length;
}

export function keyOfEpoch(epochs: readonly Epoch[], epoch: number): Hex | undefined {
  return epochs.find((one) => one.epoch === epoch)?.logKey;
}
