/** What a change must be before anybody's signature counts. */
import { expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import {
  enact,
  isAgreed,
  listsWith,
  readProposal,
  standingFromGenesis,
  type ChangeStatement,
  type Proposal,
} from "../../../src/gate/change.ts";
import { checkGenesis } from "../../../src/genesis/check.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { Ballot } from "../../../src/policy/decide/quorum.ts";
import { readStatement } from "../../../src/statement/read.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldDeployment, goldPolicy, idOf, treasury } from "../../place/gold.ts";
import { sign } from "../../place/people.ts";

const deployment = goldDeployment();
const checks = nativeChecks();
const standing = standingFromGenesis(checkGenesis(deployment.file, checks));
const next = (overrides: Readonly<Record<string, unknown>>): Json =>
  toWire(goldPolicy({ version: 2, previous: documentName(deployment.policyHash), ...overrides }));

function propose(document: Json, message: Readonly<Record<string, unknown>> = {}): Proposal {
  const fields = {
    documentHash: hash(document),
    version: 2,
    previous: deployment.policyHash,
    class: "loosen",
    reportHash: idOf("r"),
    ...message,
  };
  const statement = readStatement(sign("otto", deployment.deploymentId, "PolicyChange", fields)) as ChangeStatement;
  return readProposal(standing, statement, { document }, checks);
}

const signers = (...people: readonly string[]): Ballot[] =>
  people.map((person) => ({
    person: name.parse(person),
    credential: name.parse(`${person}-1`),
    credentialKind: person === "carla" ? "wallet" : "key",
  }));

test("the policy in force says who must agree to its successor", () => {
  const proposal = propose(next({ limits: [] }));
  expect(proposal.rule).toMatchObject({ delay: "1h", quorum: { group: "officers", min: 2 } });
  expect(isAgreed(standing, proposal, signers("otto"))).toBe(false);
  expect(isAgreed(standing, proposal, signers("otto", "olga"))).toBe(true);
  expect(isAgreed(standing, proposal, signers("otto", "carla"))).toBe(false);
});

test("a tightening takes the lighter quorum, and only when it is one", () => {
  const tighter = next({
    limits: [
      {
        id: "mint-day",
        when: { operation: "mint" },
        metric: "sum",
        window: "rolling 24h",
        per: "asset",
        max: "10 GLD",
        over: "deny",
      },
    ],
  });
  expect(propose(tighter, { class: "tighten" }).rule).toMatchObject({ quorum: { min: 1 } });
  expect(() => propose(next({ limits: [] }), { class: "tighten" })).toThrow(
    expect.objectContaining({ code: "change.class" }) as Error,
  );
});

test.each([
  ["a document that was not signed", {}, { documentHash: idOf("x") }, "change.document-hash"],
  ["another version than the document's", {}, { version: 3 }, "change.version"],
  ["another predecessor than the one in force", {}, { previous: idOf("x") }, "change.previous"],
  ["a document that skips a version", { version: 3 }, { version: 3 }, "genesis.version"],
  [
    "a chain the genesis does not know",
    { token: { chain: 1, address: treasury, decimals: 18, standard: "role-erc20", codehash: idOf("c") } },
    {},
    "change.chain",
  ],
  [
    "a second first policy",
    { version: 1, previous: null },
    { version: 1, previous: `0x${"00".repeat(32)}` },
    "genesis.version",
  ],
] as const)("refuses %s", (_, overrides, message, code) => {
  const document = next(overrides);
  expect(() => propose(document, message)).toThrow(expect.objectContaining({ code }) as Error);
});

test("what is enacted is in force, and the list of before is known", () => {
  const after = enact(standing, propose(next({ limits: [] })));
  expect(after.policies.get(name.parse("GLD"))?.version).toBe(2);
  const lists = { ...goldPolicy().lists, empty: { entries: [] } };
  expect([...listsWith(next({ lists }), parseAddress(treasury))]).toEqual(["treasury"]);
  expect([...listsWith(next({ lists }), parseAddress(`0x${"9".repeat(40)}`))]).toEqual([]);
  expect([...listsWith({ asset: "GLD" }, parseAddress(treasury))]).toEqual([]);
});
