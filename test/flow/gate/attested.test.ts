/** Prices, holders and documents from the statement to the decision: what lets a mint go, what makes it wait, and what nobody can slip in. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { publicPart, signStatement } from "../../../src/adapters/credential/credential.ts";
import { secretCredential } from "../../../src/adapters/credential/credential-file.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import type { GateAnswer } from "../../../src/gate/wire.ts";
import { entrySchema } from "../../../src/log/entry.ts";
import { decodeLeaf } from "../../../src/log/leaf.ts";
import type { Clause } from "../../../src/policy/decision.ts";
import type { Facts } from "../../../src/policy/facts.ts";
import type { Member, Roster } from "../../../src/roster/roster.ts";
import type { Envelope } from "../../../src/statement/envelope.ts";
import type { Bytes32 } from "../../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import * as name from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, type GatePlace } from "../../place/gate.ts";
import {
  approval,
  askingGuards,
  attestation,
  documented,
  goldDeployment,
  goldPolicy,
  identified,
  idOf,
  pricedAt,
  sightings,
  submission,
  treasury,
  words,
} from "../../place/gold.ts";
import { rosterOf, sign, testSecret } from "../../place/people.ts";

const asking = () =>
  goldDeployment({ policy: goldPolicy({ guards: [...(goldPolicy().guards ?? []), ...askingGuards] }) });

let place: GatePlace;
beforeEach(() => {
  place = openPlace(asking());
});
afterEach(async () => {
  await place.close();
});

const codeOf = (answer: GateAnswer): string => ("code" in answer ? answer.code : answer.kind);
const say = async (envelope: Envelope): Promise<string> => codeOf(await place.admit(envelope));
const sayAll = async (envelopes: readonly Envelope[]): Promise<void> => {
  for (const envelope of envelopes) expect(await say(envelope)).toBe("admitted");
};

/** All that the mint needs but the words. */
async function mint(): Promise<Envelope> {
  await bringEvidence(place);
  return approvedMint(place);
}

/** What the gate would answer: the clause of a guard, and the verdict. */
async function clauseOf(said: Envelope, guard: string): Promise<Clause & { readonly verdict: string }> {
  const answer = await place.gate.answer({ verb: "sign", requestId: requestIdOf(said), dryRun: true });
  if (answer.kind !== "decided") throw new Error(JSON.stringify(answer));
  const found = answer.decision.clauses.find(({ id }) => id === `guard.${guard}`);
  if (found === undefined) throw new Error(`no clause of ${guard}`);
  return { ...found, verdict: answer.decision.verdict };
}

function allocatedFacts(): Facts {
  const entries = place.journal.leaves(0, 1_000).map(({ bytes }) => entrySchema.parse(decodeLeaf(bytes)));
  const entry = entries.find(({ kind }) => kind === "allocation");
  if (entry?.kind !== "allocation") throw new Error("nothing was allocated");
  return entry.facts;
}

