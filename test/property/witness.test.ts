/** The law of a witness: whatever anybody asks in whatever order, all it ever cosigned is one history that only grew. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { format } from "../../src/log/add-checkpoint.ts";
import * as checkpoint from "../../src/log/checkpoint.ts";
import { openWitness, wordLog, type WordLog } from "../place/witness.ts";

const most = 40;

/** Logs that are one up to a word, and from there on differ. */
const logs = fc.array(fc.integer({ min: 0, max: most - 1 }), { minLength: 1, maxLength: 4 }).map((splits) =>
  splits.map((split, which): WordLog => {
    const words = Array.from({ length: most }, (_, i) => (i < split ? `leaf ${i}` : `leaf ${i} of ${which}`));
    return wordLog(words);
  }),
);

const asked = fc.record({
  which: fc.nat(3),
  size: fc.integer({ min: 1, max: most }),
  old: fc.oneof(fc.constant("known" as const), fc.integer({ min: 0, max: most })),
  /** Takes the proof of another log, or none. */
  proof: fc.constantFrom("own", "own", "own", "other", "none"),
});

test("what was cosigned is one log that only grows", async () => {
  let forks = 0;
  await fc.assert(
    fc.asyncProperty(logs, fc.array(asked, { minLength: 1, maxLength: 30 }), async (all, asks) => {
      const witness = openWitness();
      const history: { readonly log: WordLog; readonly size: number }[] = [];
      for (const { which, size, old, proof } of asks) {
        const log = all[which % all.length]!;
        const known = history.at(-1)?.size ?? 0;
        const oldSize = old === "known" ? known : old;
        const whose = proof === "other" ? all[(which + 1) % all.length]! : log;
        const own = whose.ask(oldSize, size);
        const body =
          proof === "none" || oldSize > size
            ? format({ oldSize, proof: [], checkpoint: log.checkpoint(size) })
            : own.replace(whose.checkpoint(size), log.checkpoint(size));
        const answer = await witness.add(body);
        const before = history.at(-1);
        const grows =
          before === undefined || (size >= before.size && log.root(before.size) === before.log.root(before.size));
        if (answer.kind === "cosigned") {
          expect(oldSize).toBe(known);
          expect(grows).toBe(true);
          history.push({ log, size });
        } else {
          if (!grows) forks += 1;
          // An honest question is never refused.
          const honest = old === "known" && size >= known && grows && proof === "own";
          expect(honest).toBe(false);
        }
        const newest = witness.newest();
        const last = history.at(-1);
        expect(newest === undefined ? undefined : checkpoint.parse(newest).checkpoint.root).toBe(
          last?.log.root(last.size),
        );
      }
    }),
    { numRuns: 150 },
  );
  expect(forks).toBeGreaterThan(50);
});
