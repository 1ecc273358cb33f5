/** Each safeguard as the edits that take it away, with those that stand behind it for the same failure: one alone would be held by the others. */
import type { Mood } from "./moods.ts";
import type { Mutant } from "../reference/planting.ts";

export type Edit = Omit<Mutant, "name"> & {
  /** What it takes away. */
  readonly takes: string;
};

export type Safeguard = {
  readonly name: string;
  /** What is broken without it, in the words of the invariant that says so; the one or the other. */
  readonly breaks: readonly string[];
  /** The days on which it shows most. */
  readonly mood: Mood;
  /** A seed soon after which it shows, so that `npm test` is quick; any other will do. */
  readonly soon: number;
  readonly edits: readonly Edit[];
};

const twoSign = "a nonce is signed for one request";

export const safeguards: readonly Safeguard[] = [
  {
    name: "unique constraint: one request for a nonce",
    breaks: ["a nonce is signed for one request", "a gate met a fault of its own", "that this gate did not sign"],
    mood: "twins",
    soon: 1,
    edits: [
      {
        takes: "the journal counts the nonces of a lane; now the observers' count alone does",
        file: "gate/lane.ts",
        from: "const next = highest === undefined ? observed : highest + 1;",
        to: "const next = observed;",
      },
      {
        takes: "an allocation looks for its nonce among the others",
        file: "adapters/journal/allocations.ts",
        from: `if (exists("chain_id = $chainId AND account = $account AND nonce = $nonce", { chainId, account, nonce }))
    return "nonce";`,
        to: "",
      },
      {
        takes: "the constraint itself",
        file: "adapters/journal/schema.ts",
        from: "    UNIQUE (chain_id, account, nonce),\n",
        to: "",
      },
      {
        takes: "the same constraint in the service's store",
        file: "adapters/sql-store/migrations.ts",
        from: `    .addUniqueConstraint("requests_nonce", ["chain_id", "account", "nonce"])\n`,
        to: "",
      },
    ],
  },
  {
    name: "unique constraint: one nonce for a request",
    breaks: ["a request is signed on one nonce", "has nonce"],
    mood: "noisy",
    soon: 1,
    edits: [
      {
        takes: "a request that has its nonce gets no other",
        file: "flow/gate/sign.ts",
        from: "if (allocation === undefined) {",
        to: "if (asked.replace !== true) {",
      },
      {
        takes: "its approvals are spent",
        file: "flow/gate/allocate.ts",
        from: `if (spent !== undefined) return refusal("gate.approval-spent"`,
        to: `if (spent === null) return refusal("gate.approval-spent"`,
      },
      {
        takes: "an allocation looks for its request among the others",
        file: "adapters/journal/allocations.ts",
        from: `if (exists("request_id = $requestId", { requestId })) return "request";`,
        to: "",
      },
      {
        takes: "it looks for its reference, too",
        file: "adapters/journal/allocations.ts",
        from: `if (exists(same, { asset, operation, reference })) return "reference";`,
        to: "",
      },
      {
        takes: "the constraint itself, and that permits point at it",
        file: "adapters/journal/schema.ts",
        from: "    request_id TEXT NOT NULL UNIQUE,\n    chain_id INTEGER NOT NULL,",
        to: "    request_id TEXT NOT NULL,\n    chain_id INTEGER NOT NULL,",
      },
      {
        takes: "permits point at a request's one allocation",
        file: "adapters/journal/schema.ts",
        from: "request_id TEXT NOT NULL REFERENCES allocations (request_id) DEFERRABLE INITIALLY DEFERRED,\n    ordinal",
        to: "request_id TEXT NOT NULL,\n    ordinal",
      },
      {
        takes: "redemptions do, too",
        file: "adapters/journal/redeeming.ts",
        from: "    request_id TEXT PRIMARY KEY REFERENCES allocations (request_id),\n",
        to: "    request_id TEXT PRIMARY KEY,\n",
      },
      {
        takes: "and what a quorum cancelled",
        file: "adapters/journal/cancelled.ts",
        from: "    request_id TEXT PRIMARY KEY REFERENCES allocations (request_id),\n",
        to: "    request_id TEXT PRIMARY KEY,\n",
      },
      {
        takes: "the constraint on references",
        file: "adapters/journal/schema.ts",
        from: "CREATE UNIQUE INDEX allocations_reference",
        to: "CREATE INDEX allocations_reference",
      },
      {
        takes: "the constraint on a request's first permit",
        file: "adapters/journal/schema.ts",
        from: "    UNIQUE (request_id, ordinal),\n",
        to: "",
      },
    ],
  },
  {
    name: "persist before sign",
    breaks: ["what a token may have signed is closed by its quorum alone"],
    mood: "deadly",
    soon: 12,
    edits: [
      {
        takes: "it is on disk that a token has the digest before it has it",
        file: "flow/gate/use-permit.ts",
        from: "  core.journal.markAsked(permit.digest);\n",
        to: "",
      },
      {
        takes: "a run that begins takes nothing for unsigned",
        file: "flow/gate/run.ts",
        from: "    if (!isEnded(journal)) doubtAll(journal);\n",
        to: "",
      },
    ],
  },
  {
    name: "on disk before a token is asked",
    breaks: [
      "what a token may have signed is closed by its quorum alone",
      "a nonce is signed for one request",
      "that this gate did not sign",
    ],
    mood: "deadly",
    soon: 50_020,
    edits: [
      {
        takes: "what was written is on disk before a token has the digest",
        file: "flow/gate/use-permit.ts",
        from: "  await core.journal.durable();\n  const meanwhile",
        to: "  const meanwhile",
      },
      {
        takes: "a run that begins takes nothing for unsigned",
        file: "flow/gate/run.ts",
        from: "    if (!isEnded(journal)) doubtAll(journal);\n",
        to: "",
      },
    ],
  },
  {
    name: "same bytes",
    breaks: ["the log has one signature of a digest", "signed bytes were lost"],
    mood: "noisy",
    soon: 1,
    edits: [
      {
        takes: "a digest that has its signature is answered with it",
        file: "flow/gate/sign.ts",
        from: "  if (current.signed !== undefined) return signedAnswer(current, current.signed);\n",
        to: "",
      },
      {
        takes: "a signature in the journal is never written over",
        file: "adapters/journal/schema.ts",
        from: `moves: "OLD.raw IS NOT NULL OR NEW.asked < OLD.asked",`,
        to: `moves: "NEW.asked < OLD.asked",`,
      },
      {
        takes: "the service takes no other bytes for those it has",
        file: "request/request.ts",
        from: "if (request.signed !== null && request.signed.raw !== raw)",
        to: "if (request.signed !== null && request.nonce === -1)",
      },
      {
        takes: "its store would lose none",
        file: "adapters/sql-store/request-tables.ts",
        from: "if (kept.some(({ raw }) => !held.some((one) => one.raw === raw)))",
        to: "if (kept.some(({ raw }) => raw === ``))",
      },
    ],
  },
  {
    name: "fence",
    breaks: [
      "a replica wrote over what another one had learned",
      "would lose its signed bytes",
      "an end was taken back",
    ],
    mood: "halted",
    soon: 1,
    edits: [
      {
        takes: "a write of a request goes through only over the revision that it began with",
        file: "adapters/sql-store/request-tables.ts",
        from: `          .where("revision", "=", revision - 1)\n`,
        to: "",
      },
    ],
  },
  {
    name: "witness",
    breaks: [
      "a gate that is behind what the witnesses cosigned",
      "a nonce is signed for one request",
      "that this gate did not sign",
    ],
    mood: "put back",
    soon: 10,
    edits: [
      {
        takes: "a permit waits until its leaf is cosigned",
        file: "flow/gate/missing-word.ts",
        from: "if ((core.journal.witnessed()?.size ?? 0) > leaf) return outdated(core, nonce);",
        to: "if (leaf >= 0) return outdated(core, nonce);",
      },
      {
        takes: "a gate that starts waits for the witnesses' word",
        file: "flow/gate/missing-word.ts",
        from: "return !hasWitnesses(core) || core.word.isTaken();",
        to: "return !hasWitnesses(core) || core.now() > 0;",
      },
      {
        takes: "and asks no token on an old one, or on none",
        file: "flow/gate/missing-word.ts",
        from: "return hasWitnesses(core) && !core.word.isYoung(momentOf(core)) ? renewed(core, nonce) : undefined;",
        to: "return hasWitnesses(core) && core.now() < 0 ? renewed(core, nonce) : undefined;",
      },
      {
        takes: "nor writes what came so late",
        file: "flow/gate/missing-word.ts",
        from: "return hasWitnesses(core) && !core.word.isHeld(momentOf(core)) ? renewed(core, nonce) : undefined;",
        to: "return hasWitnesses(core) && core.now() < 0 ? renewed(core, nonce) : undefined;",
      },
      {
        takes: "proof of another log stops the gate",
        file: "flow/gate/admit-checkpoint.ts",
        from: "      core.stop(testimony.why);\n",
        to: "",
      },
      {
        takes: "the service asks nothing of a gate that does not go on from its mirror",
        file: "flow/serve/mirror.ts",
        from: "if (why !== undefined) throw new Fault(",
        to: "if (why === ``) throw new Fault(",
      },
    ],
  },
  {
    name: "end of the witnesses' word",
    breaks: ["nothing is asked by a gate after which another one was let on long ago"],
    mood: "twins",
    soon: 1,
    edits: [
      {
        takes: "what waits for a token is decided again, on facts that are younger than any word",
        file: "flow/gate/use-permit.ts",
        from: "if (filler || (last !== undefined && isOfNow(core, last))) return undefined;",
        to: "if (filler || last === undefined || last.ticks !== -1) return undefined;",
      },
      {
        takes: "a token is asked on a young word only",
        file: "gate/word.ts",
        from: "return ageOf(this.#since, now) < askedMs;",
        to: "return ageOf(this.#since, now) < Infinity;",
      },
      {
        takes: "what it answers is written while the word is held",
        file: "gate/word.ts",
        from: "return ageOf(this.#since, now) < heldMs;",
        to: "return ageOf(this.#since, now) < Infinity;",
      },
    ],
  },
  {
    name: "doubt of what was permitted before a start",
    breaks: [twoSign, "what a token may have signed is closed by its quorum alone"],
    mood: "twins",
    soon: 1,
    edits: [
      {
        takes: "a permit of before this run may have been signed by another gate",
        file: "flow/gate/run.ts",
        from: "    if (!isEnded(journal)) doubtAll(journal);\n",
        to: "",
      },
    ],
  },
  {
    name: "high-water mark",
    breaks: ["nothing new is signed on a nonce that the observers call used"],
    mood: "estranged",
    soon: 1,
    edits: [
      {
        takes: "no nonce is given while the observers' count is above the journal's",
        file: "gate/lane.ts",
        from: "if (observed > next) {",
        to: "if (observed < 0) {",
      },
      {
        takes: "such a count freezes the key",
        file: "flow/gate/watch-lane.ts",
        from: "if (used === undefined || used <= first) return;",
        to: "if (used !== Infinity) return;",
      },
    ],
  },
  {
    name: "finality of a burn",
    breaks: ["nothing is released on a burn that is not final"],
    mood: "redeeming",
    soon: 1,
    edits: [
      {
        takes: "as many observers as the policy asks for; now a hasty one is enough",
        file: "flow/gate/settle.ts",
        from: "const min = loaded.request.policy.policy.observersMin;",
        to: "const min = 1;",
      },
    ],
  },
  {
    name: "one release for a burn",
    breaks: ["a burn is released once"],
    mood: "redeeming",
    soon: 1,
    edits: [
      {
        takes: "a burn that has its release is answered with it",
        file: "flow/gate/release.ts",
        from: "return redemption.release === undefined\n",
        to: "return redemption.release !== -1\n",
      },
      {
        takes: "nothing leaves before the witnesses cosigned its leaf",
        file: "flow/gate/release.ts",
        from: "if (missing !== undefined) return missing;",
        to: "if (missing === null) return missing;",
      },
      {
        takes: "a release in the journal is never written over",
        file: "adapters/journal/redemptions.ts",
        from: "release = $leaf WHERE request_id = $requestId AND release IS NULL AND reversed = 0",
        to: "release = $leaf WHERE request_id = $requestId AND reversed = 0",
      },
      {
        takes: "the trigger that keeps it",
        file: "adapters/journal/redeeming.ts",
        from: "OLD.release IS NOT NULL AND NEW.release IS NOT OLD.release OR ",
        to: "",
      },
    ],
  },
  {
    name: "the quorum that promotes",
    breaks: ["a gate that takes over asks no token before its quorum promoted it"],
    mood: "succeeding",
    soon: 8,
    edits: [
      {
        takes: "as many people as the genesis asks for; now one of them is enough",
        file: "flow/gate/admit-resumption.ts",
        from: "return peopleMeet(genesis.change.loosen.quorum, people, roster.index);",
        to: "return people.size > 0 || peopleMeet(genesis.change.loosen.quorum, people, roster.index);",
      },
    ],
  },
  {
    name: "the witness between two gates",
    breaks: [
      "what a token signed is in the log that goes on",
      "nothing is asked by a gate after which another one was let on long ago",
      "a gate that is behind what the witnesses cosigned signs nothing",
      twoSign,
    ],
    mood: "succeeding",
    soon: 11,
    edits: [
      {
        takes: "a witness cosigns for the key alone that it was told of",
        file: "flow/witness/witness.ts",
        from: "const signed = checkpoint.verifyCheckpoint(request.checkpoint, log, checks);",
        to: "const signed = checks === undefined ? checkpoint.verifyCheckpoint(request.checkpoint, log, checks) : parsed;",
      },
      {
        takes: "and only what grows out of what it cosigned",
        file: "flow/witness/witness.ts",
        from: "if (refused !== undefined) return refused;",
        to: 'if (refused?.kind === "malformed") return refused;',
      },
      {
        takes: "its memory holds each size against the one before",
        file: "flow/witness/witness.ts",
        from: "if (!heads.replace(log.name, request.oldSize, { size, root, checkpoint: text }))",
        to: "if (!heads.replace(log.name, request.oldSize, { size, root, checkpoint: text }) && size < 0)",
      },
    ],
  },
];