describe("a mint whose policy asks for prices, a holder and a document", () => {
  test("goes with two fresh prices, a verified holder and a document, and its leaf names each of them", async () => {
    const said = await mint();
    const all = words(place.deployment, place.now);
    await sayAll(all);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    const { prices, identities, documents } = allocatedFacts();
    expect(prices).toMatchObject([
      { attestor: "vault-auditor", subject: "GLD/USD", source: "comex", value: "64.30" },
      { attestor: "vault-auditor", subject: "GLD/USD", source: "lbma-pm", value: "64.10" },
    ]);
    expect(identities).toMatchObject([{ attestor: "kyc-desk", subject: `address:${treasury}`, value: "verified" }]);
    expect(documents).toMatchObject([{ attestor: "kyc-desk", subject: "reference:DEPOSIT-1", value: idOf("receipt") }]);
  });

  test("goes after the gate was closed and opened again in between", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    await place.reopen();
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });

  const lacks = [
    ["fresh-price", "Price"],
    ["verified-holder", "Identity"],
    ["receipt", "Document"],
  ] as const;
  for (const [guard, kind] of lacks) {
    test(`waits for ${guard} while nobody attests it`, async () => {
      const said = await mint();
      await sayAll(words(place.deployment, place.now).filter((one) => one.kind !== `${kind}Attestation`));
      expect(await clauseOf(said, guard)).toMatchObject({ ok: false, verdict: "pending" });
      expect((await place.sign(requestIdOf(said))).kind).toBe("refused");
      await sayAll(words(place.deployment, place.now).filter((one) => one.kind === `${kind}Attestation`));
      expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    });
  }

  test("waits while one source is too few, and says so", async () => {
    const said = await mint();
    const all = words(place.deployment, place.now);
    await sayAll(all.filter(({ message }) => message["source"] !== "comex"));
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: false, verdict: "pending" });
    expect(await clauseOf(said, "fresh-price.evidence")).toMatchObject({
      observed: expect.stringMatching(/^1 current [^]*vault-auditor by lbma-pm/) as string,
      bound: expect.stringContaining("from 2 sources") as string,
    });
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.evidence-missing");
    await sayAll(all.filter(({ message }) => message["source"] === "comex"));
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: true, verdict: "allowed" });
  });

  test("waits when the prices grow old, until there are new ones", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    place.now += 56;
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: false, verdict: "pending" });
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.attestation-stale");
    await sayAll(words(place.deployment, place.now));
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: true, verdict: "allowed" });
  });

  test("waits when the sources differ by more than the policy bears", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    place.now += 5;
    await sayAll([pricedAt(place.deployment, place.now, { value: "63.6" })]);
    const told = { observed: "63.6 to 64.30 USD", bound: "prices of GLD/USD at most 0.01 of the lowest apart" };
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: false, verdict: "pending", ...told });
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.price-spread");
    place.now += 5;
    await sayAll([pricedAt(place.deployment, place.now, { value: "63.67" })]);
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: true });
  });

  test("is told of the last word when all have ended", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    await sayAll([identified(place.deployment, place.now, { asOf: place.now, expiresAt: place.now + 10 })]);
    place.now += 10;
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false, verdict: "pending" });
    const { observed } = await clauseOf(said, "verified-holder.evidence");
    expect(observed).toMatch(/^0 current [^]*kyc-desk by register as of/);
  });

  test("stops at a revocation, and goes on when the holder is verified anew", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    await sayAll([identified(place.deployment, place.now, { asOf: place.now, value: "revoked" })]);
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false, observed: "revoked by kyc-desk" });
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.not-verified");
    place.now += 5;
    await sayAll([identified(place.deployment, place.now, { asOf: place.now })]);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });

  test("stops at a revocation from another list, whatever the first one says", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    await sayAll([identified(place.deployment, place.now, { source: "sanctions", value: "revoked" })]);
    expect((await place.sign(requestIdOf(said))).kind).toBe("refused");
  });
});

test("an operation that no guard asks anything for has no such facts in its leaf", async () => {
  await place.close();
  place = openPlace();
  const said = await mint();
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  const facts = allocatedFacts();
  expect("prices" in facts || "identities" in facts || "documents" in facts).toBe(false);
});

