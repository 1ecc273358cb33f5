/** The documents in force as the mirror has them, read once each. */
import { compile } from "../../policy/compile/compile.ts";
import { readPolicyDocument } from "../../policy/document/document.ts";
import type { Policy } from "../../policy/policy.ts";
import type { RosterIndex } from "../../roster/membership.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import { Fault } from "../../values/errors.ts";
import { createRosterReader } from "./fold.ts";
import type { MirroredDocument, Store } from "./store.port.ts";

export type InForce = {
  readonly roster: { readonly mirrored: MirroredDocument; readonly index: RosterIndex };
  readonly policies: readonly { readonly mirrored: MirroredDocument; readonly policy: Policy }[];
};

export type Documents = {
  readonly all: () => Promise<readonly MirroredDocument[]>;
  /** A `Fault` while nothing was mirrored yet. */
  readonly inForce: () => Promise<InForce>;
};

export function createDocuments(store: Pick<Store, "documents">): Documents {
  const rosterOf = createRosterReader();
  const read = new Map<Bytes32, Policy>();
  const policyOf = ({ hash, document }: MirroredDocument): Policy => {
    const known = read.get(hash) ?? compile(readPolicyDocument(document));
    read.set(hash, known);
    return known;
  };
  return {
    all: () => store.documents(),
    inForce: async () => {
      const active = (await store.documents()).filter(({ state }) => state === "active");
      const roster = active.find(({ kind }) => kind === "Roster");
      if (roster === undefined) throw new Fault("mirror.empty", "the gate's log was not read yet", "safe");
      const policies = active
        .filter(({ kind }) => kind === "Policy")
        .map((mirrored) => ({ mirrored, policy: policyOf(mirrored) }));
      return { roster: { mirrored: roster, index: rosterOf(roster) }, policies };
    },
  };
}
