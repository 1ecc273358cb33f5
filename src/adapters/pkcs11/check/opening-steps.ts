/** The checks of what lies before a key: module, token, mechanisms, login; and what lies on the token before and after. */
import { mechanism, objectClass, user } from "../cryptoki.ts";
import { numberedKeys } from "../token-config.ts";
import { classify } from "../token-error.ts";
import { failed } from "../token-failure.ts";
import { find, findKey, inventory } from "../token-keys.ts";
import { checkFlags, findToken, plain } from "../token-login.ts";
import { found, type Finding } from "./finding.ts";
import type { Trial } from "./trial.ts";

export async function module(trial: Trial): Promise<Finding> {
  const { cryptokiVersion, manufacturerID, libraryDescription, libraryVersion } = (await trial.module()).C_GetInfo();
  const { major, minor } = cryptokiVersion;
  const maker = plain(manufacturerID);
  const library = plain(libraryDescription);
  const version = `${libraryVersion.major}.${libraryVersion.minor}`;
  const figures = { cryptoki: `${major}.${minor}`, maker, library, version };
  if (major < 2 || (major === 2 && minor < 20))
    return found("fail", `it speaks PKCS#11 ${major}.${minor}, which is older than 2.20`, figures);
  return found("pass", `${library} ${version} by ${maker}, PKCS#11 ${major}.${minor}`, figures);
}

export async function token(trial: Trial): Promise<Finding> {
  const { token: named } = trial.orders;
  const { info } = findToken(await trial.module(), named?.label ?? "", named?.serial ?? "");
  const firmware = `${info.firmwareVersion.major}.${info.firmwareVersion.minor}`;
  return found("pass", `\`${plain(info.label)}\`, serial ${plain(info.serialNumber)}, ${plain(info.model)}`, {
    model: plain(info.model),
    maker: plain(info.manufacturerID),
    firmware,
  });
}

export async function flags(trial: Trial): Promise<Finding> {
  const { token: named, login: how } = trial.orders;
  const { info } = findToken(await trial.module(), named?.label ?? "", named?.serial ?? "");
  checkFlags(info, !("none" in how.pin));
  return found("pass", "none" in how.pin ? "it asks for no PIN" : "the PIN is set and far from locked", {
    flags: `0x${info.flags.toString(16)}`,
  });
}

export async function mechanisms(trial: Trial): Promise<Finding> {
  const loaded = await trial.module();
  const { token: named } = trial.orders;
  const { slot } = findToken(loaded, named?.label ?? "", named?.serial ?? "");
  for (const [name, number] of [
    ["CKM_EC_KEY_PAIR_GEN", mechanism.ecKeyPairGen],
    ["CKM_ECDSA", mechanism.ecdsa],
  ] as const) {
    if (!loaded.C_GetMechanismList(slot).includes(number)) return found("fail", `the token does not know ${name}`);
    const { minKeySize, maxKeySize } = loaded.C_GetMechanismInfo(slot, number);
    if (minKeySize > 256 || maxKeySize < 256)
      return found("fail", `${name} is for keys of ${minKeySize} to ${maxKeySize} bits, not for 256`);
  }
  return found("pass", "CKM_EC_KEY_PAIR_GEN and CKM_ECDSA are there; which curves, only a key can tell");
}

export async function login(trial: Trial): Promise<Finding> {
  const { module: loaded, anchor } = await trial.token();
  if ("none" in trial.orders.login.pin) return found("pass", "a session opens without a PIN");
  try {
    // Without the PIN: a token that is logged in says so before it looks.
    loaded.C_Login(anchor, user.normal, "");
  } catch (error) {
    const { name, code } = classify(error);
    if (name === "CKR_USER_ALREADY_LOGGED_IN")
      return found("pass", "the PIN is taken; a second login answers that it is one");
    return found("note", `the PIN is taken; a second login answers ${name}`, { code });
  }
  return found("note", "the PIN is taken; a second login is taken without a PIN, which proves nothing about the first");
}

export async function configuredKeys(trial: Trial): Promise<Finding> {
  const keys = numberedKeys(trial.orders);
  if (keys.length === 0) return found("skip", "the token file names no key");
  const opened = await trial.token();
  for (const key of keys) findKey(opened, key);
  const weak = inventory(opened, keys).flatMap(({ label, findings }) =>
    keys.some((key) => key.label === label) ? findings.map((finding) => `${label}: ${finding}`) : [],
  );
  if (weak.length > 0) return found("fail", weak.join("; "));
  return found("pass", `${keys.length} of ${keys.length}, as strict as they were made`);
}

/** Looks for everything that carries this run's label; on the token that is what an earlier, broken run may have left. */
export async function tidy(trial: Trial): Promise<Finding> {
  const opened = await trial.token();
  const { label } = trial.ask;
  const left = (): Buffer[] =>
    [objectClass.privateKey, objectClass.publicKey, objectClass.secretKey].flatMap((kind) => [
      ...find(opened, { class: kind, label }),
    ]);
  const objects = left();
  for (const handle of objects) {
    try {
      opened.module.C_DestroyObject(opened.anchor, handle);
    } catch (error) {
      return found(
        "fail",
        `objects labelled \`${label}\` could not be destroyed: ${failed("destroying", error).message}`,
      );
    }
  }
  const still = left().length;
  return still === 0
    ? found("pass", `${objects.length} throw-away objects destroyed`)
    : found("fail", `${still} objects labelled \`${label}\` are still there`);
}
