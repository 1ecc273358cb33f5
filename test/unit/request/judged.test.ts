/** What was judged of a policy, as the API shows it. */
import { expect, it } from "vitest";
import { judge, policyReport } from "../../../src/policy/change/report.ts";
import { compile } from "../../../src/policy/compile/compile.ts";
import { judgedSchema, judgedView, policyReportSchema, reportView } from "../../../src/request/judged.ts";
import { indexRoster } from "../../../src/roster/membership.ts";
import { hash } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy, treasury } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const roster = rosterOf([managedKey("hsm-mint")]);
const people = { roster: indexRoster(roster), rosterHash: hash(toWire(roster)) };
const document = goldPolicy({
  tests: [
    {
      name: "nobody agreed",
      request: { operation: "mint", amount: "1 GLD", to: treasury, by: "ida" },
      expect: { allow: "mint" },
    },
  ],
  never: [{ operation: "redeem" }],
});

it("shows findings, tests and claims, each with what shows it", () => {
  const view = judgedView(judge({ document, policy: compile(document), ...people }));
  expect(view.analysis).toMatchObject({
    kind: "errors",
    findings: [
      { code: "policy.no-wallet", severity: "error" },
      { code: "policy.liveness", severity: "warning", example: { request: { operation: "mint" } } },
    ],
  });
  expect(view.tests).toEqual([
    { name: "nobody agreed", expected: "allowed by mint", came: "pending: mint.quorum", passed: false },
  ]);
  expect(view.claims).toMatchObject([{ field: "never.0", kind: "false" }]);
  expect(view.claims[0]?.example?.text).toMatch(/^redeem .* by i/);
  expect(judgedSchema.parse(JSON.parse(JSON.stringify(view)))).toEqual(view);
});

it("shows a whole report, as it was hashed, and none of the functions of it", () => {
  const wire = toWire(document);
  const report = policyReport(wire, { current: undefined, ...people, logSize: 3, past: [] });
  const view = reportView(report, ["Its words."]);
  expect(view).toMatchObject({ hash: report.hash, logSize: 3, diff: null, replay: { tried: 0, flips: [] } });
  expect(view.obstacles.map(({ code }) => code)).toEqual([
    "policy.no-wallet",
    "policy.test-failed",
    "policy.claim-false",
  ]);
  expect(policyReportSchema.parse(JSON.parse(JSON.stringify(view)))).toEqual(view);
});
