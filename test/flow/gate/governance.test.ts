/** Changes of policy and roster before the gate: one officer's signature tightens at once, and nothing that loosens passes for it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { toWire } from "../../../src/values/wire.ts";
import { editedBy, everyConstruct, loosenings, tightenings } from "../../place/construct.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, submission, treasury } from "../../place/gold.ts";
import { memberOf, rosterOf, sign, type PersonId } from "../../place/people.ts";

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);

type Change = { readonly by: PersonId; readonly kind: "PolicyChange" | "RosterChange"; readonly claimed: string };

/** A change of what is in force in this place, as somebody signs it. */
function changeOf(place: GatePlace, document: Json, { by, kind, claimed }: Change): [Envelope, Json] {
  const { policyHash, rosterHash, deploymentId } = place.deployment;
  const message = {
    documentHash: hash(document),
    version: 2,
    previous: kind === "PolicyChange" ? policyHash : rosterHash,
    class: claimed,
    reportHash: idOf("report"),
  };
  return [sign(by, deploymentId, kind, message), { document }];
}

const policyVersion = ({ journal }: GatePlace): number | undefined => journal.activeDocument("Policy", "GLD")?.version;
const rosterVersion = ({ journal }: GatePlace): number | undefined =>
  journal.activeDocument("Roster", "roster")?.version;

describe("a policy with every construct", () => {
  const every = goldPolicy(everyConstruct());
  const next = (deployment: { readonly policyHash: string }, edit: Readonly<Record<string, unknown>>): Json =>
    toWire(goldPolicy({ ...editedBy(every, edit), version: 2, previous: `sha256:${deployment.policyHash.slice(2)}` }));

  let place: GatePlace;
  beforeEach(() => {
    place = openPlace(goldDeployment({ policy: every }));
  });
  afterEach(async () => {
    await place.close();
  });

  test("takes one signature under no loosening that is called a tightening", async () => {
    const codes = new Map<string, string>();
    for (const [name, edit] of loosenings) {
      const change = changeOf(place, next(place.deployment, edit), {
        by: "otto",
        kind: "PolicyChange",
        claimed: "tighten",
      });
      codes.set(name, codeOf(await place.admit(...change)));
    }
    expect(Object.fromEntries(codes)).toEqual(Object.fromEntries(loosenings.map(([name]) => [name, "change.class"])));
    expect(policyVersion(place)).toBe(1);
    expect(place.journal.proposedDocuments()).toEqual([]);
  });

  test.each(tightenings)("is tightened at once by one officer: %s", async (_, edit) => {
    const change = changeOf(place, next(place.deployment, edit), {
      by: "otto",
      kind: "PolicyChange",
      claimed: "tighten",
    });
    expect(codeOf(await place.admit(...change))).toBe("admitted");
    expect(policyVersion(place)).toBe(2);
    await place.reopen();
    expect(policyVersion(place)).toBe(2);
  });
});

