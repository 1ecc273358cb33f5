/** Claims are made under the signature of those who sign for an issuer whom the token trusts for the topic, and of nobody else. */
import { describe, expect, it } from "vitest";
import { settingChanges } from "../../../../src/policy/analyse/settings.ts";
import { changeClass } from "../../../../src/policy/change/change-class.ts";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { claimed, goodSigner, judgeClaim } from "../../../../src/policy/decide/claim.ts";
import { addressOf, claimKey, claimOf, registries, tokenOf } from "../../../place/profiles.ts";
import { document, documentWith, inputWith, rosterIndex } from "../example.ts";

const token = tokenOf("erc3643", document.token);
const made = claimOf(addressOf("identity"));
const { claim, signature, ...named } = made;
const rules = ["addClaim", "removeClaim"].map((operation) => ({
  ...document.rules[0],
  id: operation,
  when: { operation, initiator: { group: "issuers" } },
}));

function judged(
  intent: Readonly<Record<string, unknown>>,
  { claimSigner, fields = {} }: { claimSigner?: string | undefined; fields?: object } = {},
): readonly (readonly [string, boolean])[] {
  const policy = { token: { ...token, ...fields }, rules, guards: [], limits: [] };
  const facts = claimSigner === undefined ? {} : { claimSigner };
  const input = inputWith({ policy, intent: { amount: "0", ...intent }, facts });
  return judgeClaim(input).map(({ id, ok }) => [id, ok]);
}

describe("a claim is made", () => {
  const asked = { operation: "addClaim", ...named, claim, signature };

  it("when those who sign for its issuer signed it", () => {
    expect(judged(asked, { claimSigner: claimKey.address })).toEqual([
      ["intent.topic", true],
      ["intent.signature", true],
    ]);
  });

  it.each<[string, object, { claimSigner?: string; fields?: object }, readonly boolean[]]>([
    ["nobody signed it", {}, {}, [true, false]],
    ["somebody else signed it", {}, { claimSigner: addressOf("somebody") }, [true, false]],
    ["its issuer is not trusted", { issuer: addressOf("other") }, { claimSigner: claimKey.address }, [false, false]],
    ["its issuer is trusted for other topics", { topic: "2" }, { claimSigner: claimKey.address }, [false, true]],
    [
      "nobody signs for its issuer here",
      {},
      { claimSigner: claimKey.address, fields: { claimSigners: undefined } },
      [true, false],
    ],
  ])("never when %s", (_, change, given, expected) => {
    expect(judged({ ...asked, ...change }, given).map(([, ok]) => ok)).toEqual(expected);
  });

  it("and another is refused for good", () => {
    const policy = { token, rules, guards: [], limits: [] };
    const input = inputWith({ policy, intent: { amount: "0", ...asked } });
    const clauses = judgeClaim(input);
    expect(clauses.map(({ code, curable }) => [code, curable])).toEqual([
      ["policy.claim", false],
      ["policy.claim", false],
    ]);
    expect(clauses[1]).toMatchObject({ observed: "signed by nobody", bound: `signed by ${claimKey.address}` });
  });
});

describe("a claim is taken away", () => {
  it("whoever signed it, of an issuer and about a topic that the token knows", () => {
    const asked = { operation: "removeClaim", ...named };
    expect(judged(asked)).toEqual([["intent.topic", true]]);
    expect(judged({ ...asked, topic: "2" })).toEqual([["intent.topic", false]]);
    expect(judged({ ...asked, issuer: addressOf("other") })).toEqual([["intent.topic", false]]);
  });
});

it("of other operations nothing is said", () => {
  expect(judgeClaim(inputWith())).toEqual([]);
});

describe("an example", () => {
  it("is of the first issuer for whom somebody signs", () => {
    const policy = compile(documentWith({ token, rules }));
    const { intent } = inputWith({
      policy: { token, rules },
      intent: { operation: "removeClaim", amount: "0", ...named },
    });
    expect(claimed(policy, "addClaim")).toEqual({ issuer: addressOf("claim issuer"), topic: 1n });
    expect(claimed(policy, "mint")).toEqual({});
    expect(goodSigner(policy, { ...intent, operation: "addClaim" })).toBe(claimKey.address);
    expect(goodSigner(policy, intent)).toBeUndefined();
  });
});

describe("those who sign for issuers", () => {
  const issuer = registries.trusted[0]!.issuer;
  const withSigners = (claimSigners: unknown) => documentWith({ token: { ...token, claimSigners }, rules });

  it("sign for issuers that are trusted, each named once", () => {
    const signers = [claimKey.address];
    expect(() => compile(withSigners([{ issuer: addressOf("other"), signers }]))).toThrow("is no issuer that");
    expect(() =>
      compile(
        withSigners([
          { issuer, signers },
          { issuer, signers },
        ]),
      ),
    ).toThrow("stands twice");
    expect(() => withSigners([{ issuer, signers: [] }])).toThrow("signers");
  });

  it("are told to officers when they change", () => {
    const [none, one] = [
      compile(documentWith({ token: { ...token, claimSigners: undefined }, rules })),
      compile(withSigners([{ issuer, signers: [claimKey.address] }])),
    ];
    const changes = settingChanges(none, one, rosterIndex);
    expect(changes.map(({ field, effect }) => [field, effect])).toEqual([["token", "incomparable"]]);
    expect(changes[0]?.to).toContain(`, claims of ${issuer} by ${claimKey.address}`);
    expect(settingChanges(one, one, rosterIndex)).toEqual([]);
  });

  it("loosen the policy whatever of them changes", () => {
    const signers = [claimKey.address, addressOf("a colleague")];
    const [more, fewer] = [withSigners([{ issuer, signers }]), withSigners([{ issuer, signers: signers.slice(0, 1) }])];
    expect([changeClass(fewer, more), changeClass(more, fewer), changeClass(more, more)]).toEqual([
      "loosen",
      "loosen",
      "tighten",
    ]);
  });
});
