/** Lots that back at most one token: the gate refuses an attestation that lists what stands behind another asset already. */
import { readLots, type Lots } from "../../evidence/lots.ts";
import type { StandingPolicy } from "../../gate/standing.ts";
import type { ReserveAttestation } from "../../statement/message.ts";
import { InvalidValue } from "../../values/errors.ts";
import type { Json } from "../../values/json.ts";
import type { Name } from "../../values/name.ts";
import type { Core } from "./core.ts";
import type { StoredStatement } from "./journal.port.ts";
import { statementIn } from "./reading.ts";

type Said = {
  readonly message: ReserveAttestation;
  readonly author: Name;
  readonly attachment: Json | undefined;
};

/** Groups that the policy's reserve guards take attestations from. */
export function isAttestor(core: Core, { policy }: StandingPolicy, member: Name): boolean {
  return groupsOf(policy, () => true).some((group) => core.standing().roster.index.inGroup(member, group));
}

function groupsOf({ guards }: StandingPolicy["policy"], counts: (lots: boolean) => boolean): readonly Name[] {
  return guards.flatMap(({ then }) => (then.kind === "reserves" && counts(then.lots) ? [then.by.group] : []));
}

/**
 * Throws `InvalidValue` `attestation.lots` when the policy wants lots of this attestor and they are missing or wrong, and
 * `attestation.lot-taken` for a lot that an attestor of another asset listed last. It stays there, whatever expires meanwhile, until
 * each of them says otherwise or attests no more: what backs a supply is not free because somebody is late.
 */
export function checkLots(core: Core, { policy }: StandingPolicy, { message, author, attachment }: Said): void {
  const { index } = core.standing().roster;
  const isWanted = groupsOf(policy, (lots) => lots).some((group) => index.inGroup(author, group));
  if (attachment === undefined) {
    if (isWanted) throw new InvalidValue("attestation.lots", "the policy wants the lots one by one", "attachment");
    return;
  }
  const mine = new Set(readLots(attachment, message).lots.map(({ id }) => id));
  for (const other of core.standing().policies.values()) {
    if (other.policy.asset === message.asset) continue;
    const taken = lotsBehind(core, other).find(({ id }) => mine.has(id));
    if (taken !== undefined)
      throw new InvalidValue(
        "attestation.lot-taken",
        `lot \`${taken.id}\` stands behind ${other.policy.asset} on chain ${String(other.policy.token.chain)}`,
        "attachment.lots",
      );
  }
}

/** What every attestor of the asset listed last. */
function lotsBehind(core: Core, standing: StandingPolicy): Lots["lots"] {
  return core.journal
    .latestStatements("ReserveAttestation", standing.policy.asset)
    .filter(({ member }) => isAttestor(core, standing, member))
    .flatMap(listed);
}

function listed({ envelope, attachment }: StoredStatement): Lots["lots"] {
  const statement = statementIn(envelope);
  if (attachment === undefined || statement.kind !== "ReserveAttestation") return [];
  return readLots(attachment, statement.message).lots;
}