describe("a roster", () => {
  let place: GatePlace;
  beforeEach(() => {
    place = openPlace();
  });
  afterEach(async () => {
    await place.close();
  });

  const roster = rosterOf([goldDeployment().key]);
  type Part = (typeof roster)["people"][number];
  const next = (people: readonly Part[], services: readonly Part[] = roster.services): Json =>
    toWire({ ...roster, version: 2, previous: documentName(place.deployment.rosterHash), people, services });
  const without = (...ids: string[]): readonly Part[] => roster.people.filter(({ id }) => !ids.includes(id));
  const propose = async (by: PersonId, document: Json, claimed = "tighten"): Promise<string> =>
    codeOf(await place.admit(...changeOf(place, document, { by, kind: "RosterChange", claimed })));

  test("loses a leaver at once by one officer, with their open approvals, and everybody else's stay", async () => {
    await bringEvidence(place);
    const said = submission(place.deployment, { now: place.now });
    await place.admit(said);
    for (const by of ["carla", "chris"] as const) await place.admit(approval(place.deployment, said, by));
    expect(await propose("otto", next(without("carla")))).toBe("admitted");
    expect(rosterVersion(place)).toBe(2);
    const pending = await place.sign(requestIdOf(said));
    expect(pending).toMatchObject({ kind: "refused", decision: { verdict: "pending" } });
    const seats = "decision" in pending ? pending.decision?.seats : [];
    expect(seats?.map(({ person }) => person)).toEqual(["chris", null]);
    expect(codeOf(await place.admit(approval(place.deployment, said, "carla", { reason: "again" })))).toBe(
      "statement.unknown-credential",
    );
    await place.reopen();
    expect(rosterVersion(place)).toBe(2);
  });

  test("loses a membership at once by one officer", async () => {
    const people = roster.people.map((one) => (one.id === "ida" ? { ...one, groups: [] } : one));
    expect(await propose("otto", next(people))).toBe("admitted");
    expect(rosterVersion(place)).toBe(2);
    await bringEvidence(place);
    expect(codeOf(await place.sign(requestIdOf(await approvedMint(place))))).toBe("policy.initiator-not-in-group");
  });

  test.each<[string, () => Json]>([
    [
      "an addition behind a leaver",
      () =>
        next(
          without("carla").map((one) =>
            one.id === "ivan" ? { ...one, groups: [...one.groups, memberOf("cora").groups[0]!] } : one,
          ),
        ),
    ],
    ["who may veto", () => next(without("cora"))],
    [
      "who attests",
      () =>
        next(
          roster.people,
          roster.services.filter(({ id }) => id !== "vault-auditor"),
        ),
    ],
    [
      "who observes",
      () =>
        next(
          roster.people,
          roster.services.filter(({ id }) => id !== "obs-1"),
        ),
    ],
    ["an officer whom the others would miss", () => next(without("olga"))],
    [
      "a name",
      () => next(roster.people.map((one) => (one.id === "carla" ? { ...one, name: memberOf("chris").name } : one))),
    ],
  ])(
    "keeps %s against one officer who calls it a tightening, and lets it go by the loosen quorum",
    async (_, document) => {
      expect(await propose("otto", document())).toBe("change.class");
      expect(rosterVersion(place)).toBe(1);
      for (const by of ["otto", "omar"] as const) expect(await propose(by, document(), "loosen")).toBe("admitted");
      expect(rosterVersion(place)).toBe(1);
      place.now += 3_601;
      await place.admit(submission(place.deployment, { now: place.now }));
      expect(rosterVersion(place)).toBe(2);
    },
  );

  test("is vetoed also when another message under it no longer says what is so", async () => {
    await place.close();
    const change = { ...goldPolicy().change, tighten: { quorum: { group: "officers", min: 2 } } };
    place = openPlace(goldDeployment({ overrides: { change } }));
    const { deploymentId, policyHash } = place.deployment;
    const document = next(
      roster.people,
      roster.services.filter(({ id }) => id !== "kyc-desk"),
    );
    expect(await propose("otto", document)).toBe("admitted");
    for (const by of ["olga", "omar"] as const) expect(await propose(by, document, "loosen")).toBe("admitted");
    // From now on the desk is asked, and without it the roster tightens nothing.
    const { guards = [] } = goldPolicy();
    const asking = {
      id: "holder",
      when: { operation: "mint" },
      require: { evidence: "identity", by: { group: "verifiers", min: 1 } },
    };
    const stricter = goldPolicy({
      version: 2,
      previous: documentName(policyHash),
      guards: [...guards, asking],
    });
    const tighter = { by: "otto", kind: "PolicyChange", claimed: "tighten" } as const;
    expect(codeOf(await place.admit(...changeOf(place, toWire(stricter), tighter)))).toBe("admitted");
    expect(policyVersion(place)).toBe(2);
    const veto = { target: hash(document), intentHash: bytes32.zero, reason: "who will know the holders" };
    expect(codeOf(await place.admit(sign("cora", deploymentId, "Veto", veto)))).toBe("admitted");
    place.now += 3_601;
    await place.admit(submission(place.deployment, { now: place.now }));
    expect(rosterVersion(place)).toBe(1);
  });

  test("takes ten messages of one officer under one document, and no more", async () => {
    const document = next(without("olga"));
    const codes: string[] = [];
    for (let index = 0; index < 11; index += 1) {
      const [statement, attachment] = changeOf(place, document, {
        by: "otto",
        kind: "RosterChange",
        claimed: "loosen",
      });
      const message = { ...statement.message, reportHash: idOf(`report ${index}`) };
      codes.push(
        codeOf(await place.admit(sign("otto", place.deployment.deploymentId, "RosterChange", message), attachment)),
      );
    }
    expect(codes).toEqual([...Array.from({ length: 10 }, () => "admitted"), "change.too-many"]);
  });

  test("is tightened by an officer, not by a custodian or an issuer", async () => {
    for (const by of ["chris", "ida", "cora"] as const)
      expect(await propose(by, next(without("carla")))).toBe("change.not-entitled");
    expect(rosterVersion(place)).toBe(1);
  });
});

