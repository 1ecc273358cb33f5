/** Policies in words. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../src/policy/compile.ts";
import { explainPolicy } from "../../../src/policy/explain-policy.ts";
import { bankA, calendar, document, documentWith, mintRule, tierWith } from "./example.ts";

describe("explainPolicy", () => {
  it("says what is permitted, by whom, and that the rest is denied", () => {
    const lines = explainPolicy(compile(document));
    expect(lines).toContain("mint: somebody of issuers may ask to mint to somebody on list treasury");
    expect(lines).toContain(
      "  over 1,000 GLD and up to 5,000 GLD: 2 of custodians and 1 of compliance, after 30m, signed by hsm-mint",
    );
    expect(lines).toContain("  any amount: 1 of officers or 1 of custodians, signed by hsm-mint");
    expect(lines).toContain(
      "guard reserves-cover: no mint beyond attested reserves × 1.00, attested by 1 of attestors within 1d",
    );
    expect(lines).toContain("limit mint-day: at most 5,000 GLD of mint in any 1d");
    expect(lines).toContain("to loosen: 2 of officers, after 24h, unless 1 of compliance object");
    expect(lines.at(-1)).toBe("everything else is denied");
  });

  it("says what is counted together and how old an entry must be", () => {
    const limits = [{ ...document.limits![0]!, per: "initiator" }];
    const lists = { treasury: { minAge: "48h", entries: [{ address: bankA, label: "Bank A" }] } };
    const lines = explainPolicy(compile(documentWith({ limits, lists })));
    expect(lines).toContain("limit mint-day: at most 5,000 GLD of mint per initiator in any 1d");
    expect(lines).toContain("list treasury, each after 2d: Bank A (0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa)");
  });

  it("has words for every part of the language", () => {
    const typedData = {
      domain: { name: "Gold", chainId: 1, verifyingContract: bankA },
      primaryType: "Permit",
      fields: { spender: { in: "treasury" }, value: { lte: "5" }, deadline: { within: "1h" }, memo: { is: "x" } },
    };
    const lines = explainPolicy(
      compile(
        documentWith({
          calendar,
          holidays: { target2: ["2026-12-25"] },
          lists: { ...document.lists, blocked: { entries: [] } },
          rules: [
            mintRule(
              {
                to: { notIn: "blocked" },
                account: { in: ["b", "a"] },
                amount: { gt: "1 GLD", lte: "9 GLD" },
                maxFee: { lt: "1 ETH" },
                args: { to: { in: "treasury" }, amount: { gte: "2 GLD" } },
                time: { days: ["mon", "fri"], from: "08:00", to: "18:00", holidays: "target2" },
              },
              tierWith({
                quorum: {
                  ordered: [
                    { group: "compliance", min: 1 },
                    { group: "custodians", min: 2, credentials: ["wallet"] },
                  ],
                },
                distinct: { people: 3, units: 2 },
                delay: "1h",
                veto: { group: "officers", min: 1 },
              }),
            ),
            {
              id: "permit",
              when: { operation: "signTypedData", initiator: { group: "issuers" }, typedData },
              ...tierWith({}),
            },
            { id: "stop", loud: true, when: { operation: "pause", initiator: { group: "officers" } }, ...tierWith({}) },
          ],
          guards: [
            { id: "no-burn", when: { operation: "burn" }, deny: true },
            { id: "hours", unless: { time: { from: "08:00" } }, deny: true },
            {
              id: "big",
              when: { operation: "mint", initiator: { group: "issuers" }, amount: { gte: "100 GLD" } },
              unless: { operation: "mint", to: { in: "treasury" } },
              add: { quorum: { group: "officers", min: 1 }, delay: "2h", veto: { group: "officers", min: 2 } },
            },
            {
              id: "price",
              when: { operation: "mint" },
              require: { evidence: "price", maxAge: "1m", sources: 2, deviation: "0.01" },
            },
            { id: "known", when: { operation: "transfer" }, require: { evidence: "identity", maxAge: "1d" } },
            { id: "paper", require: { evidence: "document", by: { group: "attestors", min: 2 } } },
          ],
          limits: [
            { id: "often", metric: "count", window: "rolling 1h", per: "initiator", max: 10, over: "deny" },
            {
              id: "net",
              metric: "net",
              window: "calendar month",
              per: "asset",
              max: "9 GLD",
              over: { add: { distinct: { people: 4 } } },
            },
          ],
        }),
      ),
    );
    for (const line of [
      "mint: somebody of issuers may ask to mint to somebody not on list blocked by key a or b of more than 1 GLD and at most 9 GLD with fees of at most 0.999999999999999999 ETH with to: list treasury with amount: more than 1.999999999999999999 GLD while it is mon, fri from 08:00 to 18:00, no holiday",
      "  any amount: 1 of compliance, then 2 of custodians by wallet, 3 different people, people of 2 different units, after 1h, unless 1 of officers object, signed by hsm-mint",
      "permit: somebody of issuers may ask to sign typed data (Permit of Gold for 0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa on chain 1) with spender: list treasury with value: at most 5 with deadline: at most 1h from now with memo: x",
      "stop: somebody of officers may ask to pause; everybody is told",
      "guard no-burn: no burn",
      "guard hours: no request, unless it is request while it is from 08:00 to 24:00",
      "guard big: mint by somebody of issuers of more than 99.999999999999999999 GLD also takes 1 of officers, a wait of 2h, unless 2 of officers object, unless it is mint to somebody on list treasury",
      "guard price: no mint without a price in USD from 2 sources at most 0.01 of the lowest apart, attested by 1 of attestors within 1m",
      "guard known: no transfer without a verified recipient, attested by 1 of attestors within 1d",
      "guard paper: no request without a document behind its reference, attested by 2 of attestors",
      "limit often: at most 10 times burn, mint, redeem, transfer per initiator in any 1h",
      "limit net: at most 9 GLD minted less what is finally burned in a calendar month; beyond it also 4 different people",
      "group custodians: at least 3, who sign by wallet or key",
      "local time is known until 2027-11-11T08:00:00Z",
    ])
      expect(lines).toContain(line);
  });
});
