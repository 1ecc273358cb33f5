/** Judges freezes, which any one officer, compliance member or custodian makes, and unfreezes, which take the loosen quorum. */
import type { Scope } from "../../gate/freeze.ts";
import { peopleMeet } from "../../policy/decide/quorum.ts";
import { bytes32Schema, parseWith } from "../../values/schema.ts";
import { InvalidValue } from "../../values/errors.ts";
import * as duration from "../../values/duration.ts";
import { toIso, type Instant } from "../../values/instant.ts";
import { hash } from "../../values/json.ts";
import * as name from "../../values/name.ts";
import type { Name } from "../../values/name.ts";
import { z } from "zod";
import type { Admission, Case } from "./admission.ts";
import type { Core } from "./core.ts";
import { verifiedAgain } from "./verified.ts";

const stoppers = ["officers", "compliance", "custodians"].map(name.parse);

export function admitFreeze(core: Core, { statement, author, service, now }: Case<"Freeze">): Admission {
  const { scope, target, reason, freezeId } = statement.message;
  const { index } = core.standing().roster;
  if (service || !stoppers.some((group) => index.inGroup(author, group))) {
    throw new InvalidValue(
      "freeze.not-entitled",
      `${author} is no officer, compliance member or custodian`,
      "credential",
    );
  }
  if (!exists(core, scope, target))
    throw new InvalidValue("freeze.unknown-target", `there is no ${scope} \`${target}\``, "message.target");
  const known = core.journal.freezes();
  const same = known.find((freeze) => freeze.freezeId === freezeId);
  if (same?.by === author) {
    throw new InvalidValue("freeze.known-id", "this freezeId was used before; take a new one", "message.freezeId");
  }
  if (known.some((one) => !one.lifted && one.by === author && one.scope === scope && one.target === target)) {
    throw new InvalidValue(
      "freeze.in-force",
      `${author} holds a freeze of ${scope} ${target} already`,
      "message.target",
    );
  }
  // Whoever took somebody else's freezeId first stops no freeze: it goes by the name of its statement then.
  const id = same === undefined ? freezeId : statement.hash;
  const put = (): void => {
    core.journal.putFreeze({ freezeId: id, scope, target, reason, by: author, at: now, lifted: false });
  };
  return { kind: "store", about: id, then: put };
}

/** Lifts only the freezes it names, and only once the quorum has signed the same list. */
export function admitUnfreeze(
  core: Core,
  { statement, author, service, attachment, now }: Case<"Unfreeze">,
): Admission {
  const { freezesHash, scope, target, expiresAt } = statement.message;
  if (now >= expiresAt)
    throw new InvalidValue("unfreeze.expired", `it expired at ${toIso(expiresAt)}`, "message.expiresAt");
  const { approval } = core.standing().genesis.lifetimes;
  if (expiresAt - now > duration.parse(approval))
    throw new InvalidValue("unfreeze.lifetime", `an unfreeze lives at most ${approval}`, "message.expiresAt");
  if (service) throw new InvalidValue("unfreeze.not-entitled", `${author} is a service`, "credential");
  const freezeIds = parseWith(z.array(bytes32Schema).min(1).max(100), attachment, "unfreeze.attachment");
  if (hash(freezeIds) !== freezesHash || hash([...new Set(freezeIds)].sort()) !== freezesHash) {
    throw new InvalidValue(
      "unfreeze.freezes-hash",
      "the attachment is not the sorted list of freezeIds that was signed",
      "attachment",
    );
  }
  const known = core.journal.freezes();
  for (const freezeId of freezeIds) {
    const freeze = known.find((one) => one.freezeId === freezeId);
    if (freeze?.scope !== scope || freeze.target !== target) {
      throw new InvalidValue(
        "unfreeze.unknown-freeze",
        `no freeze \`${freezeId}\` of ${scope} \`${target}\` is known`,
        "attachment",
      );
    }
    if (freeze.lifted)
      throw new InvalidValue("unfreeze.already-lifted", `freeze \`${freezeId}\` was lifted before`, "attachment");
  }
  const people = new Set<Name>([author, ...signers(core, freezesHash, now)]);
  const met = peopleMeet(core.standing().genesis.change.loosen.quorum, people, core.standing().roster.index);
  const lift = (): void => {
    for (const freezeId of freezeIds) core.journal.liftFreeze(freezeId);
  };
  return { kind: "store", about: freezesHash, ...(met ? { then: lift } : {}) };
}

function exists(core: Core, scope: Scope, target: string): boolean {
  const standing = core.standing();
  switch (scope) {
    case "deployment":
      return target === "deployment";
    case "asset":
      return [...standing.policies.keys()].some((asset) => asset === target);
    case "key":
      return standing.roster.roster.keys.some((key) => key.id === target);
  }
}

/** People whose unexpired signature under the same list is stored and still verifies. */
function signers(core: Core, freezesHash: string, now: Instant): readonly Name[] {
  return core.journal.statementsAbout("Unfreeze", freezesHash).flatMap((stored) => {
    const statement = verifiedAgain(core, stored, "Unfreeze");
    return statement !== undefined && statement.message.expiresAt > now ? [stored.member] : [];
  });
}
