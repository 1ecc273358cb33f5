/** `countersign hsm init|keygen|record`: tokens, and the managed keys on them with the record of how they came there. */
import { lookAt, makeKey, makeSoftToken, type SeenKey } from "../compose/cli-token.ts";
import { parse as parseName } from "../values/name.ts";
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { givenUpLines, operatorsOf, writeRecord } from "./key-record.ts";
import { option } from "./option-value.ts";
import { UsageError, yes, type Outcome } from "./outcome.ts";

export async function init(given: Given): Promise<Outcome> {
  const made = await makeSoftToken(given.text("folder"), given.text("label"));
  const lines = [
    `made the token \`${made.label}\`, serial ${made.serial}; its PINs are random and in files that only you can read`,
    `its file is ${made.configFile}; next: countersign hsm keygen --config ${made.configFile} --label LABEL`,
  ];
  return yes(lines, made);
}

/** The roster's name of the key is the last part of its label that is a name, unless `--name` says another. */
export async function keygen(given: Given, io: Io): Promise<Outcome> {
  const label = given.text("label");
  const name = option("name", given.maybe("name") ?? lastName(label), parseName);
  const alone = given.flag("alone");
  if (alone && given.list("operator").length > 0) throw new UsageError("--alone: with --operator there are two of you");
  const operators = alone ? undefined : operatorsOf(given);
  const wrappable = given.flag("backup");
  const made = await makeKey(given.text("config"), { name, label, wrappable });
  const record =
    operators === undefined ? undefined : writeRecord(given, io, { ceremony: "keygen", operators, ...made });
  const lines = [
    `made the key \`${label}\` on the token; it has signed with it once`,
    ...(wrappable ? ["it may leave the token, wrapped under a key that the token's security officer trusts"] : []),
    ...(record?.lines ?? [
      ...givenUpLines(made.seen),
      "one person made it and there is no record: use it for nothing that matters",
    ]),
    ...rosterLines(made),
  ];
  const givenUp = [...made.seen.givenUp];
  return yes(lines, { ...made.key, backend: "pkcs11", givenUp, ...jsonOf(record) });
}

/** Of a key that is on its token already, such as one that moves in with its house. */
export async function record(given: Given, io: Io): Promise<Outcome> {
  const operators = operatorsOf(given);
  const found = await lookAt(given.text("config"), option("name", given.text("name"), parseName));
  const written = writeRecord(given, io, { ceremony: "found", operators, ...found });
  const lines = [
    `found the key \`${found.key.label}\` on the token; it has signed with it once`,
    "nobody says how it came there",
    ...written.lines,
    ...rosterLines(found),
  ];
  return yes(lines, { ...found.key, backend: "pkcs11", ...jsonOf(written) });
}

function rosterLines({ key: { name, account, publicKey } }: SeenKey): readonly string[] {
  return ["for the roster:", `- { id: ${name}, account: "${account}", publicKey: "${publicKey}", backend: pkcs11 }`];
}

function jsonOf(written: ReturnType<typeof writeRecord> | undefined): Readonly<Record<string, string | string[]>> {
  return written === undefined ? {} : written.json;
}

/** `countersign/demo/hsm-mint/1` is called `hsm-mint`. */
function lastName(label: string): string {
  return label.split("/").findLast((part) => /^[A-Za-z]/.test(part)) ?? label;
}