describe("nobody slips in", () => {
  const wordOf = (by: Parameters<typeof sign>[0], envelope: Envelope): Envelope =>
    sign(by, place.deployment.deploymentId, envelope.kind, envelope.message);

  test("a word of a stranger, a person, or a service that attests something else", async () => {
    const price = pricedAt(place.deployment, place.now);
    const holder = identified(place.deployment, place.now);
    const paper = documented(place.deployment, place.now);
    for (const by of ["ida", "otto", "obs-1", "kyc-desk"] as const)
      expect([by, await say(wordOf(by, price))]).toEqual([by, "attestation.not-an-attestor"]);
    for (const by of ["cora", "obs-2", "vault-auditor"] as const)
      for (const word of [holder, paper])
        expect([by, await say(wordOf(by, word))]).toEqual([by, "attestation.not-an-attestor"]);
    const mallory = secretCredential({ kind: "key", id: name.parse("mallory"), privateKey: testSecret("mallory") });
    expect(await say(signStatement(mallory, place.deployment.deploymentId, price.kind, price.message))).toBe(
      "statement.unknown-credential",
    );
  });

  test("a changed value, another kind, or a word of another deployment under a good signature", async () => {
    const price = pricedAt(place.deployment, place.now);
    expect(await say({ ...price, message: { ...price.message, value: "65" } })).toBe("statement.key-signature");
    const holder = identified(place.deployment, place.now);
    expect(await say({ ...holder, kind: "DocumentAttestation" })).toBe("statement.key-signature");
    const elsewhere = { ...place.deployment, deploymentId: idOf("another deployment") };
    expect(await say(pricedAt(elsewhere, place.now))).toBe("statement.key-signature");
  });

  test("a price that no policy asks for", async () => {
    for (const subject of ["GLD/EUR", "SLV/USD", "USD/GLD"])
      expect(await say(pricedAt(place.deployment, place.now, { subject }))).toBe("attestation.unasked");
    await place.close();
    place = openPlace();
    for (const word of words(place.deployment, place.now)) expect(await say(word)).toBe("attestation.unasked");
  });

  test("what is no price, no holder or no document", async () => {
    const { deployment, now } = place;
    expect(await say(pricedAt(deployment, now, { value: "0" }))).toBe("attestation.value");
    expect(await say(pricedAt(deployment, now, { value: "1e3" }))).toBe("attestation.value");
    expect(await say(pricedAt(deployment, now, { subject: "GLD" }))).toBe("attestation.subject");
    expect(await say(identified(deployment, now, { value: "maybe" }))).toBe("attestation.value");
    expect(await say(identified(deployment, now, { subject: "address:Ida Muster" }))).toBe("attestation.subject");
    expect(await say(documented(deployment, now, { value: "the receipt" }))).toBe("attestation.value");
  });

  test("a word of the future, one that has ended, or one that lives too long", async () => {
    const { deployment, now } = place;
    expect(await say(pricedAt(deployment, now, { asOf: now + 61 }))).toBe("attestation.future");
    expect(await say(pricedAt(deployment, now, { asOf: now - 60, expiresAt: now }))).toBe("attestation.expired");
    const week = 7 * 86_400;
    expect(await say(pricedAt(deployment, now, { asOf: now, expiresAt: now + week + 1 }))).toBe("attestation.lifetime");
    expect(await say(pricedAt(deployment, now, { asOf: now + 60, expiresAt: now + 60 + week }))).toBe("admitted");
  });

  test("an older price after a newer one, said anew or replayed", async () => {
    const said = await mint();
    const { deployment } = place;
    const old = words(deployment, place.now);
    await sayAll(old);
    place.now += 30;
    await sayAll([pricedAt(deployment, place.now, { value: "70" })]);
    expect(await say(pricedAt(deployment, place.now, { asOf: place.now - 6, value: "64.20" }))).toBe(
      "attestation.stale",
    );
    // The gate has it, and says so again; it counts no more than before.
    await sayAll(old);
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: false });
    await place.reopen();
    expect(await clauseOf(said, "fresh-price")).toMatchObject({ ok: false });
  });

  test("a word about somebody or something else", async () => {
    const said = await mint();
    const { deployment, now } = place;
    const other = `0x${"bb".repeat(20)}`;
    const all = words(deployment, now);
    await sayAll(all.filter(({ kind }) => kind === "PriceAttestation"));
    await sayAll([
      identified(deployment, now, { subject: `address:${other}` }),
      documented(deployment, now, { subject: "reference:DEPOSIT-10" }),
      documented(deployment, now, { subject: "reference:DEPOSIT" }),
    ]);
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false });
    expect(await clauseOf(said, "receipt")).toMatchObject({ ok: false });
  });

  test("more sources than a decision looks through", async () => {
    const from = (number: number): Envelope =>
      pricedAt(place.deployment, place.now, { source: `source-${String(number)}`, expiresAt: place.now + 20 });
    for (let number = 0; number < 16; number += 1) expect(await say(from(number))).toBe("admitted");
    expect(await say(from(16))).toBe("attestation.too-many-sources");
    expect(await say(pricedAt(place.deployment, place.now, { source: "source-3", asOf: place.now }))).toBe("admitted");
    place.now += 20;
    expect(await say(from(17))).toBe("admitted");
  });
});

