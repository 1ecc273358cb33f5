/** Guards: they only deny, whatever a rule permits. */
import type { Judgement } from "./judgement.ts";
import type { Case } from "./policy.ts";
import { inEther } from "./quantity.ts";
import { judgeReserves } from "./reserves.ts";

export function judgeGuards(one: Case): readonly Judgement[] {
  return one.policy.guards
    .filter((guard) => guard.when.operations.has(one.intent.operation))
    .flatMap((guard): readonly Judgement[] => {
      switch (guard.then.kind) {
        case "reserves":
          return judgeReserves(one, { id: guard.id, ...guard.then });
        default:
          return [
            {
              id: `guard.${guard.id}`,
              kind: "guard",
              code: "policy.fee-ceiling",
              ok: one.intent.feeCeilingWei < (guard.unless?.maxFee?.below ?? 0n),
              curable: false,
              observed: `fees up to ${inEther(one.intent.feeCeilingWei)}`,
              bound: `at most ${inEther((guard.unless?.maxFee?.below ?? 0n) - 1n)}`,
            },
          ];
      }
    });
}
