/** Judges what attestors say of prices, holders and documents: sound, asked for by a policy, in time, and after what they said before. */
import {
  assetOf,
  standingOf,
  succeed,
  unsound,
  type AttestedKind,
  type AttestedWord,
} from "../../evidence/attested.ts";
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import { skewSeconds } from "./admit-evidence.ts";
import type { Admission, Case } from "./admission.ts";
import { groupsAsking, topicOf, wordIn } from "./attested.ts";
import type { Core } from "./core.ts";
import type { StoredStatement } from "./journal.port.ts";
import { freezeByItself } from "./own-freeze.ts";

/** Sources of one attestor about one subject that may stand at a time: every decision verifies each of them again. */
const longestSources = 16;

export function admitAttested(core: Core, said: Case<AttestedKind>): Admission {
  const { statement, author, service, now } = said;
  const { kind, message } = statement;
  const { subject } = message;
  const wrong = unsound(kind, message);
  if (wrong !== undefined) throw refused(wrong.field, wrong.why, wrong.field);
  const groups = groupsAsking(core, kind, subject);
  if (groups.size === 0) throw refused("unasked", `no policy in force asks for this of \`${subject}\``, "subject");
  const { index } = core.standing().roster;
  if (!service || ![...groups].some((group) => index.inGroup(author, group)))
    throw new InvalidValue("attestation.not-an-attestor", `${author} does not attest this`, "credential");
  checkTimes(core, message, now);
  const words = core.journal.lastWords(kind, subject).filter(({ member }) => member === author);
  checkSources(words, message, now);
  return judge(core, said, standingOf(words.filter(({ about }) => about === topicOf(message)).map(wordIn)));
}

function judge(core: Core, said: Case<AttestedKind>, standing: readonly AttestedWord[]): Admission {
  const { kind, message } = said.statement;
  const { subject, source } = message;
  switch (succeed(kind, standing, message).kind) {
    case "first":
    case "newer":
    case "same":
      return { kind: "store", about: topicOf(message) };
    case "stale":
      throw refused("stale", `${said.author} said something of ${subject} from ${source} as late as this`, "asOf");
    case "conflict":
      if (kind === "PriceAttestation") throw contradicted(core, said);
      // Both stay and contradict each other, so that neither counts for a yes; a third adds nothing.
      if (new Set(standing.map(({ value }) => value)).size > 1)
        throw refused(
          "conflict",
          `${said.author} said two things of ${subject} as of then; say it as of later`,
          "asOf",
        );
      return { kind: "store", about: topicOf(message) };
  }
}

/** Two prices of one instant: nothing of the asset is signed until officers have looked. */
function contradicted(core: Core, { statement, author, now }: Case<AttestedKind>): InvalidValue {
  const { subject, source, asOf } = statement.message;
  const target = assetOf(subject);
  const reason = `${author} attested two prices of ${subject} from ${source} as of ${String(asOf)}`;
  if (target !== undefined)
    freezeByItself(core, { scope: "asset", target, reason, by: author, now, statement: statement.envelope });
  return refused("conflict", `${reason}; ${String(target)} is frozen`, "asOf");
}

function checkTimes(core: Core, { asOf, expiresAt }: AttestedWord, now: Instant): void {
  const longest = core.standing().genesis.lifetimes.attestation;
  if (asOf > now + skewSeconds) throw refused("future", "it is of a time to come", "asOf");
  if (now >= expiresAt) throw refused("expired", "it expired before it came", "expiresAt");
  if (expiresAt - asOf > duration.parse(longest))
    throw refused("lifetime", `an attestation lives at most ${longest}`, "expiresAt");
}

function checkSources(words: readonly StoredStatement[], message: AttestedWord, now: Instant): void {
  const topics = new Set(words.filter((stored) => wordIn(stored).expiresAt > now).map(({ about }) => about));
  if (topics.size >= longestSources && !topics.has(topicOf(message)))
    throw refused(
      "too-many-sources",
      `at most ${String(longestSources)} sources of one attestor stand at a time`,
      "source",
    );
}

function refused(code: string, why: string, field: string): InvalidValue {
  return new InvalidValue(`attestation.${code}`, why, `message.${field}`);
}
