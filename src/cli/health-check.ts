/** What an operator has to know of the gate's world, read from its health and from the service's figures: clocks, witnesses, observers, queues. */
import type { Health } from "../gate/wire.ts";
import { proposalsOf } from "../request/proposal.ts";
import type { Instant } from "../values/instant.ts";

/** `missing` is only a lack of something that some processes need; `wrong` makes the exit code 1. */
export type Check = { readonly what: string; readonly kind: "good" | "missing" | "wrong"; readonly said: string };

/** Seconds that two clocks may be apart; the chain's freshness, with which signing ends, is far above. */
const skewMost = 5;
/** Seconds after which what an observer told is old; above what any chain needs for a block. */
const observerMost = 120;
/** Leaves that no witness has seen: more than come between two rounds of asking. */
const unseenMost = 100;

/** `now` is the time of the machine that asks. */
export function worldChecks(health: Health, now: Instant): readonly Check[] {
  return [
    clockCheck(health, now),
    ...witnessChecks(health),
    ...observerChecks(health),
    ...strangerChecks(health),
    ...workChecks(health),
  ];
}

/** A pause is asked for by people: here it is prepared. */
function strangerChecks({ frozen }: Health): readonly Check[] {
  return proposalsOf(frozen).map(({ asset, txHash, command }) => ({
    what: `token of ${asset}`,
    kind: "wrong",
    said: `transaction ${txHash} is a stranger's: look at it; to ask for a pause of the token: ${command}`,
  }));
}

function clockCheck({ instant }: Health, now: Instant): Check {
  const ahead = instant - now;
  const apart = `${Math.abs(ahead)} s ${ahead < 0 ? "behind" : "ahead of"} this machine`;
  return Math.abs(ahead) <= skewMost
    ? { what: "clock", kind: "good", said: `the gate's time is ${ahead === 0 ? "this machine's" : apart}` }
    : { what: "clock", kind: "wrong", said: `the gate's time is ${apart}: one of them is wrong` };
}

function witnessChecks({ witnessed: { min, size: seen, confirmed }, size }: Health): readonly Check[] {
  if (min === 0) return [{ what: "witnesses", kind: "missing", said: "the genesis asks for none" }];
  if (seen === null) {
    // A deployment that was just founded asked nobody yet.
    const kind = size > unseenMost ? "wrong" : "missing";
    return [{ what: "witnesses", kind, said: `none of the ${min} that are needed cosigned yet` }];
  }
  const unseen = size - seen;
  const said = unseen === 0 ? `cosigned all ${size} leaves` : `cosigned ${seen} of ${size} leaves`;
  if (unseen > unseenMost) return [{ what: "witnesses", kind: "wrong", said }];
  return confirmed
    ? [{ what: "witnesses", kind: "good", said }]
    : [
        {
          what: "witnesses",
          kind: "missing",
          said: `${said}; not yet since the gate started, which it waits for before it signs`,
        },
      ];
}

function observerChecks({ agreements, observers, instant }: Health): readonly Check[] {
  const agreeing = agreements.map(({ asset, observers: count, min }): Check => {
    const said = `${count} agree, ${min} are needed`;
    return { what: `observers of ${asset}`, kind: count >= min ? "good" : "wrong", said };
  });
  const late = observers.flatMap(({ chainId, observer, blockTime }): readonly Check[] => {
    const age = instant - blockTime;
    if (age <= observerMost) return [];
    return [{ what: `observer ${observer}`, kind: "wrong", said: `told of no block of chain ${chainId} for ${age} s` }];
  });
  return [...agreeing, ...late];
}

function workChecks({ backends }: Health): readonly Check[] {
  return backends.flatMap(({ name, work, rests }): readonly Check[] => {
    const resting: readonly Check[] = rests
      ? [
          {
            what: `token ${name}`,
            kind: "missing",
            said: "failed a signing within the last minute; another one is asked",
          },
        ]
      : [];
    if (work === null) return resting;
    const { sessions, inFlight, queued, signed, restarts } = work;
    const said = `${inFlight} of ${sessions} sessions busy, ${queued} waiting, ${signed} signed, ${restarts} restarts`;
    return [{ what: `token ${name}`, kind: queued > sessions * 10 ? "wrong" : "good", said }, ...resting];
  });
}

/** Seconds after which a duty that is due and not done means that nobody works. */
const queueMost = 120;

/** Of the text that `/metrics` serves; what is not in it is not judged. */
export function figureChecks(text: string): readonly Check[] {
  const age = valueIn(text, "countersign_queue_age_seconds");
  const leases = valueIn(text, "countersign_queue_leases");
  const queue: readonly Check[] =
    age === undefined
      ? []
      : [
          {
            what: "queue",
            kind: age > queueMost ? "wrong" : "good",
            said: `${leases ?? 0} requests are worked on, the oldest duty is due for ${age} s`,
          },
        ];
  const lost = [...text.matchAll(/^countersign_notices_given_up\{receiver="([^"]*)"\} ([1-9][0-9]*)$/gm)];
  const waiting = [...text.matchAll(/^countersign_notice_oldest_seconds\{receiver="([^"]*)"\} ([0-9]+)$/gm)];
  return [
    ...queue,
    ...lost.map(([, name = "", count = ""]): Check => {
      return { what: `receiver ${name}`, kind: "missing", said: `did not take ${count} notices within a day` };
    }),
    ...waiting.flatMap(([, name = "", seconds = "0"]): readonly Check[] =>
      Number(seconds) < 600
        ? []
        : [{ what: `receiver ${name}`, kind: "wrong", said: `has not taken a notice for ${seconds} s` }],
    ),
  ];
}

function valueIn(text: string, name: string): number | undefined {
  const found = new RegExp(`^${name} ([0-9.e+-]+)$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

const gibibyte = 1024 ** 3;

/** A gate whose disk is full refuses everything: it has to be told of before. */
export function diskCheck(path: string, { free, total }: { readonly free: number; readonly total: number }): Check {
  const low = free < gibibyte || free < total / 20;
  const said = `${(free / gibibyte).toFixed(1)} of ${(total / gibibyte).toFixed(1)} GiB free`;
  return { what: `disk of ${path}`, kind: low ? "wrong" : "good", said };
}
