/** What an agent of a ceremony does on an open token: make a key, and let a key sign a text that names it. */
import { createHash } from "node:crypto";
import { challengeText } from "../../roster/key-record.ts";
import { fromPublicKey } from "../../values/address.ts";
import { decodeKeygenAsk, decodeProveAsk, encodeJson } from "./agent-message.ts";
import { closeSession, openSession } from "./session-pool.ts";
import { attributesOf, findKey, makeKey } from "./token-keys.ts";
import { descriptionOf, plain, type OpenToken } from "./token-login.ts";
import { signWith } from "./token-signer.ts";

export function keygen(token: OpenToken, payload: Uint8Array): Uint8Array {
  const { id, label, origin } = decodeKeygenAsk(payload);
  const { publicKey, attributes, without } = makeKey(token, { origin, id: Buffer.from(id, "hex"), label });
  return encodeJson({ publicKey, attributes, without: [...without] });
}

/** The key is found as the gate would find it: once, by id and label, with the pinned public key. */
export async function prove(token: OpenToken, payload: Uint8Array): Promise<Uint8Array> {
  const { key, ceremony, nonce } = decodeProveAsk(payload);
  const handle = findKey(token, key);
  const text = challengeText({
    ceremony,
    label: key.label,
    account: fromPublicKey(key.publicKey),
    serial: token.serial,
    nonce,
  });
  const session = openSession(token);
  try {
    const proof = await signWith(token, session, handle, createHash("sha256").update(text).digest());
    const { manufacturerID, model, firmwareVersion } = token.module.C_GetTokenInfo(token.slot);
    return encodeJson({
      attributes: attributesOf(token, handle),
      proof: Buffer.from(proof).toString("hex"),
      token: {
        manufacturer: plain(manufacturerID),
        model: plain(model),
        firmware: `${firmwareVersion.major}.${firmwareVersion.minor}`,
      },
      module: descriptionOf(token.module),
    });
  } finally {
    closeSession(token, session);
  }
}
