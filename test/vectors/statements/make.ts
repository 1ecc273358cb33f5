/** Makes the statement vectors. They are frozen: run it for a new kind only, and look at the difference. Run it as node test/vectors/statements/make.ts. */
import { writeFileSync } from "node:fs";
import { TypedDataEncoder } from "ethers/hash";
import { publicPart, signStatement } from "../../../src/adapters/credential/credential.ts";
import { secretCredential } from "../../../src/adapters/credential/credential-file.ts";
import { digest, typesOf } from "../../../src/statement/digest.ts";
import { statementHash } from "../../../src/statement/envelope.ts";
import type { Kind } from "../../../src/statement/message.ts";
import { sha256, utf8 } from "../../../src/values/digest.ts";
import * as name from "../../../src/values/name.ts";
import { messagesOf } from "./messages.ts";

const deploymentId = sha256(utf8("the deployment of the statement vectors"));
const wallet = secretCredential({ kind: "wallet", id: name.parse("carla-1"), privateKey: sha256(utf8("vector wallet")) });
const key = secretCredential({ kind: "key", id: name.parse("chris-1"), privateKey: sha256(utf8("vector key")) });
const messages = messagesOf(deploymentId);

for (const kind of Object.keys(messages) as Kind[]) {
  const message = messages[kind];
  const signed = [wallet, key].map((credential) => {
    const envelope = signStatement(credential, deploymentId, kind, message);
    return { credential: publicPart(credential), proof: envelope.proof, statementHash: statementHash(envelope) };
  });
  const type = TypedDataEncoder.from(typesOf(kind)).encodeType(kind);
  const vector = { kind, type, deploymentId, message, digest: digest(deploymentId, kind, message), signed };
  const file = `${kind.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.json`;
  writeFileSync(new URL(file, import.meta.url), `${JSON.stringify(vector, undefined, 2)}\n`);
}
