/** The verdict of a stranger who pins nothing but the hash of a genesis: verified, or the first thing that is wrong. */
import { isGenuine } from "../gate/receipt.ts";
import { logKeyOf } from "../gate/standing.ts";
import type { Entry } from "../log/entry.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import type { SignatureChecks } from "../values/signature-checks.ts";
import { openBundle, type Bundle } from "./bundle.ts";
import { checkAllocation, checkDecision } from "./decided.ts";
import type { Finding } from "./finding.ts";
import { followChanges, openGenesis } from "./history.ts";
import { settleMatter, type Matter } from "./matter.ts";
import { namedInFacts } from "./named.ts";
import { commonAncestor, isWithin } from "./path.ts";
import { checkOverruling } from "./overruled.ts";
import { checkRelease } from "./release.ts";
import { reportOf, type Report } from "./report.ts";
import { castRoles, type Roles, type Stage } from "./roles.ts";
import { examineSeal, locate, type Seal } from "./seal.ts";
import { checkOutcome } from "./settlement.ts";
import { checkSigning } from "./signing.ts";
import { checkReceipts, checkStamps } from "./stamps.ts";
import { attribute, checkBinding } from "./statements.ts";
import { checkPromotions, claimedEpochs, keyOfEpoch } from "./succession.ts";
import { checkFacts } from "./vouched.ts";

export type Verdict =
  | { readonly kind: "verified"; readonly report: Report }
  /** `field` is a path inside the bundle, dots and indices; see the README of the test vectors for how precise it can be. */
  | { readonly kind: "wrong"; readonly field: string; readonly why: string };

/**
 * Checks everything that can be checked offline, with the gate's own code. `second` are independent implementations of the same
 * signature checks: the whole verification is made again with them, and a verdict they do not share is `wrong`. Total.
 */
export function verifyBundle(
  json: unknown,
  genesisHash: Bytes32,
  checks: SignatureChecks,
  second?: SignatureChecks,
): Verdict {
  const verdict = verifyOnce(json, genesisHash, checks);
  if (verdict.kind === "wrong" || second === undefined) return verdict;
  const again = verifyOnce(json, genesisHash, second);
  if (again.kind === "verified") return verdict;
  return { ...again, why: `${again.why} (so says the second of two independent libraries; the first did not object)` };
}

export type Examined =
  | {
      readonly kind: "sound";
      readonly bundle: Bundle;
      readonly matter: Matter;
      readonly seal: Extract<Seal, { kind: "signed" }>;
    }
  | { readonly kind: "unsound"; readonly field: string; readonly why: string };

function verifyOnce(json: unknown, genesisHash: Bytes32, checks: SignatureChecks): Verdict {
  const examined = examineBundle(json, genesisHash, checks);
  if (examined.kind === "unsound") return { ...examined, kind: "wrong" };
  return { kind: "verified", report: reportOf(examined.bundle, examined.matter, examined.seal) };
}

/** Everything that `verifyBundle` checks, once; `permitted` takes a bundle whose last signature is not made yet. */
export function examineBundle(
  json: unknown,
  genesisHash: Bytes32,
  checks: SignatureChecks,
  stage: Stage = "signed",
): Examined {
  const opened = openBundle(json);
  if (opened.kind === "unreadable") return unsound(opened.finding);
  const { bundle } = opened;
  const cast = castRoles(bundle, stage);
  if (cast.kind === "miscast") return unsound(cast.finding);
  return examine(bundle, cast.roles, genesisHash, checks);
}

function unsound({ field, why }: Finding): Extract<Examined, { kind: "unsound" }> {
  return { kind: "unsound", field, why };
}

/** The seal is looked at first and judged last: it says which of two suspects was changed, the content says what in it. */
function examine(bundle: Bundle, roles: Roles, pinned: Bytes32, checks: SignatureChecks): Examined {
  const genesis = openGenesis(roles.genesis, pinned, checks);
  if (genesis.kind === "broken") return { kind: "unsound", ...genesis.finding };
  const { witnesses } = roles.genesis.entry.file.genesis;
  const epochs = claimedEpochs(roles);
  const log = { deploymentId: pinned, publicKey: logKeyOf({ epochs }), epochs, witnesses };
  const seal = examineSeal(bundle, log, checks);
  const content = checkContent(roles, bundle, { checks, genesis: genesis.history, log, seal });
  if (content.findings.length > 0 || content.matter === undefined) {
    return choose(content.findings, seal, bundle);
  }
  if (seal.kind === "unsigned" || seal.broken.length > 0) return choose([], seal, bundle);
  if (seal.lacking !== undefined) return { kind: "unsound", field: "checkpoint", why: seal.lacking };
  return { kind: "sound", bundle, matter: content.matter, seal };
}

type Given = {
  readonly checks: SignatureChecks;
  readonly genesis: Extract<ReturnType<typeof openGenesis>, { kind: "followed" }>["history"];
  readonly log: Parameters<typeof checkReceipts>[1];
  readonly seal: Seal;
};