describe("a policy that does not do what it says of itself", () => {
  let place: GatePlace;
  beforeEach(() => {
    place = openPlace();
  });
  afterEach(async () => {
    await place.close();
  });

  const mint = { operation: "mint", by: "ida", amount: "1 GLD" };
  const failing = { tests: [{ name: "one is enough", request: mint, votes: ["carla"], expect: { allow: "mint" } }] };
  const untrue = { never: [{ operation: "mint", withFewerPeopleThan: 5 }] };
  const next = (fields: Readonly<Record<string, unknown>>): Json =>
    toWire(goldPolicy({ version: 2, previous: documentName(place.deployment.policyHash), ...fields }));
  const propose = async (by: PersonId, document: Json): Promise<string> =>
    codeOf(await place.admit(...changeOf(place, document, { by, kind: "PolicyChange", claimed: "loosen" })));

  test.each([
    ["change.tests-fail", failing],
    ["change.claim-false", untrue],
  ])("is not proposed: %s", async (code, fields) => {
    expect(await propose("otto", next(fields))).toBe(code);
    expect(place.journal.proposedDocuments()).toEqual([]);
  });

  test("is looked at for nobody who has no seat in the quorum", async () => {
    expect(await propose("carla", next(failing))).toBe("change.not-entitled");
  });

  test("is proposed when it does, and signed by others without being run again", async () => {
    const tests = [{ ...failing.tests[0], votes: ["carla", "chris"] }];
    const document = next({ tests, never: [{ operation: "mint", withFewerPeopleThan: 2 }] });
    for (const by of ["otto", "olga"] as const) expect(await propose(by, document)).toBe("admitted");
    place.now += 3_601;
    await place.admit(submission(place.deployment, { now: place.now }));
    expect(policyVersion(place)).toBe(2);
  });

  test("is tightened by one officer at once, whatever its examples say of what is taken away", async () => {
    await place.close();
    const below = { ...mint, amount: "900 GLD", to: treasury };
    const tests = [{ name: "just below", request: below, votes: ["carla", "chris"], expect: { allow: "mint" } }];
    place = openPlace(goldDeployment({ policy: goldPolicy({ tests }) }));
    const lowered = [{ ...goldPolicy().limits![0]!, max: "500 GLD" }];
    const document = next({ tests, limits: lowered });
    expect(await propose("otto", document)).toBe("change.tests-fail");
    const change = { by: "otto", kind: "PolicyChange", claimed: "tighten" } as const;
    expect(codeOf(await place.admit(...changeOf(place, document, change)))).toBe("admitted");
    await place.admit(submission(place.deployment, { now: place.now }));
    expect(policyVersion(place)).toBe(2);
  });
});
