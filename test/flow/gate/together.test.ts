/** What comes to the gate at once is committed at once: nothing is answered and no token is asked before, and what is lost was never said. */
import { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { isOwnRun } from "../../../src/flow/gate/run.ts";
import { hash } from "../../../src/values/json.ts";
import {
  approvedMint,
  bringEvidence,
  fees,
  moodyBackend,
  openPlace,
  requestIdOf,
  type GatePlace,
  type Moody,
} from "../../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, submission } from "../../place/gold.ts";
import { sign as signAs } from "../../place/people.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";

const deployment = goldDeployment();
let place: GatePlace;
let backend: Moody;
/** Commits that wait for the test. */
let commits: (() => void)[];

const hold = (): void => {
  place.gather = (commit) => commits.push(commit);
};
const commitAll = (): void => {
  for (const commit of commits.splice(0)) commit();
};

beforeEach(async () => {
  backend = moodyBackend();
  place = openPlace(deployment, backend);
  commits = [];
  await bringEvidence(place);
});
afterEach(async () => {
  place.gather = (commit) => setImmediate(commit);
  commitAll();
  await place.close();
});

/** What was answered by now; the rest waits. */
async function answered(asked: readonly Promise<GateAnswer>[]): Promise<readonly string[]> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
  return await Promise.all(asked.map((one) => Promise.race([one.then(({ kind }) => kind), turn("waits")])));
}

const ask = (request: Parameters<GatePlace["gate"]["answer"]>[0]): Promise<GateAnswer> => place.gate.answer(request);

test("admissions and refusals of one turn are one commit, and nobody is answered before it, whoever only reads among them", async () => {
  hold();
  const said = ["A", "B", "C"].map((reference) => submission(deployment, { now: place.now, intent: { reference } }));
  const asked = [
    ...said.map((statement) => ask({ verb: "admit", statement })),
    ask({ verb: "admit", statement: { ...said[0]!, credential: parseName("nobody") } }),
    ask({ verb: "sign", requestId: idOf("nobody's"), fees }),
    ask({ verb: "head" }),
    ask({ verb: "entries", from: 0, limit: 9 }),
    ask({ verb: "sign", dryRun: true, requestId: requestIdOf(said[0]!) }),
    ask({ verb: "health" }),
  ];
  expect(await answered(asked)).toEqual(asked.map(() => "waits"));
  expect(commits).toHaveLength(1);
  commitAll();
  expect(await answered(asked)).toEqual([
    ...["admitted", "admitted", "admitted", "problem", "refused", "head", "entries", "refused", "health"],
  ]);
  expect(commits).toEqual([]);
});

test("one that is refused halfway takes nothing of the others along", async () => {
  const both = ["K", "L"].map((reference) =>
    submission(deployment, { now: place.now, requestId: idOf("same"), intent: { reference } }),
  );
  hold();
  const asked = both.map((statement) => ask({ verb: "admit", statement }));
  await answered(asked);
  commitAll();
  expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(["admitted", "problem"]);
  expect(place.journal.statementsAbout("Submission", idOf("same"))).toHaveLength(1);
});

test("a token is asked once it is on disk that it is, and answers once the signature is", async () => {
  const requestId = requestIdOf(await approvedMint(place));
  hold();
  const asked = ask({ verb: "sign", requestId, fees });
  const steps: (readonly [asked: number, answer: string])[] = [];
  for (let commit = 0; commit < 3; commit += 1) {
    const [answer = ""] = await answered([asked]);
    steps.push([backend.asked(), answer]);
    expect(commits).toHaveLength(1);
    commitAll();
  }
  expect(await answered([asked])).toEqual(["signed"]);
  // Allocation and permit; that a token is asked; its signature.
  expect(steps).toEqual([
    [0, "waits"],
    [0, "waits"],
    [1, "waits"],
  ]);
});

test("what stands in the way while it is written that a token is asked keeps the token from it, and leaves no doubt", async () => {
  const said = await approvedMint(place);
  const requestId = requestIdOf(said);
  hold();
  const asked = ask({ verb: "sign", requestId, fees });
  await answered([asked]);
  commitAll();
  await answered([asked]);
  // It waits now for the disk to know that a token is asked.
  expect(place.journal.permits(requestId)).toMatchObject([{ asked: true, doubt: true }]);
  const rejected = ask({ verb: "admit", statement: approval(deployment, said, "cyril", { decision: "reject" }) });
  for (let more = 0; more < 3; more += 1) {
    await answered([asked, rejected]);
    commitAll();
  }
  expect(await answered([asked, rejected])).toEqual(["refused", "admitted"]);
  expect(backend.asked()).toBe(0);
  expect(place.journal.permits(requestId)).toMatchObject([{ asked: true, doubt: false }]);
});

