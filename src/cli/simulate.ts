/** `countersign policy simulate`: one request before a policy, with nothing written anywhere: asked of the service, or decided here in the best of worlds. */
import { explainDecision } from "../policy/words/explain.ts";
import type { Decision } from "../policy/decision.ts";
import { runTests } from "../policy/trial/run-tests.ts";
import { testSchema, type WrittenTest } from "../policy/document/test-schema.ts";
import { intentFrom } from "../sdk/submission.ts";
import type { Instant } from "../values/instant.ts";
import { parse as parseName } from "../values/name.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import type { Given } from "./command.ts";
import { asked, openService } from "./connection.ts";
import { readDocument } from "./document-file.ts";
import { inForce } from "./in-force.ts";
import { furtherGiven } from "./further-option.ts";
import type { Io } from "./io.ts";
import { option, optionAfter } from "./option-value.ts";
import { no, Refused, UsageError, yes, type Outcome } from "./outcome.ts";
import { readPolicyFile, readRosterFile } from "./policy-file.ts";
import { withoutUnit } from "./quantity.ts";
import { signingAccount } from "./signing-account.ts";

export function simulate(given: Given, io: Io): Promise<Outcome> {
  const roster = given.maybe("roster");
  return roster === undefined ? askService(given, io) : Promise.resolve(decideHere(given, roster));
}

/** The gate's own dry run, under the policy in force or a draft. */
async function askService(given: Given, io: Io): Promise<Outcome> {
  for (const name of ["api", "credential", "genesis"])
    if (given.maybe(name) === undefined)
      throw new UsageError(`--${name} is missing; or say --policy and --roster to decide here`);
  const alone = offlineOnly.find((name) => given.list(name).length > 0);
  if (alone !== undefined)
    throw new UsageError(`--${alone} needs --policy and --roster: the service tells what is so now`);
  const service = openService(given);
  const path = given.maybe("policy");
  const draft = path === undefined ? undefined : readPolicyFile(path);
  const asset = draft?.policy.asset ?? given.maybe("asset");
  if (asset === undefined) throw new UsageError("--asset is missing, or --policy");
  const documents = await inForce(service, asset);
  const policy = draft?.policy ?? documents.policy;
  const wish = wishOf(given, { ...documents, policy }, io.now());
  const intent = toWire(intentFrom(wish, policy.token.decimals));
  const initiator = option("by", given.text("by"), parseName);
  const answer = await asked(service.client.simulate(intent, initiator, draft?.document));
  if (answer.kind === "refused") throw new Refused(answer.code, answer.message);
  return outcomeOf(answer.decision);
}

/** What only a world that is made up can have. */
const offlineOnly = ["vote", "veto", "waited", "at", "given"];

function wishOf(
  given: Given,
  documents: Parameters<typeof signingAccount>[0],
  now: Instant,
): Parameters<typeof intentFrom>[0] {
  const { policy, roster } = documents;
  const [to, written, account] = [given.maybe("to"), given.maybe("amount"), given.maybe("account")];
  const amount = written === undefined ? undefined : withoutUnit("amount", written, policy.asset);
  const operation = given.text("operation");
  const key = roster.roster.keys.find(({ id }) => id === account);
  return {
    operation,
    asset: policy.asset,
    chainId: policy.token.chain,
    account: key?.account ?? account ?? signingAccount(documents, { operation, amount, to }),
    ...(to === undefined ? {} : { to }),
    ...(amount === undefined ? {} : { amount }),
    ...furtherGiven(given),
    reference: given.maybe("reference") ?? "SIMULATED-1",
    feeCeiling: withoutUnit("max-fee", given.maybe("max-fee") ?? "0.02 ETH", "ETH"),
    notBefore: now,
    expiresAt: optionAfter("expires", "24h", now),
  };
}

/** As a test in the policy would be decided: everything observed, attested and unused, but for what is said. */
function decideHere(given: Given, rosterPath: string): Outcome {
  const path = given.maybe("policy");
  if (path === undefined) throw new UsageError("--policy is missing: a roster alone decides nothing");
  const { written, policy, hash: policyHash } = readPolicyFile(path);
  const { index: roster, hash: rosterHash } = readRosterFile(rosterPath);
  const document = { ...written, tests: [testOf(given, policy.asset)] };
  const [result] = runTests({ document, policy, roster, rosterHash });
  if (result?.decision === undefined) throw new Refused("policy.test", result?.came ?? "nothing was decided");
  return outcomeOf({ ...result.decision, policyHash });
}

function testOf(given: Given, asset: string): WrittenTest {
  const at = given.maybe("at");
  const maybe = (key: string, name: string): Readonly<Record<string, string>> => {
    const text = given.maybe(name);
    return text === undefined ? {} : { [key]: text };
  };
  const typedData = given.maybe("typed-data");
  const test = {
    name: "simulated",
    ...(at === undefined ? {} : { at }),
    request: {
      operation: given.text("operation"),
      by: given.text("by"),
      ...maybe("to", "to"),
      ...maybe("account", "account"),
      ...maybe("reference", "reference"),
      ...inUnit(maybe("amount", "amount"), asset),
      ...inUnit(maybe("maxFee", "max-fee"), "ETH"),
      ...(typedData === undefined ? {} : { typedData: readDocument(typedData) }),
    },
    votes: given.list("vote").map(voteOf),
    vetoes: given.list("veto"),
    ...maybe("waited", "waited"),
    given: givenOf(given.list("given")),
    expect: { allow: "simulated" },
  };
  return parseWith(testSchema, test, "cli.simulation");
}

/** `100` is `100 GLD`. */
function inUnit(said: Readonly<Record<string, string>>, unit: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(said).map(([key, text]) => [key, text.includes(" ") || text === "max" ? text : `${text} ${unit}`]),
  );
}

/** `carla`, or `carla:carla-wallet` when it matters which credential. */
function voteOf(text: string): unknown {
  const [by = "", credential] = text.split(":");
  return credential === undefined ? by : { by, with: credential };
}

/** `reserves=10 GLD`, `used.mint-day=4000 GLD`, `price=10.00`, `missing=supply`; the schema says which there are. */
function givenOf(pairs: readonly string[]): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  const used: Record<string, string | number> = {};
  const several: Record<string, string[]> = {};
  for (const pair of pairs) {
    const [key = "", ...rest] = pair.split("=");
    const value = rest.join("=");
    if (rest.length === 0) throw new UsageError(`--given: \`${pair}\` is not KEY=VALUE, such as \`reserves=10 GLD\``);
    if (key.startsWith("used.")) used[key.slice("used.".length)] = /^[0-9]+$/.test(value) ? Number(value) : value;
    else if (key === "price" || key === "missing") (several[key] ??= []).push(value);
    else all[key] = key === "paused" ? value === "true" : value;
  }
  return { ...all, ...several, ...(Object.keys(used).length === 0 ? {} : { used }) };
}

/** A refusal is a no; what time, people or evidence can still bring is not. */
function outcomeOf(decision: Decision): Outcome {
  const json = { decision: toWire(decision) };
  const lines = explainDecision(decision);
  return decision.verdict === "refused" ? no(lines, json) : yes(lines, json);
}
