/** Prices, holders and documents in a bundle: shown with who vouches for them, and of this very request, whatever a log key signs. */
import { beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { verifyBundle, type Verdict } from "../../../src/bundle/verify.ts";
import { bundleOf, type MadeBundle } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf } from "../../place/gate.ts";
import { askingGuards, goldDeployment, goldPolicy, treasury, words } from "../../place/gold.ts";
import { rehash, type Keys, type Loose } from "../../property/bundle/mutation.ts";

let made: MadeBundle;

beforeAll(async () => {
  const guards = [...(goldPolicy().guards ?? []), ...askingGuards];
  const place = openPlace(goldDeployment({ policy: goldPolicy({ guards }) }));
  try {
    await bringEvidence(place);
    for (const word of words(place.deployment, place.now)) await place.admit(word);
    const said = await approvedMint(place);
    const answer = await place.sign(requestIdOf(said));
    if (answer.kind !== "signed") throw new Error(JSON.stringify(answer));
    made = await bundleOf(place, requestIdOf(said));
  } finally {
    await place.close();
  }
});

it("is told with the source, the time and the attestor of each", () => {
  const verdict = verifyBundle(made.bundle, made.genesis, nativeChecks());
  if (verdict.kind === "wrong") throw new Error(`${verdict.field}: ${verdict.why}`);
  const told = verdict.report.facts.map(({ fact, value, by }) => `${fact}: ${value.split(" as of ")[0]!}, ${by}`);
  expect(told).toEqual(
    expect.arrayContaining([
      "GLD/USD: 64.10 by lbma-pm, attestor vault-auditor",
      "GLD/USD: 64.30 by comex, attestor vault-auditor",
      `address:${treasury}: verified by register, attestor kyc-desk`,
    ]),
  );
  expect(told.filter((line) => line.startsWith("reference:DEPOSIT-1: 0x"))).toHaveLength(1);
});

type Lists = Record<"prices" | "identities" | "documents", Record<string, unknown>[]>;

/** For whom every Ed25519 signature holds, the log key's too: only what the leaves say of each other is left. */
const credulous = { ...nativeChecks(), verifyEd25519: () => true };

describe("with every key of the services and of the log, a bundle is wrong", () => {
  const copy = (): Loose => structuredClone(made.bundle) as unknown as Loose;

  function forged(
    kind: string,
    change: (statement: Record<string, unknown>, facts: Lists) => void,
  ): Verdict & { at: number } {
    const bundle = copy();
    const at = bundle.leaves.findIndex(
      ({ entry }) => (entry["statement"] as { kind?: string } | undefined)?.kind === kind,
    );
    const allocation = bundle.leaves.find(({ entry }) => entry["kind"] === "allocation")!;
    change(bundle.leaves[at]!.entry["statement"] as Record<string, unknown>, allocation.entry["facts"] as Lists);
    const keys: Keys = ["leaves", at, "entry", "statement"];
    rehash(bundle, copy(), keys);
    return { ...verifyBundle(bundle, made.genesis, credulous), at };
  }

  it("is right as it was made", () => {
    expect(forged("IdentityAttestation", () => undefined)).toMatchObject({ kind: "verified" });
  });

  const subjects = [
    ["PriceAttestation", "prices", "SLV/USD"],
    ["IdentityAttestation", "identities", `address:0x${"bb".repeat(20)}`],
    ["DocumentAttestation", "documents", "reference:DEPOSIT-2"],
  ] as const;
  it.each(subjects)("when a %s is about another", (kind, list, subject) => {
    const verdict = forged(kind, (statement, facts) => {
      const message = statement["message"] as { subject: string; source: string };
      message.subject = subject;
      facts[list].find(({ source }) => source === message.source)!["subject"] = subject;
    });
    const field = `leaves[${String(verdict.at)}].entry.statement.message.subject`;
    expect(verdict).toMatchObject({ kind: "wrong", field });
  });

  it("when a person attests", () => {
    const verdict = forged("IdentityAttestation", (statement, facts) => {
      Object.assign(statement, { credential: "otto-1" });
      facts.identities[0]!["attestor"] = "otto";
    });
    const field = `leaves[${String(verdict.at)}].entry.statement.credential`;
    expect(verdict).toMatchObject({ kind: "wrong", field, why: "a person attests nothing" });
  });

  it("when a word is listed as another kind of fact", () => {
    const verdict = forged("DocumentAttestation", (_, facts) => {
      facts.identities = facts.documents;
    });
    expect(verdict).toMatchObject({
      kind: "wrong",
      field: expect.stringMatching(/identities\[0\]\.statement$/) as string,
    });
  });

  it("when a word is in it that the decision does not name", () => {
    const verdict = forged("PriceAttestation", (_, facts) => {
      facts.prices = facts.prices.slice(0, 1);
    });
    expect(verdict).toMatchObject({ kind: "wrong", why: "nothing in the bundle needs this leaf" });
  });
});
