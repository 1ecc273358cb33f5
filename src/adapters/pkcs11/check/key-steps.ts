/** The checks of a fresh key: the curve, its point, what it says of itself, and what it must never do. */
import { attribute, keyType, mechanism, objectClass } from "../cryptoki.ts";
import { secp256k1Params } from "../ec-point.ts";
import { shortfalls } from "../key-template.ts";
import { classify } from "../token-error.ts";
import { failed } from "../token-failure.ts";
import { attributesOf, read } from "../token-keys.ts";
import { found, type Finding } from "./finding.ts";
import type { Trial, TrialKey } from "./trial.ts";

/** What modules answer that have EC but not this curve. */
const noCurve = new Set([304, 320]);
/** What others answer then, and for many other reasons too. */
const perhapsNoCurve = new Set([7, 19, 32, 113, 209]);

export async function curve(trial: Trial): Promise<Finding> {
  const began = performance.now();
  let key: TrialKey;
  try {
    key = await trial.key();
  } catch (error) {
    const { failure } = failed("making a key", error);
    const { code, name } = failure;
    if (noCurve.has(code))
      return found(
        "fail",
        `the module does not know the curve secp256k1 (${name}): no key of an Ethereum account can live behind it`,
        {
          code,
        },
      );
    if (!perhapsNoCurve.has(code)) throw error;
    return found(
      "fail",
      `the module makes no key on secp256k1 with the strict template (${name}): it lacks the curve, or refuses an attribute that its profile does not list as optional`,
      { code },
    );
  }
  const ms = Math.round(performance.now() - began);
  const where = trial.ask.lasting ? "on the token" : "in the session";
  if (key.without.length === 0) return found("pass", `made ${where} in ${ms} ms, with the whole template`, { ms });
  return found(
    "warn",
    `made ${where} in ${ms} ms; the device would not have ${key.without.join(", ")} in the template`,
    {
      ms,
      without: key.without.join(" "),
    },
  );
}

export async function point(trial: Trial): Promise<Finding> {
  const { point: bytes, publicKey, public: hex } = await trial.key();
  const form = bytes.length === 67 ? "in a DER octet string" : "bare, against the standard";
  const params = read(await trial.token(), publicKey, attribute.CKA_EC_PARAMS);
  if (params?.equals(secp256k1Params) !== true)
    return found("fail", `CKA_EC_PARAMS is ${params?.toString("hex") ?? "absent"}, not the name of secp256k1`);
  if (!isOnCurve(hex)) return found("fail", `the point ${hex} is not on secp256k1`);
  return found("pass", `${bytes.length} bytes, ${form}; the curve by its name`, {
    bytes: bytes.length,
    publicKey: hex,
  });
}

const fieldPrime = 2n ** 256n - 2n ** 32n - 977n;

/** y² = x³ + 7 (SEC 2). */
function isOnCurve(hex: string): boolean {
  const x = BigInt(`0x${hex.slice(4, 68)}`);
  const y = BigInt(`0x${hex.slice(68)}`);
  return x < fieldPrime && y < fieldPrime && (y * y - x * x * x - 7n) % fieldPrime === 0n;
}

export async function attributes(trial: Trial): Promise<Finding> {
  const { privateKey } = await trial.key();
  const opened = await trial.token();
  const { module, anchor, profile } = opened;
  const complaints = [...shortfalls({ ...attributesOf(opened, privateKey), CKA_TOKEN: true }, profile.optional)];
  if (answers(() => module.C_GetAttributeValue(anchor, privateKey, [{ type: attribute.CKA_VALUE }])[0]?.value))
    complaints.push("CKA_VALUE can be read");
  for (const [name, value] of [
    ["CKA_EXTRACTABLE", true],
    ["CKA_SENSITIVE", false],
  ] as const) {
    if (
      answers(() => {
        module.C_SetAttributeValue(anchor, privateKey, [{ type: attribute[name], value }]);
        return true;
      })
    )
      complaints.push(`${name} can be changed to ${value}`);
  }
  if (complaints.length > 0) return found("fail", complaints.join("; "));
  return found(
    "pass",
    "every flag reads back as asked; its value is not shown, and it can not be made weaker (its own word)",
  );
}

