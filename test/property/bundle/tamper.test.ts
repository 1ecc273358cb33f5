/** Every value of a bundle, changed to another valid one, is noticed and named as precisely as signatures allow. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { nativeChecks } from "../../../src/adapters/crypto-native/checks.ts";
import { openBundle } from "../../../src/bundle/bundle.ts";
import { castRoles } from "../../../src/bundle/roles.ts";
import { verifyBundle } from "../../../src/bundle/verify.ts";
import * as bytes32 from "../../../src/values/bytes32.ts";
import type { Json } from "../../../src/values/json.ts";
import type { SignatureChecks } from "../../../src/values/signature-checks.ts";
import { batchBundle, fullBundle, type MadeBundle } from "../../place/bundle-maker.ts";
import { leafValues, otherValue, pathOf, rehash, replaceAt, type Keys, type Loose } from "./mutation.ts";

/** Signatures are functions of their bytes: thousands of copies of one bundle ask the same ones again. */
function remembering(checks: SignatureChecks): SignatureChecks {
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

const checks = remembering(nativeChecks());
let made: MadeBundle;
let text: string;

beforeAll(async () => {
  made = await fullBundle();
  text = JSON.stringify(made.bundle);
});

const copy = (of = text): Loose => JSON.parse(of) as Loose;
const vector = (name: string): string =>
  readFileSync(new URL(`../../vectors/bundle/${name}`, import.meta.url), "utf8").trim();

/** What one signature or one pinned hash covers: inside it a change may be named by the whole. */
const units: readonly RegExp[] = [
  /^leaves\[0\]\.entry\.file(\.policies\[\d+\])?/,
  /^leaves\[\d+\]\.entry\.attachment\.document/,
  /^leaves\[\d+\]\.entry\.(attachment|file)\.possessions\[\d+\]/,
  /^leaves\[\d+\]\.entry\.statement/,
  /^receipts\[\d+\]/,
  /^batches\[\d+\]/,
];

/** Values that only the signed root protects, or that cannot be told from another one: a fee from the signature over it. */
const restOnRoot: readonly RegExp[] = [
  /^leaves\[\d+\]\.(index|proof\[\d+\]|entry\.instant)$/,
  /\.facts\.((spends|vetoes)\[\d+\]\.at|batches\[\d+\]\.firstSeen|outstanding|listedSince\..+)$/,
  /\.transaction\.(gasLimit|maxFeePerGas|maxPriorityFeePerGas)$/,
  /^leaves\[\d+\]\.entry\.(r|s)$/,
];

/** Fields of a statement that nothing else in the bundle repeats. */
const singular =
  /\.message\.(reason|unit|reportHash|reference|notBefore|expiresAt|intentHash|details|amountText|totalText|class)$|\.proof\./;

function isNamed(path: string, field: string, rehashed: boolean): boolean {
  if (field === path || (field === "leaves[0].entry.file" && path.startsWith(`${field}.`))) return true;
  if (
    units
      .slice(0, 3)
      .concat(units.slice(4))
      .some((unit) => unit.exec(path)?.[0] === field)
  )
    return true;
  if (singular.test(path) && units[3]!.exec(path)?.[0] === field) return true;
  if (!restOnRoot.some((rule) => rule.test(path))) return false;
  const inLeaf = /^leaves\[\d+\](\.proof|\.entry(\.transaction)?)?$/.test(field) && path.startsWith(field);
  return rehashed ? field === "checkpoint" || inLeaf : inLeaf;
}

type Slip = { readonly path: string; readonly said: string };

/** Changes that were not noticed, or were given another name than they may have. */
function slips(
  places: readonly { readonly keys: Keys; readonly value: unknown }[],
  rehashed: boolean,
  { of, genesis } = { of: text, genesis: made.genesis },
): readonly Slip[] {
  return places.flatMap(({ keys, value }) => {
    const other = otherValue(keys, value as never);
    if (other === undefined) return [];
    const bundle = copy(of);
    replaceAt(bundle, keys, other);
    if (rehashed) rehash(bundle, copy(of), keys);
    const verdict = verifyBundle(bundle, genesis, checks);
    const path = pathOf(keys);
    if (verdict.kind === "wrong" && isNamed(path, verdict.field, rehashed)) return [];
    return [{ path, said: verdict.kind === "wrong" ? `${verdict.field}: ${verdict.why}` : "verified" }];
  });
}

/** Contents of documents hang together by one hash, so a part of them stands for the rest where the change is not rehashed. */
const inDocument = (keys: Keys): boolean => keys.includes("file") || keys.includes("attachment");

describe("a bundle in which one value was changed", () => {
  it("is the untouched bundle first, and that one is verified", () => {
    expect(verifyBundle(copy(), made.genesis, checks)).toMatchObject({ kind: "verified" });
    expect(leafValues(copy()).length).toBeGreaterThan(1_200);
  });

  it("is wrong, and the change is named, with every keyless hash made again", () => {
    expect(slips(leafValues(copy()), true)).toEqual([]);
  }, 600_000);

  it("is wrong, and the change is named, with the hashes as they were", () => {
    const places = leafValues(copy());
    const some = places.filter(({ keys }, position) => !inDocument(keys) || position % 25 === 0);
    expect(slips(some, false)).toEqual([]);
  }, 600_000);

  it.each([true, false])(
    "in what is said of a batch; hashes made again: %s",
    async (rehashed) => {
      const { bundle, genesis } = await batchBundle();
      const of = JSON.stringify(bundle);
      const kindAt = (at: number): string =>
        JSON.stringify((bundle.leaves[at]?.entry as { statement?: Json }).statement ?? "");
      const places = leafValues(copy(of)).filter(
        ({ keys }) =>
          keys[0] === "batches" ||
          keys.includes("batches") ||
          keys.includes("batch") ||
          (keys[2] === "entry" && kindAt(Number(keys[1])).includes('"BatchApproval"')),
      );
      expect(places.length).toBeGreaterThan(80);
      expect(slips(places, rehashed, { of, genesis })).toEqual([]);
    },
    60_000,
  );

  it.each([true, false])(
    "of release 0.1.0, in an earlier use of a limit or in the submission that shows it; hashes made again: %s",
    (rehashed) => {
      const old = { of: vector("v0.1.0-made.json"), genesis: bytes32.parse(vector("v0.1.0-made.genesis")) };
      const file = openBundle(copy(old.of));
      const cast = file.kind === "opened" ? castRoles(file.bundle) : file;
      if (cast.kind !== "cast") throw new Error(cast.kind);
      const shown = new Set(cast.roles.spends.map(({ position }) => position));
      const places = leafValues(copy(old.of)).filter(
        ({ keys }) => keys.includes("spends") || (keys[0] === "leaves" && shown.has(Number(keys[1]))),
      );
      expect(places.length).toBeGreaterThan(25);
      expect(slips(places, rehashed, old)).toEqual([]);
    },
    60_000,
  );
});
