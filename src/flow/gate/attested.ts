/** Gathers the words about prices, holders and documents that a policy asks for, each verified again. */
import {
  attestedFact,
  standingOf,
  type AttestedFact,
  type AttestedKind,
  type AttestedWord,
} from "../../evidence/attested.ts";
import * as subject from "../../evidence/subject.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { Intent } from "../../intent/intent.ts";
import type { Facts } from "../../policy/facts.ts";
import type { Guard } from "../../policy/policy.ts";
import type { Statement } from "../../statement/read.ts";
import { invariant } from "../../values/errors.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";
import type { StoredStatement } from "./journal.port.ts";
import { statementIn } from "./reading.ts";
import { verifiedAgain } from "./verified.ts";

/** The journal's word for what is attested and where from; neither has a space. */
export const topicOf = ({ subject: about, source }: Pick<AttestedWord, "subject" | "source">): string =>
  `${about} ${source}`;

/** What a stored word says, whether or not it still verifies. */
export function wordIn(stored: StoredStatement): AttestedWord {
  const statement = statementIn(stored.envelope);
  invariant(isWord(statement), "the words about a subject are of these kinds");
  return statement.message;
}

function isWord(statement: Statement): statement is Extract<Statement, { kind: AttestedKind }> {
  return Object.values<string>(kindOf).includes(statement.kind);
}

const kindOf = { price: "PriceAttestation", identity: "IdentityAttestation", document: "DocumentAttestation" } as const;

type Effect =
  | Pick<Extract<Guard["then"], { kind: "price" }>, "kind" | "by" | "quote">
  | Extract<Guard["then"], { kind: "identity" | "document" }>;

/** What the guards of a policy ask attestors for. */
function askedBy({ policy }: StandingPolicy, applies: (guard: Guard) => boolean): readonly Effect[] {
  return policy.guards.filter(applies).flatMap(({ then }) => effectsOf(then));
}

/** Reserves are worth what their price says. */
function effectsOf(then: Guard["then"]): readonly Effect[] {
  switch (then.kind) {
    case "price":
    case "identity":
    case "document":
      return [then];
    case "reserves":
      return then.cover?.price === undefined ? [] : [{ kind: "price", ...then.cover.price }];
    default:
      return [];
  }
}

/** Groups from which a policy in force takes words of this kind about this subject. */
export function groupsAsking(core: Core, kind: AttestedKind, about: string): ReadonlySet<Name> {
  const groups = [...core.standing().policies.values()].flatMap((standing) =>
    askedBy(standing, () => true).flatMap((effect) => {
      const isMeant = effect.kind !== "price" || subject.price(standing.policy.asset, effect.quote) === about;
      return kindOf[effect.kind] === kind && isMeant ? [effect.by.group] : [];
    }),
  );
  return new Set(groups);
}

type Asked = { readonly intent: Intent; readonly policy: StandingPolicy; readonly now: Instant };

/** A list is absent when no guard of the operation asks for it. */
export function attestedFacts(core: Core, asked: Asked): Pick<Facts, "prices" | "identities" | "documents"> {
  const { intent, policy } = asked;
  const effects = askedBy(policy, ({ when }) => when.operations.has(intent.operation));
  const gathered = (kind: Effect["kind"]): AttestedFact[] | undefined => {
    const own = effects.filter((effect) => effect.kind === kind);
    if (own.length === 0) return undefined;
    const groups = new Set(own.map(({ by }) => by.group));
    const subjects = new Set(own.map((effect) => subjectOf(effect, intent)));
    return [...subjects].flatMap((about) => wordsAbout(core, { kind: kindOf[kind], about, groups, now: asked.now }));
  };
  const [prices, identities, documents] = [gathered("price"), gathered("identity"), gathered("document")];
  return {
    ...(prices === undefined ? {} : { prices }),
    ...(identities === undefined ? {} : { identities }),
    ...(documents === undefined ? {} : { documents }),
  };
}

function subjectOf(effect: Effect, { asset, to, reference }: Intent): string {
  switch (effect.kind) {
    case "price":
      return subject.price(asset, effect.quote);
    case "identity":
      return subject.identity(to);
    case "document":
      return subject.document(reference);
  }
}

type Sought = {
  readonly kind: AttestedKind;
  readonly about: string;
  readonly groups: ReadonlySet<Name>;
  readonly now: Instant;
};

/** What stands; when nothing does, the last word that has ended, so that the decision can say so. */
function wordsAbout(core: Core, sought: Sought): readonly AttestedFact[] {
  const { now } = sought;
  const all = voicesIn(core.journal.lastWords(sought.kind, sought.about)).map((voice) => standing(core, voice, sought));
  // Of two words that contradict each other the one does not outlive the other.
  const current = all.filter((words) => words.every(({ expiresAt }) => expiresAt > now)).flat();
  const ended = all.flat().filter(({ expiresAt }) => expiresAt <= now);
  return current.length > 0 ? current : ended.sort((a, b) => b.asOf - a.asOf).slice(0, 1);
}

/** Stored words by who said them and from which source. */
function voicesIn(stored: readonly StoredStatement[]): readonly (readonly StoredStatement[])[] {
  const voices = new Map<string, StoredStatement[]>();
  for (const one of stored) {
    const key = `${one.about} ${one.member}`;
    voices.set(key, [...(voices.get(key) ?? []), one]);
  }
  return [...voices.values()];
}

/** The last word of a voice, or the two that contradict each other; when what one says no longer verifies, nothing stands in for it. */
function standing(core: Core, voice: readonly StoredStatement[], sought: Sought): readonly AttestedFact[] {
  const last = standingOf(voice.map((stored) => ({ stored, ...wordIn(stored) })));
  const facts = last.flatMap(({ stored }) => factOf(core, stored, sought) ?? []);
  const values = [...new Set(last.map(({ value }) => value))];
  // Said with two credentials, a word is one word, and one of them is enough.
  const stands = values.flatMap((value) => facts.find((fact) => fact.value === value) ?? []);
  return stands.length === values.length ? stands : [];
}

/** As when it was admitted: by a service of a group that is asked, with a credential it still has. */
function factOf(core: Core, stored: StoredStatement, { kind, groups }: Sought): AttestedFact | undefined {
  const { index } = core.standing().roster;
  const statement = verifiedAgain(core, stored, kind);
  if (statement === undefined || index.credential(statement.credential)?.service !== true) return undefined;
  return [...groups].some((group) => index.inGroup(stored.member, group))
    ? attestedFact(statement, stored.member)
    : undefined;
}
