/** Which of two demands for evidence asks for more. */
import { describe, expect, it } from "vitest";
import { compile } from "../../../../src/policy/compile/compile.ts";
import { evidenceImplies, evidenceText } from "../../../../src/policy/analyse/evidence-order.ts";
import type { Guard } from "../../../../src/policy/policy.ts";
import { feedGuard, vaultFeed } from "../../../place/feeds.ts";
import { documentWith } from "../example.ts";
import { small } from "../small.ts";

function guard(then: object): Guard {
  const [found] = compile(small({ guards: [{ id: "guard", when: { operation: "mint" }, ...then }] })).guards;
  return found!;
}
const by = { group: "attestors", min: 1 };
const reserve = (more: object = {}): Guard =>
  guard({ require: { evidence: "reserve", by, maxAge: "24h", cover: { ratio: "1.00" }, ...more } });
const price = (more: object = {}): Guard =>
  guard({ require: { evidence: "price", maxAge: "60s", sources: 2, deviation: "0.01", ...more } });
const identity = (more: object = {}): Guard => guard({ require: { evidence: "identity", ...more } });

const recent = guard({ require: { evidence: "reserve", by, maxAge: "24h" } });
const warned = (ratio: string, more: object = {}): Guard =>
  reserve({ cover: { ratio: "1.00", warn: { ratio, add: { delay: "1h" }, ...more } } });
const worth = (more: object = {}): Guard =>
  reserve({ cover: { ratio: "1.00", price: { par: "1", maxAge: "1h", sources: 2, deviation: "0.01", ...more } } });

describe("a demand for evidence", () => {
  it.each<[string, Guard, Guard]>([
    ["more attestors", reserve({ by: { ...by, min: 2 } }), reserve()],
    ["a younger word", reserve({ maxAge: "1h" }), reserve()],
    ["a smaller share of the reserves", reserve({ cover: { ratio: "0.9" } }), reserve()],
    ["a cover", reserve(), recent],
    ["its lots", reserve({ lots: true }), reserve()],
    ["a warning", warned("0.9"), reserve()],
    ["an earlier warning", warned("0.8"), warned("0.9")],
    ["more sources", price({ sources: 3 }), price()],
    ["a narrower spread", price({ deviation: "0.009" }), price()],
    ["an age at all", identity({ maxAge: "1h" }), identity()],
  ])("implies a weaker one and not the reverse: %s", (_, strong, weak) => {
    expect([evidenceImplies(strong, weak), evidenceImplies(weak, strong)]).toEqual([true, false]);
  });

  it.each<[string, Guard, Guard]>([
    ["another group", reserve({ by: { group: "auditors", min: 1 } }), reserve()],
    ["another addition of a warning", warned("0.9", { add: { delay: "2h" } }), warned("0.9")],
    ["a price of the reserves", worth(), reserve()],
    ["another par", worth({ par: "2" }), worth()],
    ["another age of the price", worth({ maxAge: "2h" }), worth()],
    ["another quote", price({ quote: "EUR" }), price()],
    ["another kind", identity(), guard({ require: { evidence: "document" } })],
    ["another kind with a price", price(), identity()],
    ["reserves and a price", reserve(), price()],
    ["no evidence", guard({ deny: true }), identity()],
    ["an addition", identity(), guard({ add: { delay: "1h" } })],
  ])("implies nothing of %s", (_, one, other) => {
    expect([evidenceImplies(one, other), evidenceImplies(other, one)]).toEqual([false, false]);
  });

  it("implies itself, however it is written", () => {
    expect(evidenceImplies(reserve({ cover: { ratio: "1.0" } }), reserve())).toBe(true);
  });

  it.each<[Guard, string]>([
    [reserve(), "reserves × 1.00 by 1 of attestors within 1d"],
    [recent, "reserves, however many by 1 of attestors within 1d"],
    [reserve({ lots: true }), "reserves × 1.00, lot by lot, by 1 of attestors within 1d"],
    [warned("0.9"), "reserves × 1.00, with a wait of 1h beyond × 0.9 by 1 of attestors within 1d"],
    [
      worth(),
      "reserves at the middle price in USD of 2 sources at most 0.01 apart by 1 of attestors within 1h over 1 × 1.00 by 1 of attestors within 1d",
    ],
    [price(), "a price in USD of 2 sources at most 0.01 apart by 1 of attestors within 1m"],
    [identity(), "identity by 1 of attestors"],
    [guard({ deny: true }), "deny"],
  ])("has words", (one, text) => {
    expect(evidenceText(one)).toBe(text);
  });
});

describe("a demand for the figure of a feed", () => {
  const read = (feeds: readonly string[] | undefined, vault: object = {}): Guard =>
    compile(
      documentWith({
        feeds: { vault: { ...vaultFeed, ...vault }, mine: { ...vaultFeed, address: `0x${"ee".repeat(20)}` } },
        guards: [{ ...feedGuard, require: { ...feedGuard.require, feeds } }],
      }),
    ).guards[0]!;

  it("is more than none, and the same only of the same feed", () => {
    const [none, vault, both] = [read(undefined), read(["vault"]), read(["mine", "vault"])];
    const other = read(["vault"], { max: "2" });
    expect([evidenceImplies(vault, none), evidenceImplies(none, vault)]).toEqual([true, false]);
    expect([evidenceImplies(both, vault), evidenceImplies(vault, both)]).toEqual([true, false]);
    expect([evidenceImplies(vault, other), evidenceImplies(other, vault)]).toEqual([false, false]);
    expect(evidenceImplies(vault, read(["vault"]))).toBe(true);
  });

  it("names each feed", () => {
    expect(evidenceText(read(["mine", "vault"]))).toBe(
      "reserves × 1.00, no more than feed mine and feed vault, by 1 of attestors within 1d",
    );
  });
});
