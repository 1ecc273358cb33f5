/** Puts what people outside must be told into the very transaction of what happened. */
import type { Statement } from "../../statement/read.ts";
import { readStatement } from "../../statement/read.ts";
import { entrySchema } from "../../log/entry.ts";
import { noticeOf, type Notice } from "../../request/notice.ts";
import { proposalOf } from "../../request/proposal.ts";
import { plus, type Instant } from "../../values/instant.ts";
import type { Clock } from "../clock.port.ts";
import type { Receiver } from "./receiver.port.ts";
import type { Addressed, MirroredPage, Store } from "./store.port.ts";

/** A store that is filled again from the log tells nobody what is older: they heard of it, or it is over. */
const newsSeconds = 3_600;

export function noticingStore(store: Store, receivers: readonly Receiver[], clock: Clock): Store {
  return {
    ...store,
    commit: async (change) => {
      const since = plus(clock.now(), -newsSeconds);
      const news = [
        ...change.transitions.flatMap(noticesIn),
        ...(change.page === undefined ? [] : inPage(change.page)),
      ];
      const notices = news.filter(({ at }) => at >= since).map((notice) => addressed(notice, receivers));
      return await store.commit({ ...change, notices: [...(change.notices ?? []), ...notices] });
    },
  };
}

export function addressed(notice: Notice, receivers: readonly Receiver[]): Addressed {
  return { notice, receivers: receivers.filter(({ topics }) => topics.has(notice.topic)).map(({ name }) => name) };
}

type Transition = Parameters<Store["commit"]>[0]["transitions"][number];

function noticesIn({ request, happening }: Transition): readonly Notice[] {
  const found = happening === undefined ? undefined : noticeOf(request, happening.event, happening.at);
  return found === undefined ? [] : [found];
}

function inPage({ statements, leaves }: MirroredPage): readonly Notice[] {
  const said = statements.flatMap(({ envelope, member, at }) => ofStatement(readStatement(envelope), member, at));
  const own = leaves.filter(({ kind }) => kind === "freeze").flatMap(({ leaf }) => ofOwnFreeze(leaf));
  return [...said, ...own];
}

function ofStatement({ kind, message, hash }: Statement, member: string, at: Instant): readonly Notice[] {
  switch (kind) {
    case "Freeze":
      return [general("frozen", hash, at, `${scopeText(message.scope, message.target)} frozen by ${member}`)];
    case "Unfreeze":
      return [general("unfrozen", hash, at, `${member} signed to unfreeze ${message.scope} ${message.target}`)];
    case "PolicyChange":
    case "RosterChange":
      return [
        general(
          "change-proposed",
          message.documentHash,
          at,
          `${member} signed version ${message.version} of ${kind === "RosterChange" ? "the roster" : "a policy"}, which ${message.class === "tighten" ? "tightens" : "loosens"}: see \`change show ${message.documentHash}\``,
        ),
      ];
    default:
      return [];
  }
}

/** For a stranger's transaction somebody has to look, and may want the token paused. */
function ofOwnFreeze(leaf: string): readonly Notice[] {
  const entry = entrySchema.parse(JSON.parse(leaf));
  if (entry.kind !== "freeze") throw new TypeError("a leaf of this kind is a freeze");
  const { freezeId, scope, target, instant } = entry;
  const frozen = general("frozen", freezeId, instant, `${scopeText(scope, target)} frozen by the gate itself`);
  const proposal = proposalOf(entry);
  if (proposal === undefined) return [frozen];
  const text = `${proposal.why}: look at it; to pause the token, \`${proposal.command}\``;
  return [frozen, general("alarm", freezeId, instant, text)];
}

function scopeText(scope: string, target: string): string {
  return scope === "deployment" ? "everything is" : `${scope} ${target} is`;
}

function general(topic: Notice["topic"], about: string, at: Instant, text: string): Notice {
  return { key: `${topic} ${about}`, topic, at, text, people: [], requestId: null };
}
