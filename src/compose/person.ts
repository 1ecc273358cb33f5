/** A client of the API that signs with a credential file and believes only what the genesis lets it check. */
import { readFileSync } from "node:fs";
import { nativeChecks } from "../adapters/crypto-native/checks.ts";
import { signStatement } from "../adapters/credential/credential.ts";
import { loadCredential } from "../adapters/credential/credential-file.ts";
import { deploymentId, genesisFileSchema, type Genesis } from "../genesis/genesis.ts";
import { createClient, type Client } from "../sdk/client.ts";
import type { Bytes32 } from "../values/bytes32.ts";
import { Fault } from "../values/errors.ts";
import { parseStrict } from "../values/json.ts";
import { parseWith } from "../values/schema.ts";

export type Person = { readonly client: Client; readonly genesis: Genesis; readonly deploymentId: Bytes32 };

/** Throws when the credential or the genesis cannot be read; says nothing to anybody yet. `timeoutMs` is of one call. */
export function personOf(api: string, credentialFile: string, genesisPath: string, timeoutMs?: number): Person {
  const genesis = readGenesis(genesisPath);
  const id = deploymentId(genesis);
  const credential = loadCredential(credentialFile);
  const signer = {
    credential: credential.id,
    sign: (...[kind, message]: Parameters<SignerSign>) => Promise.resolve(signStatement(credential, id, kind, message)),
  };
  const client = createClient({
    baseUrl: api,
    logPublicKey: genesis.log.publicKey,
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
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new Fault("genesis.unreadable", `the genesis \`${path}\` cannot be read`, "never");
  }
  return parseWith(genesisFileSchema, parseStrict(text), "genesis.malformed").genesis;
}
