/** Judges vetoes: of a proposed document within its wait, and of a request before it has its nonce. */
import { vetoRights } from "../../policy/decide/veto-right.ts";
import * as bytes32 from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Name } from "../../values/name.ts";
import type { Admission, Case } from "./admission.ts";
import { submissionOf } from "./admit-request.ts";
import type { Core } from "./core.ts";
import { vetoesOn } from "./documents.ts";
import { statementIn } from "./reading.ts";
import { verifiedAgain } from "./verified.ts";

/** An intent's hash says that a request is meant; a document has none. So a requestId that looks like a document draws no veto to itself. */
export function admitVeto(core: Core, veto: Case<"Veto">): Admission {
  return veto.statement.message.intentHash === bytes32.zero ? vetoDocument(core, veto) : vetoRequest(core, veto);
}

/** Enough vetoes within the wait end a proposal for ever. */
function vetoDocument(core: Core, { statement, author, service }: Case<"Veto">): Admission {
  const { target } = statement.message;
  const document = core.journal.document(target);
  if (document?.state !== "proposed")
    throw new InvalidValue("veto.nothing-proposed", "no proposed document has this hash", "message.target");
  const { index } = core.standing().roster;
  const vetoes = service ? [] : vetoesOn(core, document).filter(({ group }) => index.inGroup(author, group));
  if (vetoes.length === 0)
    throw new InvalidValue("veto.not-entitled", `${author} has no veto on this change`, "credential");
  const before = core.journal.statementsAbout("Veto", target).flatMap((stored) => {
    const said = statementIn(stored.envelope);
    return said.kind === "Veto" && said.message.intentHash === bytes32.zero ? [stored.member] : [];
  });
  const people = [...new Set<Name>([author, ...before])];
  const isEnough = vetoes.some(({ group, min }) => people.filter((one) => index.inGroup(one, group)).length >= min);
  return {
    kind: "store",
    about: target,
    ...(isEnough
      ? {
          then: () => {
            core.journal.updateDocument(target, { state: "vetoed" });
          },
        }
      : {}),
  };
}

/** Counts from here; whether it is enough, the decision says. After the request has its nonce, a freeze is what stops it. */
function vetoRequest(core: Core, { statement, author, service }: Case<"Veto">): Admission {
  const { target, intentHash } = statement.message;
  const first = submissionOf(core, target);
  if (first === undefined)
    throw new InvalidValue("veto.unknown-request", "no request with this id was admitted", "message.target");
  const { message } = first.statement;
  if (message.intentHash !== intentHash)
    throw new InvalidValue("veto.intentHash", "the request has another intent", "message.intentHash");
  const { policies, roster } = core.standing();
  const policy = policies.get(message.asset)?.policy;
  const rights = policy === undefined ? [] : vetoRights(policy, message.operation);
  if (service || !rights.some(({ group }) => roster.index.inGroup(author, group)))
    throw new InvalidValue("veto.not-entitled", `${author} has no veto on this request`, "credential");
  if (core.journal.allocation(target) !== undefined)
    throw new InvalidValue("veto.allocated", "the request has its nonce already; a freeze stops it", "message.target");
  const said = core.journal.statementsAbout("Veto", target).some((stored) => {
    const before = stored.member === author ? verifiedAgain(core, stored, "Veto") : undefined;
    return before?.message.intentHash === intentHash;
  });
  if (said) throw new InvalidValue("veto.said-before", `${author} vetoed this request already`, "message.target");
  return { kind: "store", about: target };
}
