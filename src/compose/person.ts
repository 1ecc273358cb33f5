/** A client of the API that signs with a credential file and believes only what the genesis lets it check. */
import { readFileSync } from "node:fs";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { signStatement } from "../adapters/credential/credential.ts";
import { loadCredential } from "../adapters/credential/credential-file.ts";
import { openStanding } from "../gate/promotion.ts";
import { logKeyOf } from "../gate/standing.ts";
import { deploymentId, genesisFileSchema, type Genesis, type GenesisFile } from "../genesis/genesis.ts";
import { createClient, type Client } from "../sdk/client.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import type { Hex } from "../values/hex.ts";
import { parseStrict } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";

export type Person = { readonly client: Client; readonly genesis: Genesis; readonly deploymentId: Bytes32 };

/** Throws when the credential or the genesis cannot be read; says nothing to anybody yet. `timeoutMs` is of one call. */
export function personOf(api: string, credentialFile: string, genesisPath: string, timeoutMs?: number): Person {
  const { genesis, logKey } = readHeld(genesisPath);
  const id = deploymentId(genesis);
  const credential = loadCredential(credentialFile);
  const signer = {
    credential: credential.id,
    sign: (...[kind, message]: Parameters<SignerSign>) => Promise.resolve(signStatement(credential, id, kind, message)),
  };
  const client = createClient({
    baseUrl: api,
    logPublicKey: logKey,
    deploymentId: id,
    checks: nativeChecks(),
    signer,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return { client, genesis, deploymentId: id };
}

type SignerSign = NonNullable<Parameters<typeof createClient>[0]["signer"]>["sign"];

/** The genesis document of a genesis file; `genesis check` verifies it, whoever pins its hash decides whether it is the right one. */
export function readGenesis(path: string): Genesis {
  return readFile(path).genesis;
}

/** With the log key that speaks for the gate in office, as far as the file knows. */
export function readHeld(path: string): { readonly genesis: Genesis; readonly logKey: Hex } {
  const file = readFile(path);
  const { genesis, promotions } = file;
  const logKey = promotions === undefined ? genesis.log.publicKey : logKeyOf(openStanding(file, nativeChecks()));
  return { genesis, logKey };
}

function readFile(path: string): GenesisFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Fault("genesis.unreadable", `the genesis \`${path}\` cannot be read`, "never");
  }
  return parseWith(genesisFileSchema, parseStrict(text), "genesis.malformed");
}
