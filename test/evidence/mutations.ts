/** A bundle with every value replaced by one from elsewhere in it, with and without the hashes made again: none may verify. */
import { ZodError } from "zod";
import { strict as assert } from "node:assert";
import { nativeChecks } from "../../src/adapters/crypto-native/checks.ts";
import { verifyBundle } from "../../src/bundle/verify.ts";
import type { SignatureChecks } from "../../src/values/signature-checks.ts";
import type { Json } from "../../src/values/json.ts";
import { fullBundle } from "../place/bundle-maker.ts";
import { leafValues, pathOf, rehash, replaceAt, type Keys, type Loose } from "../property/bundle/mutation.ts";
import { chance } from "./chance.ts";
import { flows, progress, type Counts, type Item, type Round } from "./item.ts";

/** A check is a function of its bytes; thousands of copies of one bundle ask the same ones again. */
function remembered(checks: SignatureChecks): SignatureChecks {
  const remember = <A extends Uint8Array[], R>(ask: (...args: A) => R): ((...args: A) => R) => {
    const known = new Map<string, R>();
    return (...args) => {
      const key = args.map((bytes) => Buffer.from(bytes).toString("base64")).join(" ");
      if (!known.has(key)) known.set(key, ask(...args));
      return known.get(key)!;
    };
  };
  return {
    recoverSecp256k1: remember(checks.recoverSecp256k1),
    verifyEd25519: remember(checks.verifyEd25519),
    verifyP256: remember(checks.verifyP256),
  };
}

type Change = { readonly keys: Keys; readonly value: Json };

/** Each value beside one that stands in the bundle under the same name: valid where it came from. The seed chooses which. */
function changesOf(bundle: unknown, seed: number): Change[] {
  const places = leafValues(bundle);
  const nameOf = (keys: Keys): string => String(keys.findLast((key) => typeof key === "string"));
  const byName = new Map<string, Set<Json>>();
  for (const { keys, value } of places)
    byName.set(nameOf(keys), (byName.get(nameOf(keys)) ?? new Set<Json>()).add(value));
  const draw = chance(seed);
  return places.flatMap(({ keys, value }) => {
    const elsewhere = [...(byName.get(nameOf(keys)) ?? [])].filter((one) => one !== value);
    return elsewhere.length === 0 ? [] : [{ keys, value: elsewhere[draw(elsewhere.length)]! }];
  });
}

/** A value that its place does not take (an outcome where wei stand) leaves nothing to make hashes of: it is tried as it stands. */
function canRehash(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof ZodError) return false;
    throw error;
  }
}

async function mutate({ scale, seed, say }: Round): Promise<Counts> {
  const made = await fullBundle();
  const checks = remembered(nativeChecks());
  const text = JSON.stringify(made.bundle);
  const copy = (): Loose => JSON.parse(text) as Loose;
  assert.equal(verifyBundle(copy(), made.genesis, checks).kind, "verified");
  const all = changesOf(copy(), seed);
  const chosen = all.filter((_, index) => scale === "stated" || (index + seed) % 40 === 0);
  const tell = progress(say, chosen.length, "changes tried");
  const verified: string[] = [];
  let refused = 0;
  for (const [index, { keys, value }] of chosen.entries()) {
    for (const rehashed of [true, false]) {
      const bundle = copy();
      replaceAt(bundle, keys, value);
      // Two leaves of one index lie in no tree: there are no hashes to make.
      if (rehashed && keys.at(-1) === "index") continue;
      if (
        rehashed &&
        !canRehash(() => {
          rehash(bundle, copy(), keys);
        })
      )
        continue;
      refused += 1;
      if (verifyBundle(bundle, made.genesis, checks).kind === "verified")
        verified.push(`${pathOf(keys)} = ${JSON.stringify(value)}${rehashed ? " (hashes made again)" : ""}`);
    }
    tell(index + 1);
  }
  assert.deepEqual(verified, []);
  return { values: leafValues(copy()).length, changes: chosen.length, "bundles refused": refused };
}

export const mutationItem: Item = {
  name: "bundle-mutations",
  shows:
    "no bundle verifies in which a single value was replaced by one that stands elsewhere in it under the same name, whether or not every hash that needs no key is made again",
  rounds: { small: 1, stated: 1 },
  reads: flows,
  run: mutate,
};
