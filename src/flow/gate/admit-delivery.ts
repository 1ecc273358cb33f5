/** Judges what closes a redemption: that what was released came to its destination, or that it was taken back before it was released. */
import type { Bytes32 } from "../../values/bytes32.ts";
import { InvalidValue } from "../../values/errors.ts";
import * as instant from "../../values/instant.ts";
import type { Instant } from "../../values/instant.ts";
import type { Name } from "../../values/name.ts";
import { skewSeconds } from "./admit-evidence.ts";
import type { Admission, Case } from "./admission.ts";
import type { Core } from "./core.ts";
import type { StoredRedemption } from "./journal.port.ts";
import { statementIn } from "./reading.ts";
import { releaseAt } from "./release.ts";

/**
 * Of those whom the release names, each once and for ever, as judged when they said it: whoever changed a credential or left since has
 * said so all the same. Who asked for the redemption never counts. Enough of them close it.
 */
export function admitDelivery(core: Core, { statement, author, now }: Case<"Delivery">): Admission {
  const { requestId, burn, asOf } = statement.message;
  const redemption = core.journal.redemption(requestId);
  if (redemption?.release === undefined)
    throw refused("delivery.not-released", "nothing was released for this request", "requestId");
  if (redemption.burn !== burn)
    throw refused("delivery.burn", `it was released for the burn ${redemption.burn}`, "burn");
  if (redemption.deliveredAsOf !== undefined)
    throw refused("delivery.closed", "enough people said so before: the redemption is closed", "requestId");
  const terms = releaseAt(core, redemption.release);
  const { group, min } = terms.deliveredBy;
  const { index } = core.standing().roster;
  if (initiatorOf(core, requestId) === author || !index.inGroup(author, group))
    throw new InvalidValue("delivery.not-entitled", `${author} does not say what was delivered`, "credential");
  if (asOf > now + skewSeconds) throw refused("delivery.future", "it is of a time to come", "asOf");
  if (asOf < terms.instant)
    throw refused("delivery.early", `it was released at ${instant.toIso(terms.instant)}, and not before`, "asOf");
  const said = deliveriesOf(core, requestId);
  if (said.some(({ member }) => member === author))
    throw refused("delivery.said-before", `${author} said so before`, "requestId");
  // The latest of them: reserves that were counted before it may still hold what was released.
  const latest = instant.parse(Math.max(asOf, ...said.map((one) => one.asOf)));
  const closes = said.length + 1 >= min;
  return {
    kind: "store",
    about: requestId,
    ...(closes
      ? {
          then: () => {
            core.journal.putDelivered(requestId, latest);
          },
        }
      : {}),
  };
}

type Said = { readonly member: Name; readonly asOf: Instant };

function deliveriesOf(core: Core, requestId: Bytes32): readonly Said[] {
  return core.journal.statementsAbout("Delivery", requestId).flatMap(({ member, envelope }) => {
    const { kind, message } = statementIn(envelope);
    return kind === "Delivery" ? [{ member, asOf: message.asOf }] : [];
  });
}

function initiatorOf(core: Core, requestId: Bytes32): Name | undefined {
  return core.journal.statementsAbout("Submission", requestId)[0]?.member;
}

/** After the burn, and before the release: whoever asked for it takes it back, and what was burned is minted anew if people agree. */
export function admitReversal(
  core: Core,
  { requestId, release, reversed }: StoredRedemption,
  isInitiator: boolean,
): Admission {
  if (!isInitiator)
    throw new InvalidValue("cancellation.not-initiator", "only who made a redemption takes it back", "credential");
  if (release !== undefined) throw refused("cancellation.released", "it was released already", "requestId");
  if (reversed) throw refused("cancellation.said-before", "it was taken back already", "requestId");
  return {
    kind: "store",
    about: requestId,
    then: () => {
      core.journal.reverseRedemption(requestId);
    },
  };
}

function refused(code: string, why: string, field: string): InvalidValue {
  return new InvalidValue(code, why, `message.${field}`);
}
