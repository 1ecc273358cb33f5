/** Asks the gate to release what backed burned tokens, once the burn is final. */
import { overdue, redemptionOf, releasingEventOf, type ReleasingEvent } from "../../request/releasing.ts";
import type { Request } from "../../request/request.ts";
import { signCosigned, type CosigningParts } from "./cosigned.ts";

/** Asked again it is the same release: a lost answer costs nothing. */
export async function askRelease(parts: CosigningParts, { requestId }: Request): Promise<ReleasingEvent> {
  const { answer, awaited } = await signCosigned(parts, { verb: "sign", requestId, release: true });
  return releasingEventOf(answer, awaited);
}

export function remind(request: Request): ReleasingEvent | undefined {
  const redemption = redemptionOf(request);
  return redemption === undefined ? undefined : overdue(redemption);
}
