/** What a device shows of a transaction that waits for its signature, made again from a bundle; and what contradicts it. */
import { keccak256, Transaction } from "ethers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { assembleBundle } from "../../../src/bundle/assemble.ts";
import type { BundleFile } from "../../../src/bundle/bundle.ts";
import { showBundle, type Showing } from "../../../src/bundle/shown.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { logOf } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, openPlace, requestIdOf, softBackend, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, goldToken, idOf, treasury, units } from "../../place/gold.ts";

let place: GatePlace;
let waiting: BundleFile;
let signed: BundleFile;

/** Nobody has approved on the device yet; then somebody does. */
beforeAll(async () => {
  let isThere = false;
  const soft = softBackend();
  const backend = {
    ...soft,
    sign: (permit: Parameters<typeof soft.sign>[0]) =>
      isThere ? soft.sign(permit) : Promise.resolve({ kind: "busy", why: "a person at ledger-cold" } as const),
  };
  place = openPlace(goldDeployment(), backend);
  await bringEvidence(place);
  const said = await approvedMint(place);
  const requestId = requestIdOf(said);
  const made = async (stage: "permitted" | "signed"): Promise<BundleFile> => {
    const head = await place.gate.answer({ verb: "head" });
    if (head.kind !== "head") throw new Error("the gate has no head");
    const { checkpoint } = head;
    const bundle = assembleBundle({ requestId, leaves: logOf(place), readNode: place.journal.node, checkpoint, stage });
    return JSON.parse(JSON.stringify(bundle)) as BundleFile;
  };
  expect((await place.sign(requestId)).kind).toBe("signing");
  await expect(made("signed")).rejects.toMatchObject({ code: "bundle.not-signed" });
  waiting = await made("permitted");
  isThere = true;
  expect((await place.sign(requestId)).kind).toBe("signed");
  signed = await made("permitted");
});
afterAll(() => place.close());

const shownOf = (bundle: unknown, genesis = place.deployment.deploymentId): Showing =>
  showBundle(bundle, genesis, nobleChecks);

function shown(bundle: unknown): Extract<Showing, { kind: "shown" }>["shown"] {
  const showing = shownOf(bundle);
  if (showing.kind === "wrong") throw new Error(`${showing.field}: ${showing.why}`);
  return showing.shown;
}

test("a permit that waits says the words, the call and the hash that a screen shows", () => {
  const { report, token, transactions } = shown(waiting);
  expect(report.intent).toMatch(/^mint 100 GLD to 0x/);
  expect(report.agreed.map(({ person }) => person)).toEqual(["carla", "chris"]);
  expect(report.doesNotProve).toContain("that anything was signed: the permit waits for its signature");
  expect(token).toEqual({ address: goldToken, decimals: 18 });
  const [{ digest, unsigned, isSigned, call, screen }, more] = transactions as [(typeof transactions)[0], unknown];
  expect(more).toBeUndefined();
  expect(isSigned).toBe(false);
  expect(call.toLowerCase()).toBe(`mint(${treasury}, ${units(100)})`);
  expect(keccak256(unsigned)).toBe(digest);
  expect(Transaction.from(unsigned).unsignedHash).toBe(digest);
  expect(new Map(screen).get("Transaction hash")).toBe(digest);
  expect(new Map(screen).get("To")?.toLowerCase()).toBe(goldToken);
  expect(new Map(screen).get("Amount")).toBe("0 ETH");
  expect(new Map(screen).get("Max fees")).toBe("0.0003 ETH");
});

test("once it is signed the same digest is said to be signed", () => {
  expect(shown(signed).transactions.map(({ isSigned }) => isSigned)).toEqual([true]);
  expect(shown(signed).transactions[0]?.digest).toBe(shown(waiting).transactions[0]?.digest);
});

test("a bundle that waits does not pass for a signed one", () => {
  expect(verifyBundle(waiting, place.deployment.deploymentId, nobleChecks)).toEqual({
    kind: "wrong",
    field: "leaves",
    why: "no signature is among the leaves",
  });
});

test.each<[string, string, (text: string) => string]>([
  ["the amount of the call", "transaction.data", (text) => text.replace(/(40c10f19[0-9a-f]{127})[0-9a-f]/, "$11")],
  ["the digest", "digest", (text) => text.replace(/"digest":"0x[0-9a-f]{64}"/, `"digest":"${idOf("other")}"`)],
  ["the nonce", "nonce", (text) => text.replace(/"nonce":0,"to"/, '"nonce":7,"to"')],
  ["an approval", "statement", (text) => text.replace("checked against the deposit receipt", "looked at it")],
  [
    "the words of the submission",
    "statement",
    (text) => text.replace('"amountText":"100 GLD"', '"amountText":"1 GLD"'),
  ],
])("whoever changes %s is told where", (_, place_, change) => {
  const text = JSON.stringify(waiting);
  const changed = change(text);
  expect(changed).not.toBe(text);
  const showing = shownOf(JSON.parse(changed));
  expect(showing.kind).toBe("wrong");
  expect(showing.kind === "wrong" && showing.field).toContain(place_);
});

test("another genesis than the reader's is refused, and without one the bundle's own is taken", () => {
  expect(shownOf(waiting, idOf("another"))).toMatchObject({ kind: "wrong" });
  expect(showBundle(waiting, undefined, nobleChecks)).toEqual(shownOf(waiting));
  expect(showBundle({ format: "x" }, undefined, nobleChecks)).toMatchObject({ kind: "wrong" });
});
