/** Runs the examples that stand in a policy: what is decided of each in the world it describes, against what it expects. */
import type { RosterIndex } from "../../roster/membership.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue, invariant } from "../../values/errors.ts";
import { hash } from "../../values/json.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import type { PolicyDocument } from "../document/document.ts";
import type { Policy } from "../policy.ts";
import { caseOf, type WrittenCase } from "./test-case.ts";
import type { WrittenTest } from "../document/test-schema.ts";
import { hashOf } from "./world.ts";

export type TestResult = {
  readonly name: string;
  /** `allowed by mint`. */
  readonly expected: string;
  /** The same, of what was decided; why not, when the test cannot be run. */
  readonly came: string;
  readonly passed: boolean;
  readonly decision: Decision | undefined;
};

export type TestInput = {
  readonly document: PolicyDocument;
  /** Compiled from the document. */
  readonly policy: Policy;
  readonly roster: RosterIndex;
  readonly rosterHash: Bytes32;
};

/** One result for each test, in the order of the document. Total: a test that cannot be run has failed. */
export function runTests(input: TestInput): readonly TestResult[] {
  const { document, policy, roster, rosterHash } = input;
  const policyHash = hash(document);
  const decideOne = (one: WrittenCase): Decision =>
    decide({ ...one, roster, policyHash, rosterHash, intentHash: hashOf(one.intent) });
  return (document.tests ?? []).map((test) => runTest(test, () => decideNearest(test, { policy, roster }, decideOne)));
}

function runTest(test: WrittenTest, decideTest: () => Decision): TestResult {
  const expected = expectation(test);
  try {
    const decision = decideTest();
    const passed = isExpected(test, decision);
    return { name: test.name, expected, came: outcome(decision), passed, decision };
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    return {
      name: test.name,
      expected,
      came: `it cannot be run: ${error.message}`,
      passed: false,
      decision: undefined,
    };
  }
}

/** With the key that the tier signs with, when the test names none: the first of which the decision says so. */
function decideNearest(
  test: WrittenTest,
  ground: Pick<TestInput, "policy" | "roster">,
  decideOne: (one: WrittenCase) => Decision,
): Decision {
  const decisions = caseOf(test, ground).map((one) => ({ key: one.key, decision: decideOne(one) }));
  const [first] = decisions;
  invariant(first !== undefined, "a test is at least one case");
  return (decisions.find(({ key, decision }) => decision.key === key) ?? first).decision;
}

function isExpected({ expect }: WrittenTest, { verdict, rule, clauses, nearest }: Decision): boolean {
  const { allow, pending, deny } = expect;
  if (allow !== undefined) return verdict === "allowed" && rule === allow;
  const failing = clauses.filter(({ ok }) => !ok);
  if (pending !== undefined) return verdict === "pending" && failing.some(({ id }) => id === pending);
  return verdict === "refused" && [...failing, ...nearest.map(({ clause }) => clause)].some(({ id }) => id === deny);
}

function expectation({ expect: { allow, pending, deny } }: WrittenTest): string {
  if (allow !== undefined) return `allowed by ${allow}`;
  return pending === undefined ? `refused: ${deny ?? ""}` : `pending: ${pending}`;
}

function outcome({ verdict, rule, clauses, nearest }: Decision): string {
  if (verdict === "allowed") return `allowed by ${rule ?? ""}`;
  const failing = clauses.filter(({ ok, curable }) => !ok && (verdict === "pending" || !curable)).map(({ id }) => id);
  const near = nearest.map(({ clause }) => clause.id);
  return `${verdict}: ${failing.join(", ")}${near.length === 0 ? "" : ` (nearest: ${near.join(", ")})`}`;
}
