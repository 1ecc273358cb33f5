/** `countersign hsm backup`: a key off its token, wrapped, into a file, and with `--restore` onto another token; two people each time. */
import { existsSync } from "node:fs";
import { backUp, restore, type Under } from "../compose/cli-backup.ts";
import { parse as parseName } from "../values/name.ts";
import type { Given } from "./command.ts";
import type { Io } from "./io.ts";
import { operatorsOf, writeRecord } from "./key-record.ts";
import { option } from "./option-value.ts";
import { UsageError, yes, type Outcome } from "./outcome.ts";

export async function backup(given: Given, io: Io): Promise<Outcome> {
  const operators = operatorsOf(given);
  const under = underWhat(given);
  const file = given.maybe("restore");
  if (file !== undefined && (given.maybe("name") !== undefined || given.maybe("out") !== undefined))
    throw new UsageError(
      "--restore puts onto the token what the file holds; --name and --out are for taking a key off",
    );
  const ceremony = file === undefined ? "backup" : "restore";
  const moved = file === undefined ? await takeOff(given, under) : await restore(given.text("config"), file, under);
  const { key } = moved.backup;
  const { seen, wrapped, checkValues } = moved;
  const record = writeRecord(given, io, { ceremony, operators, key, seen, wrapped });
  const lines = [
    file === undefined
      ? `the key \`${key.label}\` is in ${given.maybe("out") ?? ""}, wrapped; it is a backup once it was restored somewhere`
      : `the key \`${key.label}\` is on this token; it has signed there as ${key.account}`,
    ...checkValueLines(checkValues),
    ...record.lines,
  ];
  return yes(lines, { ...key, wrapped: wrapped.sha256, checkValues: [...checkValues], ...record.json });
}

function takeOff(given: Given, under: Under): ReturnType<typeof backUp> {
  const name = given.maybe("name");
  const out = given.maybe("out");
  if (name === undefined || out === undefined)
    throw new UsageError("--name and --out say which key goes to which file");
  if (existsSync(out)) throw new UsageError(`--out: there is a file \`${out}\` already`);
  return backUp(given.text("config"), option("name", name, parseName), { out, under });
}

/** Whatever is not in a file is typed, and not shown. */
function underWhat(given: Given): Under {
  const label = given.maybe("wrapping-key");
  const components = given.list("component");
  const soPin = given.maybe("so-pin");
  if (label !== undefined && (components.length > 0 || soPin !== undefined))
    throw new UsageError("--wrapping-key is a key that the token has; components and their PIN are for one it has not");
  if (label !== undefined) return { label };
  if (components.length !== 0 && components.length !== 2)
    throw new UsageError("--component: two people have one each; give both, or type them");
  const [one, other] = components;
  return { components: [one, other], soPin };
}

function checkValueLines(checkValues: readonly string[]): readonly string[] {
  const [one, other, key] = checkValues;
  if (one === undefined || other === undefined || key === undefined) return [];
  return [
    `check values: component 1 ${one}, component 2 ${other}, wrapping key ${key}; compare them with those you know`,
  ];
}
