/** A bundle over two gates is verified offline from the genesis hash alone, and no part of the promotion can be left out or changed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { nobleChecks } from "../../../src/adapters/crypto-noble/checks.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import { bundleOf, take, type MadeBundle } from "../../place/bundle-maker.ts";
import { approvedMint, bringEvidence, requestIdOf, type GatePlace } from "../../place/gate.ts";
import { goldDeployment, idOf } from "../../place/gold.ts";
import { bringNonce, closeAll, followed, openGatePlace } from "../../place/succession.ts";

const checks = nativeChecks();
let place: GatePlace;
/** Of a request that the first gate signed, before and after; of one that the second did. */
let old: MadeBundle;
let earlier: MadeBundle;
let later: MadeBundle;

beforeAll(async () => {
  place = openGatePlace(goldDeployment());
  await bringEvidence(place);
  const said = await approvedMint(place, { intent: { reference: "D-1" } });
  expect((await place.sign(requestIdOf(said))).kind).toBe("signed");
  old = await bundleOf(place, requestIdOf(said));
  const standby = await followed(place);
  await bringNonce(standby, "1", 11);
  const next = await approvedMint(standby, { intent: { reference: "D-2" } });
  const receipts = [await take(standby, said), await take(standby, next)];
  // The gate in office answers for what another stored, too.
  expect(receipts.map(({ epoch }) => epoch)).toEqual([2, 2]);
  expect((await standby.sign(requestIdOf(next))).kind).toBe("signed");
  earlier = await bundleOf(standby, requestIdOf(said), receipts);
  later = await bundleOf(standby, requestIdOf(next), receipts);
});
afterAll(closeAll);

const kindOf = ({ bundle, genesis }: MadeBundle): string => verifyBundle(bundle, genesis, checks, nobleChecks).kind;

test("it is verified whichever gate signed, and so is one from before", () => {
  expect([old, earlier, later].map(kindOf)).toEqual(["verified", "verified", "verified"]);
  expect([old, earlier, later].map(({ bundle }) => bundle.receipts?.length ?? 0)).toEqual([0, 1, 1]);
});

test("it says that the promoted log is shown by the whole log alone, where there was a promotion", () => {
  const says = ({ bundle, genesis }: MadeBundle): boolean => {
    const verdict = verifyBundle(bundle, genesis, checks);
    return verdict.kind === "verified" && verdict.report.doesNotProve.some((one) => one.includes("before a promotion"));
  };
  expect([old, earlier, later].map(says)).toEqual([false, true, true]);
});

const parts = (made: MadeBundle): readonly number[] =>
  made.bundle.leaves.flatMap(({ entry }, index) => {
    const text = JSON.stringify(entry);
    return text.includes('"kind":"promotion"') || text.includes("GatePromotion") ? [index] : [];
  });

describe("it is wrong", () => {
  test("without the promotion, or without what one of the officers said", () => {
    for (const made of [earlier, later]) {
      expect(parts(made)).toHaveLength(3);
      for (const left of parts(made)) {
        const leaves = made.bundle.leaves.filter((_, index) => index !== left);
        expect([left, kindOf({ ...made, bundle: { ...made.bundle, leaves } })]).toEqual([left, "wrong"]);
      }
    }
  });

  test("with anything in the promotion changed, or an epoch elsewhere", () => {
    const changes = { epoch: 3, logKey: idOf("mine"), root: idOf("mine"), size: 1, statements: [], instant: 1 };
    for (const made of [earlier, later])
      for (const [field, value] of Object.entries(changes))
        for (const part of [...parts(made), made.bundle.leaves.length - 1]) {
          const leaves = made.bundle.leaves.map((leaf, index) =>
            index === part ? { ...leaf, entry: { ...(leaf.entry as object), [field]: value } } : leaf,
          );
          expect([field, kindOf({ ...made, bundle: { ...made.bundle, leaves } })]).toEqual([field, "wrong"]);
        }
  });

  test("with a receipt of the first gate that says the second epoch, or one of an epoch that nobody began", () => {
    for (const epoch of [1, 3]) {
      const receipts = later.bundle.receipts?.map((receipt) => ({ ...receipt, epoch }));
      const bundle = { ...later.bundle, ...(receipts === undefined ? {} : { receipts }) };
      expect(verifyBundle(bundle, later.genesis, checks)).toEqual({
        ...{ kind: "wrong", field: "receipts[0]", why: "the log key did not sign this receipt" },
      });
    }
  });

  test("under the checkpoint of the gate before, which has no such leaves", () => {
    expect(kindOf({ ...later, bundle: { ...later.bundle, checkpoint: old.bundle.checkpoint } })).toBe("wrong");
  });
});