describe("two words of one instant", () => {
  test("about a price freeze the asset, and the second is not taken", async () => {
    const said = await mint();
    await sayAll(words(place.deployment, place.now));
    const twin = pricedAt(place.deployment, place.now, { value: "64.20" });
    expect(await say(twin)).toBe("attestation.conflict");
    expect(place.journal.freezes()).toMatchObject([{ scope: "asset", target: "GLD", by: "vault-auditor" }]);
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("gate.frozen");
    expect(await say(twin)).toBe("attestation.conflict");
    expect(place.journal.freezes()).toHaveLength(1);
  });

  test("about a price that are one number, or end at other times, freeze nothing", async () => {
    await sayAll([pricedAt(place.deployment, place.now)]);
    expect(await say(pricedAt(place.deployment, place.now, { value: "64.1" }))).toBe("attestation.stale");
    expect(await say(pricedAt(place.deployment, place.now, { expiresAt: place.now + 9 }))).toBe("attestation.stale");
    expect(place.journal.freezes()).toEqual([]);
  });

  test("from two sources are two words", async () => {
    await sayAll(words(place.deployment, place.now));
    expect(place.journal.freezes()).toEqual([]);
  });

  for (const first of ["verified", "revoked"] as const) {
    test(`about a holder, ${first} first, count as revoked until a newer one`, async () => {
      const said = await mint();
      const { deployment, now } = place;
      const second = first === "verified" ? "revoked" : "verified";
      await sayAll(words(deployment, now).filter(({ kind }) => kind !== "IdentityAttestation"));
      await sayAll([identified(deployment, now, { value: first })]);
      await sayAll([identified(deployment, now, { value: second, expiresAt: now + 20 })]);
      expect((await place.sign(requestIdOf(said))).kind).toBe("refused");
      expect(await say(identified(deployment, now, { value: first, expiresAt: now + 99 }))).toBe(
        "attestation.conflict",
      );
      expect(place.journal.freezes()).toEqual([]);
      // The first does not come back when the second ends.
      place.now += 21;
      expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false });
      await sayAll([identified(deployment, place.now)]);
      expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
    });
  }

  test("about a document are no document until a newer one", async () => {
    const said = await mint();
    const { deployment, now } = place;
    await sayAll(words(deployment, now));
    await sayAll([documented(deployment, now, { value: sha256(utf8("another receipt")) })]);
    expect(await clauseOf(said, "receipt")).toMatchObject({ ok: false });
    expect(codeOf(await place.sign(requestIdOf(said)))).toBe("policy.documents-differ");
    expect(await say(documented(deployment, now, { value: sha256(utf8("a third")) }))).toBe("attestation.conflict");
    expect(place.journal.freezes()).toEqual([]);
    place.now += 6;
    await sayAll([documented(deployment, place.now)]);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });
});