/** From then on a refusal of this request makes the commit fail that it is in. */
async function spoil(about: string): Promise<void> {
  await place.reopen(() => {
    const file = new DatabaseSync(place.journalFile);
    file.exec(`CREATE TRIGGER spoil AFTER INSERT ON refusals WHEN NEW.about = '${about}'
      BEGIN INSERT INTO permit_leaves (digest, leaf) VALUES ('0x00', 1000000); END`);
    file.close();
  });
}

test("a commit that is lost is told to everybody in it; no token was asked, and all of it can be said again", async () => {
  const said = await approvedMint(place);
  const requestId = requestIdOf(said);
  await spoil(idOf("spoils"));
  const size = place.journal.size();
  hold();
  const other = submission(deployment, { now: place.now, intent: { reference: "OTHER" } });
  const lost = [
    ask({ verb: "sign", requestId, fees }),
    ask({ verb: "admit", statement: other }),
    ask({ verb: "head" }),
    ask({ verb: "sign", requestId: idOf("spoils"), fees }),
  ];
  await answered(lost);
  commitAll();
  expect(await answered(lost)).toEqual(["problem", "problem", "problem", "problem"]);
  expect([place.journal.size(), place.journal.allocation(requestId), backend.asked()]).toEqual([size, undefined, 0]);
  // A commit that breaks a constraint is a broken promise of the gate's own: it signs nothing until somebody has looked.
  place.gather = (commit) => setImmediate(commit);
  expect((await ask({ verb: "sign", requestId, fees })).kind).toBe("refused");
  await place.reopen();
  expect((await ask({ verb: "admit", statement: other })).kind).toBe("admitted");
  expect((await ask({ verb: "sign", requestId, fees })).kind).toBe("signed");
});

test("an answer that outlived a loss is none, and what was signed is found again", async () => {
  const requestId = requestIdOf(await approvedMint(place));
  await spoil(idOf("spoils"));
  let answer: () => void = () => undefined;
  const soft = backend.sign;
  backend.sign = async (permit) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return await soft(permit);
  };
  const signing = ask({ verb: "sign", requestId, fees });
  await answered([signing]);
  expect((await ask({ verb: "sign", requestId: idOf("spoils"), fees })).kind).toBe("problem");
  answer();
  expect(await signing).toMatchObject({ kind: "problem", code: "journal.io" });
  await place.reopen();
  expect((await ask({ verb: "sign", requestId, fees })).kind).toBe("signed");
  expect(backend.asked()).toBe(1);
});

const [mintDay] = goldPolicy().limits ?? [];
const tighter = { limits: [{ ...mintDay, max: "100 GLD" }] };

test("a document that came into force in a commit that is lost is not in force", async () => {
  const requestId = requestIdOf(await approvedMint(place));
  await spoil(idOf("spoils"));
  const policyOf = async (): Promise<string> => {
    const answer = await ask({ verb: "sign", dryRun: true, requestId });
    return answer.kind === "decided" ? answer.decision.policyHash : answer.kind;
  };
  expect(await policyOf()).toBe(deployment.policyHash);
  const document = toWire(goldPolicy({ ...tighter, version: 2, previous: documentName(deployment.policyHash) }));
  const statement = signAs("otto", deployment.deploymentId, "PolicyChange", {
    ...{ documentHash: hash(document), version: 2, previous: deployment.policyHash },
    ...{ class: "tighten", reportHash: idOf("report") },
  });
  hold();
  const lost = [
    ask({ verb: "admit", statement, attachment: { document } }),
    ask({ verb: "sign", requestId: idOf("spoils"), fees }),
  ];
  await answered(lost);
  expect(place.journal.activeDocument("Policy", "GLD")?.version).toBe(2);
  commitAll();
  expect(await answered(lost)).toEqual(["problem", "problem"]);
  place.gather = (commit) => setImmediate(commit);
  expect([place.journal.activeDocument("Policy", "GLD")?.version, await policyOf()]).toEqual([
    1,
    deployment.policyHash,
  ]);
});

test("a run has begun as long as the journal has the leaf that it began with", () => {
  const { journal } = place;
  const run = idOf("run");
  const leaf = journal.append({ kind: "run", epoch: 1, instant: parseInstant(place.now), run, phase: "begun" });
  const another = idOf("another");
  const asked = [[run, leaf] as const, [another, leaf] as const, [run, leaf + 1] as const, [run, 0] as const];
  expect(asked.map(([one, at]) => isOwnRun({ journal, run: one }, at))).toEqual([true, false, false, false]);
});
