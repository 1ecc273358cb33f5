/** How the world stands as the gate sees it, for whoever watches: limits used, observers that agree, and how recent their words are. */
import * as subject from "../../evidence/subject.ts";
import { dayOf, feesPerDayOf } from "../../gate/bounds.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { Health } from "../../gate/wire.ts";
import { levelOf } from "../../policy/decide/measure.ts";
import { assetQuestions, dayQuestionOn, feesQuestionOn, type UsageQuestion } from "../../policy/decide/usage.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";
import { agreedFact, measured } from "./facts.ts";

type WorldFigures = Pick<Health, "limits" | "agreements" | "observers">;

/** Shares and counts, no amounts: who may look at figures is not who may look at requests. */
export function worldFigures(core: Core): WorldFigures {
  const policies = [...core.standing().policies.values()];
  return {
    limits: [...policies.flatMap(({ policy }) => assetLimits(core, policy)), ...feeLimits(core)],
    agreements: policies.map(({ policy }) => ({
      asset: policy.asset,
      observers: voices(core, policy),
      min: policy.observersMin,
    })),
    observers: core
      .standing()
      .genesis.chains.flatMap(({ id }) =>
        core.journal
          .newestBlockTimes(id)
          .map(({ observer, blockTime }) => ({ chainId: Number(id), observer, blockTime })),
      ),
  };
}

/** How many said the same of the newest supply that enough agree on; 0 while they do not. */
function voices(core: Core, { token, observersMin: min }: StandingPolicy["policy"]): number {
  const wanted = { chainId: token.chain, subject: subject.token(token.address), fact: "supply" } as const;
  return agreedFact(core, { ...wanted, min, now: core.now() })?.statements.length ?? 0;
}

function assetLimits(core: Core, policy: StandingPolicy["policy"]): WorldFigures["limits"] {
  const now = core.now();
  const day = dayQuestionOn(policy.asset, { asked: 0n, max: dayOf(core.standing(), policy.asset), now });
  return [...assetQuestions(policy, now), day].map((question) => used(core, policy.asset, question));
}

function feeLimits(core: Core): WorldFigures["limits"] {
  const now = core.now();
  return core.standing().roster.roster.keys.map(({ id, account }) => {
    const max = feesPerDayOf(core.standing(), id);
    return used(core, id, feesQuestionOn(account, { asked: 0n, max, now }));
  });
}

const whole = 1_000_000n;

function used(core: Core, of: Name, question: UsageQuestion): WorldFigures["limits"][number] {
  const { key: clause, metric, max = 0n } = question;
  const level = levelOf(metric, measured(core, question, core.now()));
  return { clause, of, usedMillionths: Number(shareOf(level, max)) };
}

/** A net may be below nothing; of a limit of nothing all is used. */
function shareOf(level: bigint, max: bigint): bigint {
  if (max === 0n) return whole;
  return level <= 0n ? 0n : (level * whole) / max;
}
