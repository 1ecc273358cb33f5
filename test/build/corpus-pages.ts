/** A service over a deployment that texts of the corpus were signed into, which says them in every other field too when it is asked to. */
import type { ConsoleFile } from "../../src/http/console-files.ts";
import type { Desk } from "../../src/http/desk.port.ts";
import { hash, type Json } from "../../src/values/json.ts";
import { parse as parseName } from "../../src/values/name.ts";
import { toWire } from "../../src/values/wire.ts";
import { openService, type ServicePlace } from "../e2e/cli/service-place.ts";
import { openServe, type ServePlace } from "../flow/serve/place.ts";
import { corpusLines } from "../place/corpus.ts";
import { openPlace } from "../place/gate.ts";
import { approval, goldDeployment, goldPolicy, idOf, submission, treasury, type Deployment } from "../place/gold.ts";
import { genesisFile, managedKey, rosterOf, sign, testSecret } from "../place/people.ts";
import { firstWitness, witnessesOf } from "../place/witness.ts";

type Decided = Extract<Awaited<ReturnType<Desk["decision"]>>, { kind: "found" }>["value"];
type Answers = {
  readonly decisions: ReadonlyMap<string, Decided>;
  readonly policies: Awaited<ReturnType<Desk["policies"]>>;
};

export const done = idOf("DEPOSIT-1");
export const open = idOf("DEPOSIT-2");
export const line = (index: number): string => corpusLines[index % corpusLines.length]!;

/** A place, and what its service says when everything that nothing binds is said as one text. */
export type CorpusPlace = { readonly place: ServicePlace; readonly saying: (text: string) => Partial<Desk> };

export async function openCorpusService(files: readonly ConsoleFile[]): Promise<CorpusPlace> {
  const gatePlace = openPlace(evilDeployment());
  const serve = await openServe(gatePlace);
  const place = await openService(serve, files);
  const { deployment } = gatePlace;
  const said = submission(deployment, { now: gatePlace.now, by: "cora" });
  for (const one of [
    said,
    approval(deployment, said, "carla", { reason: line(2) }),
    approval(deployment, said, "chris", { reason: line(7) }),
  ])
    await serve.desk.post(one, undefined);
  await serve.settle();
  const intent = { reference: "DEPOSIT-2" };
  await serve.desk.post(submission(deployment, { now: gatePlace.now, by: "cora", intent }), undefined);
  await serve.step();
  const decisions = new Map<string, Decided>();
  for (const id of [done, open]) {
    const decided = await serve.desk.decision(id);
    if (decided.kind === "absent") throw new Error("it was decided");
    decisions.set(id, decided.value);
  }
  const answers = { decisions, policies: await serve.desk.policies() };
  const freeze = { scope: "key", target: "hsm-mint", reason: line(4), freezeId: testSecret("frozen") };
  await serve.desk.post(sign("chris", deployment.deploymentId, "Freeze", freeze), undefined);
  await serve.step();
  return { place, saying: (text) => saying(serve, answers, text) };
}

/** People, labels and tests are called by texts of the corpus: what is signed may be as bad as what a service makes up. */
function evilDeployment(): Deployment {
  const key = managedKey("hsm-mint");
  const { rules } = goldPolicy();
  const request = { operation: "mint", amount: "1 GLD", to: `0x${"de".repeat(20)}`, by: "cora" };
  const policy = goldPolicy({
    rules: rules.map((rule) => toWire({ ...rule, when: { ...rule.when, initiator: { group: "compliance" } } })),
    lists: { treasury: { entries: [{ address: treasury, label: line(1) }] } },
    tests: corpusLines.map((name) => ({ name, request, expect: { deny: "mint.to" } })),
  });
  const plain = rosterOf([key]);
  const named = { ...plain, people: plain.people.map((person, index) => ({ ...person, name: line(index) as never })) };
  const policies = [policy as unknown as Json & { asset: string }];
  const made = genesisFile({ roster: named, policies, overrides: { witnesses: witnessesOf(1, firstWitness) } });
  const { deploymentId } = made;
  return {
    ...goldDeployment({ policy, key }),
    ...{ file: toWire(made.file), deploymentId, rosterHash: hash(named), policyHash: hash(policy) },
  };
}

