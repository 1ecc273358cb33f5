/** Takes in what witnesses say of our log; what proves that our journal is not its newest stops the signing for good. */
import { testimonyOf, type OwnLog, type Testimony } from "../../gate/witnessing.ts";
import type { Problem, Witnessed } from "../../gate/wire.ts";
import * as checkpoint from "../../log/checkpoint.ts";
import { rootAt } from "../../log/merkle.ts";
import { fromBytes } from "../../values/hex.ts";
import type { Core } from "./core.ts";
import { momentOf } from "./log-head.ts";

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
      if (afresh) core.word.take(size, momentOf(core));
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

function testify(core: Core, text: string): Testimony {
  const { journal, logKey, deploymentId, checks } = core;
  const own: OwnLog = {
    key: { name: checkpoint.originOf(deploymentId), publicKey: fromBytes(logKey.publicKey) },
    size: journal.size(),
    rootAt: (size) => rootAt(size, journal.node),
  };
  return testimonyOf(text, own, { witnesses: core.standing().genesis.witnesses, begun: core.begun(), checks });
}

function problem(code: string, message: string): Problem {
  return { kind: "problem", code, message, field: "checkpoint" };
}
