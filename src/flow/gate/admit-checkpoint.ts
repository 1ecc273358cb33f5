/** Takes in what witnesses say of our log; what proves that our journal is not its newest stops the signing for good. */
import { testimonyOf, type OwnLog, type Testimony } from "../../gate/witnessing.ts";
import type { Problem, SignAnswer, Witnessed } from "../../gate/wire.ts";
import * as checkpoint from "../../log/checkpoint.ts";
import { rootAt } from "../../log/merkle.ts";
import { InvariantViolation } from "../../values/errors.ts";
import { fromBytes } from "../../values/hex.ts";
import type { Core } from "./core.ts";
import type { StoredPermit } from "./journal.port.ts";
import { signedHead } from "./log-head.ts";

/** On disk when it answers. An older one than we have is well and changes nothing. */
export function admitCheckpoint(core: Core, text: string): Witnessed | Problem {
  const { journal } = core;
  const { witnesses } = core.standing().genesis;
  if (witnesses.keys.length === 0) return problem("checkpoint.no-witness", "this deployment has no witnesses");
  const testimony = testify(core, text);
  switch (testimony.kind) {
    case "refused":
      return problem(testimony.code, testimony.why);
    case "not-ours":
      journal.putStrangeCheckpoint(text);
      core.stop(testimony.why);
      return problem("checkpoint.not-ours", testimony.why);
    case "cosigned": {
      const { size, by, afresh } = testimony;
      if (size > (journal.witnessed()?.size ?? -1)) journal.putWitnessed({ size, checkpoint: text });
      if (afresh) core.confirm();
      return { kind: "witnessed", size, by: [...by], afresh };
    }
  }
}

/** Why nothing is signed over this journal, by a checkpoint that an earlier run kept. */
export function stoppedByKept(core: Core): string | undefined {
  const kept = core.journal.strangeCheckpoint();
  const testimony = kept === undefined ? undefined : testify(core, kept);
  return testimony?.kind === "not-ours" ? testimony.why : undefined;
}

/** Step 8: what `sign` answers while the leaf of the permit is in no cosigned checkpoint. */
export function uncosigned(core: Core, { digest, transaction }: StoredPermit): SignAnswer | undefined {
  const leaf = core.journal.permitLeaf(digest);
  if (leaf === undefined) throw new InvariantViolation("a permit has its leaf");
  return uncosignedLeaf(core, leaf, transaction.nonce);
}

/** The same of any leaf of a request that has this nonce. */
export function uncosignedLeaf(core: Core, leaf: number, nonce: number): SignAnswer | undefined {
  if (core.standing().genesis.witnesses.min === 0) return undefined;
  if ((core.journal.witnessed()?.size ?? 0) > leaf) return undefined;
  return { kind: "needs-cosignature", checkpoint: signedHead(core), nonce };
}

/** Before anything new is tied to a nonce, and before a token is called: whether the witnesses know of no longer log than the one we opened. */
export function unconfirmed(core: Core): SignAnswer | undefined {
  return core.confirmed() ? undefined : { kind: "needs-cosignature", checkpoint: signedHead(core), nonce: null };
}

function testify(core: Core, text: string): Testimony {
  const { journal, logKey, deploymentId, checks, start } = core;
  const own: OwnLog = {
    key: { name: checkpoint.originOf(deploymentId), publicKey: fromBytes(logKey.publicKey) },
    size: journal.size(),
    rootAt: (size) => rootAt(size, journal.node),
  };
  return testimonyOf(text, own, { witnesses: core.standing().genesis.witnesses, start, checks });
}

function problem(code: string, message: string): Problem {
  return { kind: "problem", code, message, field: "checkpoint" };
}