export async function copies(trial: Trial): Promise<Finding> {
  const { privateKey } = await trial.key();
  const { module, anchor } = await trial.token();
  const weaker = [
    { type: attribute.CKA_TOKEN, value: false },
    { type: attribute.CKA_EXTRACTABLE, value: true },
    { type: attribute.CKA_SENSITIVE, value: false },
  ];
  if (answers(() => module.C_CopyObject(anchor, privateKey, weaker)))
    return found("fail", "the module copies the key, and the copy may leave");
  const wrapping = await aesKey(trial);
  if (wrapping === undefined) return found("pass", "a weaker copy is refused; there is no AES key to wrap with");
  for (const number of [mechanism.aesKeyWrap, mechanism.aesKeyWrapPad]) {
    if (answers(() => module.C_WrapKey(anchor, { mechanism: number }, wrapping, privateKey, Buffer.alloc(512))))
      return found("fail", "the key, which is not extractable, can be wrapped with anybody's key and leaves the token");
  }
  return found("pass", "a weaker copy and wrapping with an untrusted key are refused");
}

async function aesKey(trial: Trial): Promise<Buffer | undefined> {
  const { module, anchor } = await trial.token();
  try {
    return module.C_GenerateKey(anchor, { mechanism: mechanism.aesKeyGen }, [
      { type: attribute.CKA_CLASS, value: objectClass.secretKey },
      { type: attribute.CKA_KEY_TYPE, value: keyType.aes },
      { type: attribute.CKA_LABEL, value: trial.ask.label },
      { type: attribute.CKA_TOKEN, value: trial.ask.lasting },
      { type: attribute.CKA_VALUE_LEN, value: 32 },
      { type: attribute.CKA_WRAP, value: true },
    ]);
  } catch (error) {
    if (classify(error).class === "reconnect") throw error;
    return undefined;
  }
}

/** The library's own number for the parameters of ECDH, and the standard's for no key derivation function. */
const ecdhParameters = { type: 6, kdf: 1 } as const;

export async function mechanismLimit(trial: Trial): Promise<Finding> {
  const { privateKey, without, point: bytes } = await trial.key();
  const loose: string[] = [];
  await trial.inSession((session, { module }) => {
    if (
      answers(() => {
        module.C_SignInit(session.handle, { mechanism: mechanism.ecdsaSha256 }, privateKey);
        return true;
      })
    )
      loose.push("CKM_ECDSA_SHA256");
  });
  await trial.inSession((session, { module }) => {
    const derive = {
      mechanism: mechanism.ecdh1Derive,
      parameter: { ...ecdhParameters, publicData: bytes.length === 67 ? bytes.subarray(2) : bytes },
    };
    const wanted = [
      { type: attribute.CKA_CLASS, value: objectClass.secretKey },
      { type: attribute.CKA_KEY_TYPE, value: keyType.aes },
      { type: attribute.CKA_VALUE_LEN, value: 32 },
    ];
    if (answers(() => module.C_DeriveKey(session.handle, derive, privateKey, wanted))) loose.push("CKM_ECDH1_DERIVE");
  });
  if (loose.length === 0) return found("pass", "ECDSA over SHA-256 and ECDH are refused");
  const why = without.includes("CKA_ALLOWED_MECHANISMS") ? "; the device has no CKA_ALLOWED_MECHANISMS" : "";
  return found("warn", `the key also does ${loose.join(" and ")}${why}; the agent asks for nothing but CKM_ECDSA`);
}

/** Errors that are no refusal: the module lost its token, or itself, or the call never reached it. */
const lost = new Set([0, 5, 48, 50, 224, 225, 400]);

/** Whether a call that must be refused was answered. */
function answers(call: () => unknown): boolean {
  try {
    return call() !== undefined;
  } catch (error) {
    if (lost.has(classify(error).code)) throw error;
    return false;
  }
}
