/** Since when an address is on a list: back through every version that had it, and no further than the first that had not. */
import { expect, it } from "vitest";
import { listedSince } from "../../../src/console/listed-since.ts";
import { documentName } from "../../../src/genesis/genesis.ts";
import { parse as parseAddress } from "../../../src/values/address.ts";
import { hash, type Json } from "../../../src/values/json.ts";
import { parse as parseName } from "../../../src/values/name.ts";
import { toWire } from "../../../src/values/wire.ts";
import { goldPolicy, treasury } from "../../place/gold.ts";

const now = 1_800_000_000;
const other = `0x${"12".repeat(20)}`;
const entry = { list: parseName("treasury"), address: parseAddress(other) };

/** Versions in order, each with or without the address; later ones with when they were signed. */
function versions(...has: readonly boolean[]): {
  readonly documents: readonly Json[];
  readonly changes: readonly Json[];
} {
  const documents: Json[] = [];
  for (const [index, there] of has.entries()) {
    const entries = [{ address: treasury, label: "Bank A omnibus" }];
    if (there) entries.push({ address: other, label: "Bank B" });
    const before = documents.at(-1);
    const previous = before === undefined ? null : documentName(hash(before));
    documents.push(toWire(goldPolicy({ version: index + 1, previous, lists: { treasury: { entries } } })));
  }
  const changes = documents.slice(1).map((document, index) => ({
    document,
    signedBy: [
      { person: "otto", at: now + index * 10 + 1 },
      { person: "olga", at: now + index * 10 },
    ],
  }));
  return { documents, changes };
}

const found = (...has: readonly boolean[]) => {
  const { documents, changes } = versions(...has);
  return listedSince(entry, documents.at(-1)!, { first: documents[0], changes });
};

it.each([
  ["the genesis, through every version since", [true, true, true], { version: 1, at: undefined }],
  ["the version that brought it, when its last signer signed", [false, true, true], { version: 2, at: now + 1 }],
  ["the version that brought it back", [true, false, true], { version: 3, at: now + 11 }],
  ["nothing where it is not listed now", [true, true, false], undefined],
] as const)("is %s", (_, has, answer) => {
  expect(found(...has)).toEqual(answer);
});

it("goes back no further than documents are shown", () => {
  const { documents, changes } = versions(true, true, true);
  const earlier = { first: undefined, changes: changes.slice(1) };
  expect(listedSince(entry, documents[2]!, earlier)).toEqual({ version: 3, at: now + 11 });
});
