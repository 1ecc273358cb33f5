/** Judges resumptions: people who compared the log let a gate sign again whose journal was rebuilt from it. */
import { groupsOf } from "../../policy/decide/approval.ts";
import { peopleMeet } from "../../policy/decide/quorum.ts";
import type { StatementOf } from "../../statement/read.ts";
import * as duration from "../../values/duration.ts";
import { InvalidValue } from "../../values/errors.ts";
import { toIso, type Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import type { Core } from "./core.ts";
import { verifiedAgain } from "./verified.ts";

type Message = StatementOf<"Resumption">["message"];

/** Counts once enough people signed the same head; it takes the quorum that the genesis asks of a loosening. */
export function admitResumption(core: Core, { statement, author, service, now }: Case<"Resumption">): Admission {
  const { message } = statement;
  const { roster, genesis } = core.standing();
  const { quorum } = genesis.change.loosen;
  if (service || !groupsOf(quorum).some((group) => roster.index.inGroup(author, group)))
    throw new InvalidValue("resumption.not-entitled", `${author} has no seat in the quorum that resumes`, "credential");
  checkHead(core, message);
  if (now >= message.expiresAt)
    throw new InvalidValue("resumption.expired", `it expired at ${toIso(message.expiresAt)}`, "message.expiresAt");
  const { approval } = genesis.lifetimes;
  if (message.expiresAt - now > duration.parse(approval))
    throw new InvalidValue("resumption.lifetime", `a resumption lives at most ${approval}`, "message.expiresAt");
  const people = new Set<Name>([author, ...signers(core, message, now)]);
  const met = peopleMeet(quorum, people, roster.index);
  return { kind: "store", about: message.logRoot, ...(met ? { then: core.journal.resume } : {}) };
}

function checkHead({ journal }: Core, { epoch, logSize, logRoot }: Message): void {
  const restored = journal.restoration();
  if (restored === undefined || restored.resumed)
    throw new InvalidValue("resumption.not-restored", "this gate does not wait to be resumed", "kind");
  if (epoch !== journal.epoch())
    throw new InvalidValue("resumption.epoch", `this gate is of epoch ${String(journal.epoch())}`, "message.epoch");
  if (logSize !== restored.size || logRoot !== restored.root)
    throw new InvalidValue(
      "resumption.other-log",
      `this gate was restored from ${String(restored.size)} leaves under ${restored.root}`,
      "message.logRoot",
    );
}

/** People whose unexpired signature under the same head is stored and still verifies. */
function signers(core: Core, { epoch, logSize, logRoot }: Message, now: Instant): readonly Name[] {
  return core.journal.statementsAbout("Resumption", logRoot).flatMap((stored) => {
    const message = verifiedAgain(core, stored, "Resumption")?.message;
    const isSame = message?.epoch === epoch && message.logSize === logSize && message.expiresAt > now;
    return isSame ? [stored.member] : [];
  });
}

/** Why nothing is signed over a journal that was rebuilt; undefined once people resumed it, and for any other journal. */
export function awaitsResumption({ journal }: Pick<Core, "journal">): string | undefined {
  const restored = journal.restoration();
  if (restored === undefined || restored.resumed) return undefined;
  return `frozen since its start: the journal was rebuilt from ${String(restored.size)} leaves under ${restored.root}, and people must resume it`;
}
