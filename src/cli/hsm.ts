/** `countersign hsm init|keygen|keys`: tokens and the managed keys on them. */
import { keysOn, makeKey, makeSoftToken } from "../compose/cli-token.ts";
import { parse as parseName } from "../values/name.ts";
import type { Given } from "./command.ts";
import { option } from "./option-value.ts";
import { no, yes, type Outcome } from "./outcome.ts";

export async function init(given: Given): Promise<Outcome> {
  const made = await makeSoftToken(given.text("folder"), given.text("label"));
  const lines = [
    `made the token \`${made.label}\`, serial ${made.serial}; its PINs are random and in files that only you can read`,
    `its file is ${made.configFile}; next: countersign hsm keygen --config ${made.configFile} --label LABEL`,
  ];
  return yes(lines, made);
}

/** The roster's name of the key is the last part of its label that is a name, unless `--name` says another. */
export async function keygen(given: Given): Promise<Outcome> {
  const label = given.text("label");
  const name = option("name", given.maybe("name") ?? lastName(label), parseName);
  const { id, publicKey, address } = await makeKey(given.text("config"), name, label);
  const lines = [
    `made the key \`${label}\` on the token; it has signed with it once`,
    "for the roster:",
    `- { id: ${name}, account: "${address}", publicKey: "${publicKey}", backend: pkcs11 }`,
  ];
  return yes(lines, { name, label, id, publicKey, account: address, backend: "pkcs11" });
}

export async function keys(given: Given): Promise<Outcome> {
  const { keys: found, drift } = await keysOn(given.text("config"));
  const lines = [
    ...found.flatMap(({ label, id, publicKey, findings }) => [
      `${label} (${id}): ${publicKey ?? "no public key"}`,
      ...findings.map((finding) => `  wrong: ${finding}`),
    ]),
    ...drift.map((sentence) => `wrong: ${sentence}`),
  ];
  const json = { keys: found.map((key) => ({ ...key, findings: [...key.findings] })), drift: [...drift] };
  if (drift.length > 0 || found.some(({ findings }) => findings.length > 0)) return no(lines, json);
  return yes(lines.length === 0 ? ["there is no key on this token"] : lines, json);
}

/** `countersign/demo/hsm-mint/1` is called `hsm-mint`. */
function lastName(label: string): string {
  return label.split("/").findLast((part) => /^[A-Za-z]/.test(part)) ?? label;
}
