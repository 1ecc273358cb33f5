/** Policies in words. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { always } from "../../../../src/policy/compile/condition.ts";
import { explainPolicy } from "../../../../src/policy/words/explain-policy.ts";
import { bankA, calendar, document, documentWith, mintRule, stranger, tierWith } from "../example.ts";

describe("explainPolicy", () => {
  it("says what is permitted, by whom, and that the rest is denied", () => {
    const lines = explainPolicy(compile(document));
    expect(lines).toContain("mint: somebody of issuers may ask to mint to somebody on list treasury");
    expect(lines).toContain(
      "  over 1,000 GLD and up to 5,000 GLD: 2 of custodians and 1 of compliance must agree and it waits 30 minutes; hsm-mint signs",
    );
    expect(lines).toContain("  1 of officers or 1 of custodians must agree; hsm-mint signs");
    expect(lines).toContain(
      "guard reserves-cover: every mint must leave the supply within 1.00 × the reserves that at least 1 of attestors in the last day attested",
    );
    expect(lines).toContain("limit mint-day: at most 5,000 GLD of mint in any day");
    expect(lines).toContain(
      "to loosen this policy: 2 of officers must sign, then it waits 1 day, and meanwhile 1 of compliance can stop it",
    );
    expect(lines.at(-1)).toBe("everything else is denied");
  });

  it("says what may be agreed to at once", () => {
    const rules = [{ ...mintRule({}, tierWith({ upTo: "1000 GLD" })), batch: { max: 500, total: "1000 GLD" } }];
    expect(explainPolicy(compile(documentWith({ rules })))).toContain(
      "  up to 500 requests of together at most 1,000 GLD may be agreed to at once, by those who must agree to the amount of all of them together",
    );
  });

  it("says what is counted together and how old an entry must be", () => {
    const limits = [{ ...document.limits![0]!, per: "initiator" }];
    const lists = { treasury: { minAge: "48h", entries: [{ address: bankA, label: "Bank A" }] } };
    const lines = explainPolicy(compile(documentWith({ limits, lists })));
    expect(lines).toContain("limit mint-day: at most 5,000 GLD of mint by one initiator in any day");
    expect(lines).toContain(
      "list treasury, each once it is known for 2 days: Bank A (0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa)",
    );
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
            {
              id: "backed",
              when: { operation: "mint" },
              require: {
                ...{ evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "24h", lots: true },
                cover: {
                  ratio: "1.00",
                  warn: { ratio: "0.95", add: { delay: "1h", quorum: { group: "officers", min: 1 } } },
                  price: { par: "1.00", maxAge: "15m", sources: 2, deviation: "0.02" },
                },
              },
            },
            {
              id: "audit",
              when: { operation: "mint" },
              require: { evidence: "reserve", by: { group: "attestors", min: 1 }, maxAge: "35d" },
            },
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
      "mint: somebody of issuers may ask to mint of more than 1 GLD and at most 9 GLD, to nobody on list blocked, signed by a or b, with fees of at most 0.999999999999999999 ETH, whose argument to is on list treasury and argument amount is more than 1.999999999999999999 GLD, while it is mon, fri from 08:00 to 18:00, no holiday",
      "  any amount: 1 of compliance, then 2 of custodians by wallet must agree, they must be at least 3 people of at least 2 units, it waits 1 hour and meanwhile 1 of officers can stop it; hsm-mint signs",
      "permit: somebody of issuers may ask to sign typed data of type Permit for 0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa (Gold) on chain 1 whose field spender is on list treasury, field value is at most 5, field deadline is at most 1 hour from now and field memo is x",
      "stop: somebody of officers may ask to pause; everybody is told",
      "guard no-burn: every burn is denied",
      "guard hours: every request is denied, unless it is from 08:00 to 24:00",
      "guard big: for every mint asked for by somebody of issuers, of more than 99.999999999999999999 GLD also 1 of officers must agree, it waits 2 hours and meanwhile 2 of officers can stop it, unless it is a mint and it goes to somebody on list treasury",
      "guard price: every mint needs a price in USD from 2 sources at most 0.01 apart, signed by at least 1 of attestors in the last minute",
      "guard known: every transfer needs a recipient whom at least 1 of attestors in the last day called verified",
      "guard backed: every mint must leave the supply within 1.00 × the reserves that at least 1 of attestors in the last day attested lot by lot, each worth the middle price in USD from 2 sources at most 0.02 apart, signed by at least 1 of attestors in the last 15 minutes, over 1.00; beyond 0.95 × them also 1 of officers must agree and it waits 1 hour",
      "guard audit: every mint needs an attestation of the reserves, signed by at least 1 of attestors in the last 35 days",
      "guard paper: every request needs the document behind its reference, signed by at least 2 of attestors",
      "limit often: at most 10 requests to burn, distribute, mint, redeem or transfer by one initiator in any hour",
      "limit net: at most 9 GLD minted less what was burned in one calendar month; beyond that they must be at least 4 people",
      "group custodians: at least 3 people, who sign with a wallet or key",
      "local time is known until 2027-11-11T08:00:00Z",
      "to tighten this policy: 1 of officers must sign",
    ])
      expect(lines).toContain(line);
  });

  it("says where a rule ends, and no amount where there is none", () => {
    const lines = explainPolicy(compile(document));
    expect(lines.filter((line) => line.endsWith(": never"))).toEqual([
      "  over 5,000 GLD: never",
      "  over 5,000 GLD: never",
      "  over 1,000 GLD: never",
    ]);
    expect(lines.slice(lines.indexOf("stop: somebody of officers may ask to pause"))[1]).toBe(
      "  1 of officers or 1 of custodians must agree; hsm-mint signs",
    );
  });

  it("says all of the demo's policy in these lines", () => {
    expect(explainPolicy(compile(document))).toEqual([
      "policy 1 of GLD: token 0x1111111111111111111111111111111111111111 on chain 31337, 18 decimals, with code 0x02bc8e2ab633452b3f4aed2287bf23c77b49dea63e8a74a5f973800256815109",
      "mint: somebody of issuers may ask to mint to somebody on list treasury",
      "  up to 1,000 GLD: 2 of custodians must agree; hsm-mint signs",
      "  over 1,000 GLD and up to 5,000 GLD: 2 of custodians and 1 of compliance must agree and it waits 30 minutes; hsm-mint signs",
      "  over 5,000 GLD: never",
      "redeem: somebody of issuers may ask to burn or redeem",
      "  up to 1,000 GLD: 1 of custodians must agree; hsm-mint signs",
      "  over 1,000 GLD and up to 5,000 GLD: 1 of custodians and 1 of compliance must agree; hsm-mint signs",
      "  over 5,000 GLD: never",
      "payout: somebody of issuers may ask to transfer to somebody on list treasury",
      "  up to 1,000 GLD: 2 of custodians must agree; hsm-mint signs",
      "  over 1,000 GLD: never",
      "stop: somebody of officers may ask to pause",
      "  1 of officers or 1 of custodians must agree; hsm-mint signs",
      "restart: somebody of officers may ask to unpause",
      "  2 of officers and 1 of compliance must agree; hsm-mint signs",
      "guard reserves-cover: every mint must leave the supply within 1.00 × the reserves that at least 1 of attestors in the last day attested",
      "guard fee: every request is denied, unless its fees are at most 0.05 ETH",
      "limit mint-day: at most 5,000 GLD of mint in any day",
      "limit redeem-day: at most 5,000 GLD of redeem in any day",
      "list treasury: Bank A omnibus (0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa), Bank B omnibus (0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB)",
      "group custodians: at least 3 people, who sign with a wallet or key",
      "group compliance: at least 1 person, who signs with a wallet",
      "group officers: at least 3 people",
      "group attestors: at least 1 person",
      "group observers: 2 must agree on what they see",
      "nobody is in both issuers and custodians",
      "nobody is in both officers and custodians",
      "nobody is in both attestors and issuers",
      "to tighten this policy: 1 of officers must sign",
      "to loosen this policy: 2 of officers must sign, then it waits 1 day, and meanwhile 1 of compliance can stop it",
      "everything else is denied",
    ]);
  });

  it("says exceptions, proxies, empty lists and single people in these lines", () => {
    const [mint] = document.rules;
    const [tier] = mint!.tiers;
    const [limit] = document.limits!;
    const spared = {
      ...{ operation: "mint", initiator: { group: "issuers" }, amount: { lte: "5 GLD" }, to: { notIn: "nobody" } },
      ...{ account: { in: ["b", "a"] }, maxFee: { lte: "1 ETH" }, args: { amount: { lte: "6 GLD" } } },
      time: { from: "08:00" },
    };
    const typedData = { domain: { chainId: 1, verifyingContract: bankA }, primaryType: "Permit" };
    const written = documentWith({
      calendar,
      token: { ...document.token, implementation: stranger },
      groups: { observers: { min: 1 }, solo: { min: 1, credentials: ["wallet"] }, pair: { min: 2 } },
      lists: { ...document.lists, nobody: { entries: [] } },
      separation: [],
      guards: [
        {
          id: "all",
          when: { operation: "mint", to: { notIn: "nobody" }, args: { to: { notIn: "nobody" } } },
          unless: spared,
          deny: true,
        },
        { id: "typed", unless: { typedData }, deny: true },
        { id: "two", when: { operation: { in: ["mint", "transfer"] }, maxFee: { gte: "1 ETH" } }, deny: true },
      ],
      limits: [
        { ...limit, id: "each", per: "to" },
        { ...limit, id: "acc", per: "account", when: undefined },
        {
          ...{ ...limit, id: "one", metric: "count", max: 1 },
          when: { operation: "pause", initiator: { group: "officers" }, account: "a" },
        },
      ],
      rules: [
        {
          ...mint,
          tiers: [
            { ...tier, upTo: "5 GLD" },
            { ...tier, upTo: "max", delay: "1h" },
          ],
        },
      ],
    });
    expect(explainPolicy(compile(written))).toEqual([
      "policy 1 of GLD: token 0x1111111111111111111111111111111111111111 on chain 31337, 18 decimals, with code 0x02bc8e2ab633452b3f4aed2287bf23c77b49dea63e8a74a5f973800256815109 that forwards to 0xdeaDDeADDEaDdeaDdEAddEADDEAdDeadDEADDEaD",
      "mint: somebody of issuers may ask to mint to somebody on list treasury",
      "  up to 5 GLD: 2 of custodians must agree; hsm-mint signs",
      "  over 5 GLD: 2 of custodians must agree and it waits 1 hour; hsm-mint signs",
      "guard all: every mint to nobody on list nobody, whose argument to is not on list nobody is denied, unless it is a mint, somebody of issuers asks for it, it is of at most 5 GLD, it goes to nobody on list nobody, a or b signs it, its fees are at most 1 ETH, its argument amount is at most 6 GLD and it is from 08:00 to 24:00",
      "guard typed: every request is denied, unless it is a sign typed data and it is of type Permit for 0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa on chain 1",
      "guard two: every mint or transfer with fees of more than 0.999999999999999999 ETH is denied",
      "limit each: at most 5,000 GLD of mint to one recipient in any day",
      "limit acc: at most 5,000 GLD of burn, distribute, mint, redeem or transfer from one account in any day",
      "limit one: at most 1 request to pause in any day; it binds only requests asked for by somebody of officers, signed by a",
      "list treasury: Bank A omnibus (0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa), Bank B omnibus (0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB)",
      "list nobody: nobody",
      "group solo: at least 1 person, who signs with a wallet",
      "group pair: at least 2 people",
      "group observers: 1 must agree on what they see",
      "local time is known until 2027-11-11T08:00:00Z",
      "to tighten this policy: 1 of officers must sign",
      "to loosen this policy: 2 of officers must sign, then it waits 1 day, and meanwhile 1 of compliance can stop it",
      "everything else is denied",
    ]);
  });

  it("says an end of every rule that has an amount and an end, and of no other", () => {
    const [mint] = document.rules;
    const [tier] = mint!.tiers;
    const most = ((1n << 256n) - 2n).toString();
    const rule = (id: string, operation: unknown, upTo: string): object => ({
      ...{ id, when: { operation, initiator: { group: "issuers" } } },
      tiers: [{ ...tier, upTo }],
    });
    const written = documentWith({
      token: { ...document.token, decimals: 0 },
      rules: [
        rule("some", { in: ["pause", "mint"] }, "5 GLD"),
        rule("none", "unpause", "5 GLD"),
        rule("most", "burn", `${most} GLD`),
      ],
    });
    const shown = `${most.replace(/\B(?=(?:[0-9]{3})+$)/g, ",")} GLD`;
    expect(explainPolicy(compile(written)).slice(1, 9)).toEqual([
      "some: somebody of issuers may ask to mint or pause",
      "  up to 5 GLD: 2 of custodians must agree; hsm-mint signs",
      "  over 5 GLD: never",
      "none: somebody of issuers may ask to unpause",
      "  2 of custodians must agree; hsm-mint signs",
      "most: somebody of issuers may ask to burn",
      `  up to ${shown}: 2 of custodians must agree; hsm-mint signs`,
      `  over ${shown}: never`,
    ]);
  });

  it("says of a limit on every operation nothing but the number", () => {
    const when = { operation: { in: [...always("role-erc20").operations] } };
    const limits = [{ ...document.limits![0], id: "all", metric: "count", max: 9, when }];
    expect(explainPolicy(compile(documentWith({ limits })))).toContain("limit all: at most 9 requests in any day");
  });
});
