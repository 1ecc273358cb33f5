/** What analysis, tests and claims say of the policies in force, and the report of a draft: made once for a policy and a roster. */
import { historyOf } from "../../gate/past.ts";
import type { Logged } from "../../gate/usage-from-log.ts";
import { entrySchema } from "../../log/entry.ts";
import { decodeLeaf } from "../../log/leaf.ts";
import { compile } from "../../policy/compile/compile.ts";
import { readPolicyDocument } from "../../policy/document/document.ts";
import { explainPolicy } from "../../policy/words/explain-policy.ts";
import { judge, policyReport } from "../../policy/change/report.ts";
import {
  judgedView,
  reportView,
  type JudgedPolicy,
  type JudgedView,
  type PolicyReportView,
} from "../../request/judged.ts";
import { utf8 } from "../../values/digest.ts";
import { hash, type Json } from "../../values/json.ts";
import { parseWith } from "../../values/schema.ts";
import type { SignatureChecks } from "../../values/signature-checks.ts";
import type { Documents } from "./documents.ts";
import type { Store } from "./store.port.ts";

type JudgeParts = {
  readonly store: Pick<Store, "leaves" | "mirrored">;
  readonly checks: SignatureChecks;
  readonly documents: Documents;
};

export type Judge = {
  readonly policies: () => Promise<readonly JudgedPolicy[]>;
  /** Of a document that compiles. Throws `Fault` while nothing is mirrored. */
  readonly report: (draft: Json) => Promise<PolicyReportView>;
};

export function createJudge({ store, checks, documents }: JudgeParts): Judge {
  const judged = keeping<JudgedView>(100);
  const reports = keeping<PolicyReportView>(10);
  return {
    policies: async () => {
      const { policies, roster } = await documents.inForce();
      return policies.map(({ mirrored: { hash: name, version, document }, policy }) => {
        const read = { document: readPolicyDocument(document), policy, roster: roster.index };
        const judgedNow = judged(`${name} ${roster.mirrored.hash}`, () =>
          judgedView(judge({ ...read, rosterHash: roster.mirrored.hash })),
        );
        return { asset: policy.asset, hash: name, version, document, lines: explainPolicy(policy), ...judgedNow };
      });
    },
    report: async (draft) => {
      await documents.inForce();
      const size = await store.mirrored();
      const leaves = await leavesOf(store, size);
      return reports(`${hash(draft)} ${size}`, () => {
        const { asset } = readPolicyDocument(draft);
        const { standing, past } = historyOf(leaves, asset, checks);
        const { index, hash: rosterHash } = standing.roster;
        const current = standing.policies.get(asset)?.document;
        const report = policyReport(draft, { current, roster: index, rosterHash, logSize: size, past });
        return reportView(report, explainPolicy(compile(readPolicyDocument(draft))));
      });
    },
  };
}

const pageSize = 500;

async function leavesOf(store: JudgeParts["store"], size: number): Promise<readonly Logged[]> {
  const all: Logged[] = [];
  while (all.length < size) {
    const page = await store.leaves(all.length, Math.min(pageSize, size - all.length));
    if (page.length === 0) break;
    for (const { index, leaf } of page)
      all.push({ index, entry: parseWith(entrySchema, decodeLeaf(utf8(leaf)), "mirror.entry") });
  }
  return all;
}

/** Answers of a pure function by their key; the oldest goes when there are too many. */
function keeping<T>(most: number): (key: string, make: () => T) => T {
  const kept = new Map<string, T>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    const [oldest] = kept.keys();
    if (kept.size >= most && oldest !== undefined) kept.delete(oldest);
    kept.set(key, made);
    return made;
  };
}