describe("with another roster", () => {
  const second = secretCredential({ kind: "key", id: name.parse("kyc-2"), privateKey: testSecret("kyc 2") });
  const first = (): Roster => structuredClone(rosterOf([place.deployment.key]));
  const holding = (member: string, credential: string, document: Bytes32): Json =>
    structuredClone(
      signStatement(second, place.deployment.deploymentId, "Possession", {
        holder: member,
        credential,
        documentHash: document,
      }),
    );

  /** Version 2, in which the desk has a second credential; answers how to go back to one. */
  async function withSecond(): Promise<() => Promise<Bytes32>> {
    const { deployment } = place;
    const services = first().services.map((one) =>
      one.id === "kyc-desk" ? { ...one, credentials: [...one.credentials, publicPart(second)] } : one,
    );
    const wide = { ...first(), version: 2, previous: documentName(deployment.rosterHash), services };
    await newRoster(wide, deployment.rosterHash, [holding("kyc-desk", "kyc-2", hash(wide))]);
    return async () => {
      const narrow = { ...first(), version: 3, previous: documentName(hash(wide)) };
      await newRoster(narrow, hash(wide), []);
      return hash(narrow);
    };
  }

  /** A mint under a later roster that lacks nothing but the holder's verification. */
  async function mintUnder(rosterHash: Bytes32): Promise<Envelope> {
    const { deployment } = place;
    await sayAll(sightings(deployment, { blockNumber: 20, blockTime: place.now - 2 }));
    await sayAll([attestation(deployment, place.now)]);
    await sayAll(words(deployment, place.now).filter((one) => one.kind !== "IdentityAttestation"));
    const said = submission(deployment, { now: place.now });
    await sayAll([said, ...(["carla", "chris"] as const).map((by) => approval(deployment, said, by, { rosterHash }))]);
    return said;
  }

  const bySecond = ({ kind, message }: Envelope): Envelope =>
    signStatement(second, place.deployment.deploymentId, kind, message);

  test("a word counts no more when its credential left, and neither does what was said before it", async () => {
    const back = await withSecond();
    await sayAll([identified(place.deployment, place.now)]);
    place.now += 5;
    await sayAll([bySecond(identified(place.deployment, place.now, { value: "revoked" }))]);
    const said = await mintUnder(await back());
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false });
    await sayAll([identified(place.deployment, place.now)]);
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: true });
  });

  test("of two words that contradict each other, one does not stand when the credential of the other left", async () => {
    const back = await withSecond();
    await sayAll([
      identified(place.deployment, place.now),
      bySecond(identified(place.deployment, place.now, { value: "revoked" })),
    ]);
    const said = await mintUnder(await back());
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false });
  });

  test("a word said again with a new credential stands when the old one left", async () => {
    const back = await withSecond();
    await sayAll([bySecond(identified(place.deployment, place.now)), identified(place.deployment, place.now)]);
    const said = await mintUnder(await back());
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: true });
  });

  test("attestors do not make each other stale, and one of them revokes alone; a person is none", async () => {
    const { deployment } = place;
    const joined = (id: string): boolean => id === "vault-auditor" || id === "cora";
    const join = (one: Member): Member =>
      joined(one.id) ? { ...one, groups: [...one.groups, name.parse("verifiers")] } : one;
    const { people, services } = first();
    const wide = {
      ...first(),
      version: 2,
      previous: documentName(deployment.rosterHash),
      people: people.map(join),
      services: services.map(join),
    };
    await newRoster(wide, deployment.rosterHash, []);
    const said = await mintUnder(hash(wide));
    const other = (word: Envelope): Envelope => sign("vault-auditor", deployment.deploymentId, word.kind, word.message);
    const { kind, message } = identified(deployment, place.now);
    expect(await say(sign("cora", deployment.deploymentId, kind, message))).toBe("attestation.not-an-attestor");
    await sayAll([
      identified(deployment, place.now),
      other(identified(deployment, place.now, { value: "revoked", asOf: place.now - 9 })),
    ]);
    place.now += 5;
    await sayAll([identified(deployment, place.now)]);
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false });
    await sayAll([other(identified(deployment, place.now))]);
    expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  });

  test("what a service said does not count when it became a person", async () => {
    const { deployment } = place;
    await sayAll([identified(deployment, place.now)]);
    const { people, services } = first();
    const desk = services.filter(({ id }) => id === "kyc-desk");
    const odd = {
      ...first(),
      version: 2,
      previous: documentName(deployment.rosterHash),
      people: [...people, ...desk],
      services: services.filter(({ id }) => id !== "kyc-desk"),
    };
    await newRoster(odd, deployment.rosterHash, []);
    const said = submission(deployment, { now: place.now });
    await sayAll([said]);
    expect(await clauseOf(said, "verified-holder")).toMatchObject({ ok: false });
  });
});

/** Two officers sign a roster, and its hour passes. */
async function newRoster(document: object, previous: string, possessions: readonly Json[]): Promise<void> {
  const wire = toWire(document) as Json & { readonly version: number };
  const { version } = wire;
  const message = { documentHash: hash(wire), version, previous, class: "loosen", reportHash: idOf("report") };
  for (const by of ["otto", "olga"] as const) {
    const change = sign(by, place.deployment.deploymentId, "RosterChange", message);
    expect(codeOf(await place.admit(change, { document: wire, possessions }))).toBe("admitted");
  }
  place.now += 3_700;
  await place.sign(idOf("nothing"));
  expect(place.journal.activeDocument("Roster", "roster")?.version).toBe(version);
}
