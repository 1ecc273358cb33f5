/** Records of ceremonies that no token held: the key is a test's own, everything else is plausible. */
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ceremonyMessage } from "../../src/gate/key-ceremony.ts";
import { challengeText, keyRecordSchema, type Ceremony, type KeyRecord } from "../../src/roster/key-record.ts";
import type { Bytes32 } from "../../src/values/bytes32.ts";
import { sha256, utf8 } from "../../src/values/digest.ts";
import { concat, fromBytes, toBytes } from "../../src/values/hex.ts";
import type { Json } from "../../src/values/json.ts";
import { toWire } from "../../src/values/wire.ts";
import { start } from "./gate.ts";
import { idOf } from "./gold.ts";
import { managedKey, sign, type PersonId } from "./people.ts";
import type { Envelope } from "../../src/statement/envelope.ts";

type Edit = Readonly<Record<string, unknown>> & { readonly ceremony?: Ceremony };

export const strictFlags = {
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  CKA_LOCAL: true,
  CKA_ALWAYS_SENSITIVE: true,
  CKA_NEVER_EXTRACTABLE: true,
} as const;

/** `word` names the key; any field may be another. */
export function recordOf(word = "hsm-mint", edit: Edit = {}): KeyRecord {
  const { id, account, publicKey, privateKey } = managedKey(word);
  const label = `countersign/test/${id}/1`;
  const { ceremony = "keygen" } = edit;
  const nonce = idOf(`nonce of ${word}`);
  const text = challengeText({ ceremony, label, account, serial: "18fc1a097e234683", nonce });
  return keyRecordSchema.parse({
    format: "countersign/key-record/v1",
    ceremony,
    madeAt: start - 60,
    operators: ["otto", "olga"],
    key: { name: id, account, publicKey, id: "9f".repeat(16), label },
    token: {
      label: "test",
      serial: "18fc1a097e234683",
      manufacturer: "SoftHSM project",
      model: "SoftHSM v2",
      firmware: "2.6",
    },
    module: { sha256: idOf("module"), description: "Implementation of PKCS11" },
    selfReported: strictFlags,
    givenUp: [],
    challenge: { nonce, signature: signed(text, privateKey) },
    attestation: null,
    ...edit,
  });
}

function signed(text: string, privateKey: Bytes32): string {
  const digest = toBytes(sha256(utf8(text)));
  const made = secp256k1.sign(digest, toBytes(privateKey), { prehash: false, format: "recovered" });
  return fromBytes(concat(made.subarray(1), Uint8Array.of(27 + (made[0] ?? 0))));
}

/** The statement of somebody about a record, and the record as it travels. */
export function ceremonyBy(by: PersonId, deploymentId: Bytes32, record: KeyRecord): [Envelope, Json] {
  return [sign(by, deploymentId, "KeyCeremony", ceremonyMessage(record)), toWire(record)];
}
