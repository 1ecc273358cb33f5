/** The command line as a command reads it: operands and options, checked against the table. */
import { parseArgs } from "node:util";
import { InvariantViolation } from "../values/errors.ts";
import { everywhere, type Command, type Given, type Option } from "./command.ts";
import { UsageError } from "./outcome.ts";

/** Throws `UsageError` for what the table does not have, a missing value, an option twice, and operands too few or too many. */
export function readGiven(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const options = [...command.options, ...everywhere];
  const { operands, values } = collect(options, args);
  checkOperands(command, operands);
  for (const { name, env: variable } of options) {
    const fallback = variable === undefined ? undefined : env[variable];
    if (!values.has(name) && fallback !== undefined && fallback !== "") values.set(name, [fallback]);
  }
  const lacking = options.find(({ name, required }) => required === true && !values.has(name));
  if (lacking !== undefined) {
    const variable = lacking.env === undefined ? "" : ` (or the variable ${lacking.env})`;
    throw new UsageError(`--${lacking.name} ${lacking.value ?? ""} is missing${variable}`.replace("  ", " "));
  }
  const maybe = (name: string): string | undefined => values.get(name)?.[0];
  return {
    args,
    operands,
    operand: operands[0] ?? "",
    json: values.has("json"),
    text: (name) => {
      const value = maybe(name);
      if (value === undefined) throw new InvariantViolation(`--${name} is not required by the table`);
      return value;
    },
    maybe,
    flag: (name) => values.has(name),
    list: (name) => values.get(name) ?? [],
  };
}

type Collected = { readonly operands: string[]; readonly values: Map<string, string[]> };

function collect(options: readonly Option[], args: readonly string[]): Collected {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      options.map(({ name, value }) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const found: Collected = { operands: [], values: new Map() };
  for (const token of tokens) {
    if (token.kind === "positional") found.operands.push(token.value);
    if (token.kind === "option") take(options, token, found.values);
  }
  return found;
}

type OptionToken = {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
};

function take(options: readonly Option[], token: OptionToken, values: Map<string, string[]>): void {
  const { name, value, many } = optionOf(options, token);
  if (value === undefined && token.value !== undefined) throw new UsageError(`--${name} takes no value`);
  const swallowed = token.inlineValue !== true && token.value?.startsWith("-") === true;
  if (value !== undefined && (token.value === undefined || swallowed))
    throw new UsageError(`--${name} needs a value: ${value}`);
  if (values.has(name) && many !== true) throw new UsageError(`--${name} is given twice`);
  values.set(name, [...(values.get(name) ?? []), token.value ?? ""]);
}

function optionOf(options: readonly Option[], { name, rawName }: OptionToken): Option {
  const option = options.find((one) => one.name === name && rawName === `--${name}`);
  if (option === undefined) throw new UsageError(`\`${rawName}\` is no option of this command`);
  return option;
}

function checkOperands({ operands: wanted }: Command, operands: readonly string[]): void {
  const needed = wanted.filter((name) => !name.startsWith("["));
  const missing = needed[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const surplus = operands[wanted.length];
  if (surplus !== undefined) throw new UsageError(`\`${surplus}\` is not understood`);
}