/** Cora sees what everybody sees. */
export const everything: Partial<Desk> = {
  member: () => {
    const groups = ["compliance", "issuers", "auditors", "officers", "custodians"].map(parseName);
    return Promise.resolve({ kind: "found", value: { member: parseName("cora"), groups, service: false } });
  },
};

type View = Awaited<ReturnType<Desk["requests"]>>[number];

/** Every text of an answer that nothing binds, said as `text`. */
function saying({ desk: truth, gatePlace }: ServePlace, answers: Answers, text: string): Partial<Desk> {
  const at = gatePlace.now as never;
  const clause = { id: text, kind: "rule", ok: false, curable: true, observed: text, bound: text } as const;
  const decisionOf = (id: string): Decided => ({
    ...answers.decisions.get(id)!,
    ...{ code: text, rule: text, clauses: [clause, { ...clause, ok: true }], nearest: [{ rule: text, clause }] },
  });
  const viewed = (view: View): View => ({
    ...view,
    ...{ waitsFor: text, alarm: text, events: [{ at, event: text, detail: text }] },
    votes: [...view.votes, { person: parseName("left-since"), decision: text, reason: text, at }],
    closing: { why: text, txHash: null, closed: false },
    ...(view.requestId === done ? { state: text } : {}),
  });
  const example = { text, request: {}, at: text };
  const finding = { code: text, severity: "error" as const, field: text, message: text, example };
  const judged = {
    analysis: { kind: "errors" as const, findings: [finding], why: text },
    tests: [{ name: text, expected: text, came: text, passed: false }],
    claims: [{ field: text, kind: "false" as const, claim: text, message: text, example }],
  };
  const hash32 = testSecret("a hash");
  const change = (state: string): Json => {
    const document = { [text]: [text, { text }] };
    const people = [{ person: text, at }];
    return toWire({
      ...{ documentHash: hash(document), document, kind: text, name: text, version: 2, state, since: at, signed: [] },
      ...{ class: "tighten", signedBy: people, vetoedBy: people },
    });
  };
  return {
    ...everything,
    request: async (id) => {
      const found = await truth.request(id);
      return found.kind === "absent" ? found : { kind: "found", value: viewed(found.value) };
    },
    requests: async (filter) => (await truth.requests(filter)).map(viewed),
    decision: async (id) => ({ kind: "found", value: decisionOf(id) }),
    simulate: async () => ({ kind: "decided", decision: decisionOf(open) }),
    policies: async () => answers.policies.map((one) => ({ ...one, ...judged, lines: [text, text] })),
    report: async () => ({
      ...judged,
      class: "loosen",
      ...{ documentHash: hash32, rosterHash: hash32, logSize: 1, lines: [text], inWords: [text, text], hash: hash32 },
      obstacles: [{ code: text, field: text, message: text }],
      diff: {
        kind: "loosening",
        regions: [{ effect: "loosening", region: text, from: text, to: text, example }],
        settings: [{ effect: "loosening", field: text, from: text, to: text }],
      },
      replay: {
        tried: 1,
        flips: [
          {
            requestId: done,
            at,
            words: text,
            from: text,
            to: text,
            code: text,
            why: [],
            recorded: true,
            unasked: false,
          },
        ],
      },
    }),
    assets: async () => (await truth.assets()).map(asset(text)),
    asset: async (name) => {
      const found = await truth.asset(name);
      return found.kind === "absent" ? found : { kind: "found", value: asset(text)(found.value) };
    },
    changes: async () => [change("proposed")],
  };
}

type Asset = Awaited<ReturnType<Desk["assets"]>>[number];

const asset =
  (text: string) =>
  (view: Asset): Asset => ({
    ...view,
    observed: view.observed.map((one) => ({ ...one, fact: text, value: text })),
    attested: view.attested.map((one) => ({ ...one, unit: text })),
    cover: view.cover.map((one) => ({
      ...{ ...one, ratio: text, warnRatio: text, worth: text, coverage: text },
      words: one.words.map((word) => ({ ...word, source: text })),
    })),
    proposal: { operation: "pause", why: text },
    pending: [{ operation: text, count: 1, amount: 1n as never }],
    limits: [{ clause: text, said: text, usedMillionths: 1 }],
    frozen: [{ ...view.frozen![0]!, scope: text, target: text, reason: text }],
  });
