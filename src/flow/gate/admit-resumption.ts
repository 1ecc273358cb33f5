/** Judges what people say of a gate whose journal was rebuilt from the log: that it goes on as the same one, or that it takes over from another. */
import { groupsOf } from "../../policy/decide/approval.ts";
import { peopleMeet } from "../../policy/decide/quorum.ts";
import type { StatementOf } from "../../statement/read.ts";
import type { Bytes32 } from "../../values/bytes32.ts";
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import { toIso, type Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import type { Core } from "./core.ts";
import { isNewKey, keyInOffice, ownLogKey } from "./office.ts";
import { verifiedAgain } from "./verified.ts";

type Kinds = "Resumption" | "GatePromotion";
type Spoken = Case<Kinds>["statement"];

/** Counts once enough people signed the same head; it takes the quorum that the genesis asks of a loosening. */
export function admitResumption(core: Core, spoken: Case<"Resumption">): Admission {
  const { message } = spoken.statement;
  const { judged, people } = judgeHead(core, spoken, "resumption");
  if (ownLogKey(core) !== keyInOffice(core, core.standing()))
    throw judged("log-key", "this gate has a log key of its own: it is promoted, or nothing", "kind");
  if (message.epoch !== core.journal.epoch())
    throw judged("epoch", `this gate is of epoch ${String(core.journal.epoch())}`, "message.epoch");
  return { kind: "store", about: message.logRoot, ...(isMet(core, people) ? { then: core.journal.resume } : {}) };
}

/** The same quorum; with it the next epoch begins, and with that epoch's first leaf the gate's own log key speaks for the log. */
export function admitPromotion(core: Core, spoken: Case<"GatePromotion">): Admission {
  const { statement, now } = spoken;
  const { epoch, logKey, logRoot, logSize } = statement.message;
  const { judged, people, said } = judgeHead(core, spoken, "promotion");
  if (epoch !== core.journal.epoch() + 1)
    throw judged("epoch", `the next epoch is ${String(core.journal.epoch() + 1)}`, "message.epoch");
  if (logKey !== ownLogKey(core))
    throw judged("log-key", `the log key of this gate is ${ownLogKey(core)}`, "message.logKey");
  if (!isNewKey(core, core.standing(), logKey))
    throw judged("log-key", "a gate that takes over has a log key that none had before", "message.logKey");
  const { journal } = core;
  const begin = (): void => {
    journal.promote({ epoch, logKey });
    const statements = [...said, statement.hash];
    journal.append({ kind: "promotion", epoch, instant: now, size: logSize, root: logRoot, logKey, statements });
    journal.resume();
  };
  return { kind: "store", about: logRoot, ...(isMet(core, people) ? { then: begin } : {}) };
}

type Judged = {
  readonly judged: (code: string, why: string, field: string) => InvalidValue;
  readonly people: ReadonlySet<Name>;
  /** Hashes of what others said in the same words. */
  readonly said: readonly Bytes32[];
};

/** What both have in common: a seat, a gate that waits for it, the leaves it was rebuilt from, and a time. */
function judgeHead(
  core: Core,
  { statement, author, service, now }: Case<Kinds>,
  stage: "resumption" | "promotion",
): Judged {
  const judged: Judged["judged"] = (code, why, field) => new InvalidValue(`${stage}.${code}`, why, field);
  const { roster, genesis } = core.standing();
  if (service || !groupsOf(genesis.change.loosen.quorum).some((group) => roster.index.inGroup(author, group)))
    throw new InvalidValue(seatless[stage], `${author} has no seat in the quorum that this takes`, "credential");
  const restored = core.journal.restoration();
  if (restored === undefined || restored.resumed)
    throw judged("not-restored", "this gate waits for nobody's word", "kind");
  const { logSize, logRoot, expiresAt } = statement.message;
  if (logSize !== restored.size || logRoot !== restored.root)
    throw judged(
      "other-log",
      `this gate was restored from ${String(restored.size)} leaves under ${restored.root}`,
      "message.logRoot",
    );
  if (now >= expiresAt) throw judged("expired", `it expired at ${toIso(expiresAt)}`, "message.expiresAt");
  const { approval } = genesis.lifetimes;
  if (expiresAt - now > duration.parse(approval))
    throw judged("lifetime", `it lives at most ${approval}`, "message.expiresAt");
  const others = sameWords(core, statement, now);
  return {
    judged,
    people: new Set([author, ...others.map(({ member }) => member)]),
    said: others.map(({ hash }) => hash),
  };
}

const seatless = { resumption: "resumption.not-entitled", promotion: "promotion.not-entitled" } as const;

function isMet(core: Core, people: ReadonlySet<Name>): boolean {
  const { roster, genesis } = core.standing();
  return peopleMeet(genesis.change.loosen.quorum, people, roster.index);
}

/** What people said of the same head, the same key and the same epoch that is stored, unexpired, and still verifies. */
function sameWords(
  core: Core,
  { kind, message }: Spoken,
  now: Instant,
): readonly { readonly member: Name; readonly hash: Bytes32 }[] {
  return core.journal.statementsAbout(kind, message.logRoot).flatMap((stored) => {
    const other = verifiedAgain(core, stored, kind)?.message;
    if (other === undefined || other.expiresAt <= now) return [];
    const isSame =
      other.epoch === message.epoch && other.logSize === message.logSize && keyIn(other) === keyIn(message);
    return isSame ? [{ member: stored.member, hash: stored.hash }] : [];
  });
}

function keyIn(message: Spoken["message"] | StatementOf<Kinds>["message"]): string {
  return "logKey" in message ? message.logKey : "";
}
