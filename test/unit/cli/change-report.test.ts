/** What changes between two documents, said so that whoever signs can read it. */
import { describe, expect, it } from "vitest";
import { policyReport, rosterReport } from "../../../src/cli/change-report.ts";
import { documentHash, documentName } from "../../../src/genesis/genesis.ts";
import type { Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy } from "../../place/gold.ts";
import { managedKey, rosterOf } from "../../place/people.ts";

const policy = toWire(goldPolicy());
const next = (overrides: Readonly<Record<string, unknown>>): Json =>
  toWire(goldPolicy({ version: 2, previous: documentName(documentHash(policy)), ...overrides }));

describe("the report of a policy change", () => {
  it("says what goes, what comes, and that it loosens", () => {
    const limits = [{ ...goldPolicy().limits![0]!, max: "9000 GLD" }];
    const { class: kind, lines } = policyReport(policy, next({ limits }));
    expect(kind).toBe("loosen");
    expect(lines).toEqual(
      expect.arrayContaining([
        "- limit mint-day: at most 5,000 GLD of mint in any 1d",
        "+ limit mint-day: at most 9,000 GLD of mint in any 1d",
        '- limits.0.max: "5000 GLD"',
        '+ limits.0.max: "9000 GLD"',
      ]),
    );
    expect(lines.filter((line) => line.startsWith("+ "))).toHaveLength(5);
  });

  it("leaves out no field, also where the words say nothing of it", () => {
    const token = { ...goldPolicy().token, codehash: `0x${"cd".repeat(32)}` };
    expect(policyReport(policy, next({ token })).lines).toContain(`+ token.codehash: "0x${"cd".repeat(32)}"`);
    const groups = { ...goldPolicy().groups, custodians: { min: 1 } };
    const { class: kind, lines } = policyReport(policy, next({ groups }));
    expect({ kind, lines }).toMatchObject({ kind: "loosen" });
    expect(lines).toEqual(expect.arrayContaining(["- groups.custodians.min: 3", "+ groups.custodians.min: 1"]));
  });

  it("says that a lower limit tightens", () => {
    const limits = [{ ...goldPolicy().limits![0]!, max: "10 GLD" }];
    expect(policyReport(policy, next({ limits })).class).toBe("tighten");
  });

  it("is all new for an asset without a policy", () => {
    const { class: kind, lines } = policyReport(undefined, policy);
    expect(kind).toBe("loosen");
    expect(lines.filter((line) => line.startsWith("- "))).toEqual([]);
    expect(lines).toContain("+ version: 1");
  });

  it("has a hash that the same two documents always have, and others do not", () => {
    const limits = [{ ...goldPolicy().limits![0]!, max: "10 GLD" }];
    const one = policyReport(policy, next({ limits })).hash;
    expect(policyReport(policy, next({ limits })).hash).toBe(one);
    expect(policyReport(policy, next({})).hash).not.toBe(one);
    const turned = Object.fromEntries(Object.entries(next({ limits }) as object).reverse()) as Json;
    expect(policyReport(policy, turned).hash).toBe(one);
  });
});

describe("the report of a roster change", () => {
  const roster = rosterOf([managedKey("hsm-mint")]);
  const place = { policies: [policy], change: goldPolicy().change };

  it("names who goes, whose key changes, and whose approvals are void", () => {
    const [first, second] = roster.people;
    const people = [{ ...second!, groups: [] }, ...roster.people.slice(2)];
    const { class: kind, lines } = rosterReport(toWire(roster), toWire({ ...roster, version: 2, people }), place);
    expect(kind).toBe("tighten");
    expect(lines.some((line) => line.startsWith(`- person ${first!.id} `))).toBe(true);
    expect(lines).toContain(`+ person ${second!.id} (${second!.name}) in no group`);
    expect(lines.find((line) => line.startsWith("open"))).toMatch(
      new RegExp(`open approvals are void of: .*${first!.id}`),
    );
  });

  it("says that it loosens when it does more than remove", () => {
    const people = roster.people.map((one) => ({ ...one, groups: [...one.groups, "juniors"] }));
    expect(rosterReport(toWire(roster), toWire({ ...roster, version: 2, people }), place).class).toBe("loosen");
  });

  it("says so when nothing changes", () => {
    expect(rosterReport(toWire(roster), toWire(roster), place).lines).toEqual(["nothing changes"]);
  });
});