type Content = { readonly findings: readonly Finding[]; readonly matter?: Matter };

/** Signed words first, then what is derived from them; the first step that finds something ends it. */
function checkContent(roles: Roles, bundle: Bundle, { checks, genesis, log, seal }: Given): Content {
  const examiner = { checks, vouched: vouchedFor(bundle, seal, log, checks) };
  const followed = followChanges(roles, genesis, examiner);
  if (followed.kind === "broken") return { findings: [followed.finding] };
  const { history } = followed;
  const promotions = checkPromotions(roles, history, checks);
  if (promotions.length > 0) return { findings: promotions };
  const attributed = attribute(roles, history, examiner);
  if (attributed.kind === "forged") return { findings: attributed.findings };
  const { signers } = attributed;
  const binding = checkBinding(roles, history, signers);
  if (binding.length > 0) return { findings: binding };
  const settled = settleMatter({ roles, history, signers, checks });
  if (settled.kind === "unsettled") return { findings: [settled.finding] };
  const { matter } = settled;
  const steps: readonly (() => readonly Finding[])[] = [
    () => checkReceipts(bundle, log, checks),
    () => checkAllocation(bundle, matter),
    () => checkSigning(matter),
    () => checkOverruling(matter),
    () => checkStamps(bundle),
    () => checkFacts(matter),
    () => checkDecision(matter),
    () => checkOutcome(matter),
    () => checkRelease(matter),
    () => checkUnused(matter),
  ];
  for (const step of steps) {
    const findings = step();
    if (findings.length > 0) return { findings };
  }
  return { findings: [], matter };
}

/** Statements whose words the log key vouches for: by a receipt, or by a leaf under the signed root that names them. */
function vouchedFor(bundle: Bundle, seal: Seal, log: Given["log"], checks: SignatureChecks): ReadonlySet<string> {
  const genuine = bundle.receipts.filter((one) => {
    const key = keyOfEpoch(log.epochs, one.epoch);
    return key !== undefined && isGenuine(one, key, checks);
  });
  const intact = seal.kind === "signed" ? bundle.leaves.filter((leaf) => !seal.broken.includes(leaf)) : [];
  return new Set([...genuine.map((one) => one.statementHash), ...intact.flatMap((leaf) => namedBy(leaf.entry))]);
}

function namedBy(entry: Entry): readonly Bytes32[] {
  switch (entry.kind) {
    case "activation":
    case "outcome":
    case "filler":
    case "promotion":
      return entry.statements;
    case "allocation":
      return [entry.submission, ...namedInFacts(entry.facts)];
    default:
      return [];
  }
}

/** Changes that no activation names, and that nobody needs therefore. */
function checkUnused({ roles }: Matter): readonly Finding[] {
  const named = new Set(roles.activations.flatMap((leaf) => leaf.entry.statements));
  return roles.changes
    .filter((leaf) => !named.has(leaf.statement.hash))
    .map((leaf) => ({ field: leaf.field, why: "nothing in the bundle needs this leaf" }));
}

const unsealed = "the log key did not sign the checkpoint";

/**
 * With the log's own checkpoint the changed leaf is the one that does not hash into it. Without, what rests on the checkpoint
 * alone cannot be told apart: two places that disagree and share no leaf are named as the checkpoint.
 */
function choose(findings: readonly Finding[], seal: Seal, bundle: Bundle): Examined {
  if (seal.kind === "signed") {
    const first = knownLeaf(findings, seal, bundle);
    return { kind: "unsound", field: first?.field ?? "leaves", why: first?.why ?? "the bundle is not understood" };
  }
  const [first] = findings;
  if (first === undefined) return { kind: "unsound", field: "checkpoint", why: seal.why };
  const shared = commonAncestor(placesOf(first));
  if (/^leaves\[[0-9]+\]./.test(shared) || placesOf(first).length === 1) {
    return { kind: "unsound", field: shared, why: first.why };
  }
  return {
    kind: "unsound",
    field: "checkpoint",
    why: `${first.why} (${placesOf(first).join(" or ")}), and ${unsealed}: ${seal.why}`,
  };
}

/** A leaf under the signed root is as the gate wrote it, so a disagreement with another one is not its fault. */
function knownLeaf(
  findings: readonly Finding[],
  seal: Extract<Seal, { kind: "signed" }>,
  bundle: Bundle,
): Finding | undefined {
  const inBroken = findings.flatMap((one) =>
    seal.broken.flatMap((leaf) => {
      const places = placesOf(one).filter((place) => isWithin(place, leaf.field));
      return places.length === 0 ? [] : [{ ...one, field: commonAncestor(places) }];
    }),
  );
  const outside = findings.filter((one) => !isWithin(one.field, "leaves"));
  const [broken] = seal.broken;
  return inBroken[0] ?? outside[0] ?? (broken === undefined ? findings[0] : locate(broken, seal, bundle));
}

function placesOf({ field, rivals }: Finding): readonly string[] {
  return rivals ?? [field];
}
