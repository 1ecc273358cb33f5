/** The service as a caller reaches it who trusts the genesis in their own hands, their own credential, and nothing else. */
import { checksHere, openOwn, type OwnCredential } from "../compose/cli-credentials.ts";
import { logKeyOf, type Standing } from "../gate/standing.ts";
import { createClient, type Client } from "../sdk/client.ts";
import type { Pins } from "../sdk/delivery.ts";
import { InvalidValue } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import { openGenesis } from "./genesis-file.ts";
import type { Given } from "./command.ts";
import { Refused } from "./outcome.ts";

export type Service = {
  readonly client: Client;
  readonly own: OwnCredential;
  /** What was in force on the first day. */
  readonly standing: Standing;
  /** What a receipt must be signed with. */
  readonly pins: Required<Pins>;
};

/** Reads genesis and credential; the first call to the service begins the session. `logKey` is of a gate that is not in office yet. */
export function openService(given: Given, logKey?: Hex): Service {
  const standing = openGenesis(given.text("genesis"));
  const own = openOwn(given.text("credential"));
  const pins = { ...pinsOf(standing), ...(logKey === undefined ? {} : { logPublicKey: logKey }) };
  const { deploymentId } = standing;
  const signer = {
    credential: own.known.id,
    sign: (...[kind, message]: SignArguments) => Promise.resolve(own.sign(deploymentId, kind, message)),
  };
  return { client: createClient({ baseUrl: given.text("api"), signer, ...pins }), own, standing, pins };
}

type SignArguments = readonly [Parameters<OwnCredential["sign"]>[1], Parameters<OwnCredential["sign"]>[2]];

export function pinsOf({ deploymentId, epochs }: Pick<Standing, "deploymentId" | "epochs">): Required<Pins> {
  return { logPublicKey: logKeyOf({ epochs }), deploymentId, checks: checksHere() };
}

/** What the service refuses to show is a refusal, not a slip of the command line. */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof InvalidValue)
      throw new Refused(error.code, `the service refuses: ${error.message}`, error.field);
    throw error;
  }
}
