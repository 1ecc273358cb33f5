/** The bundle of a request, fetched and judged in the reader's browser by the code that judges on the command line. */
import type { Verdict } from "../bundle/verify.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { canonical } from "../values/json.ts";
import type { Visitor } from "./shell.ts";

export type OwnBundle = { readonly verdict: Verdict; readonly text: string };

/** Throws `InvalidValue` `console.no-bundle` where there is none yet, and `client.untrue` for a verified one of another request. */
export async function ownBundle({ client, deployment }: Visitor, requestId: Bytes32): Promise<OwnBundle> {
  const found = await client.bundle(requestId);
  if (found.kind === "absent")
    throw new InvalidValue(
      "console.no-bundle",
      "the gate has not signed this request yet: there is a bundle once it has",
    );
  const text = canonical(found.value);
  const verdict = deployment.verifyBundle(text);
  if (verdict.kind === "verified" && verdict.report.requestId !== requestId) throw ofAnother();
  return { verdict, text };
}

export function ofAnother(): InvalidValue {
  return new InvalidValue("client.untrue", "the bundle that the service gave is of another request");
}
