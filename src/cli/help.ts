/** The help, printed from the table of commands. */
import { everywhere, usageOf, type Command, type Option } from "./command.ts";

const about = [
  "countersign: a custody signing service for asset-backed tokens.",
  "It signs a transaction only when the policy allows exactly that, the reserves cover it, and the required people each signed exactly that.",
];

const exits =
  "Exit codes: 0 yes, 1 no (a refusal, a failed check), 2 usage or environment. Every command takes --json.";

/** Every command with its one line. */
export function helpText(commands: readonly Command[]): readonly string[] {
  return [
    ...about,
    "",
    ...table(commands.map((command) => [[command.words, ...command.operands].join(" "), command.about])),
    "",
    "countersign help COMMAND   what a command takes",
    "countersign --version      the version",
    "",
    exits,
  ];
}

/** One command, or all commands that begin with a word. */
export function commandHelp(commands: readonly Command[]): readonly string[] {
  return commands.flatMap((command, index) => [...(index === 0 ? [] : [""]), ...oneHelp(command)]);
}

function oneHelp(command: Command): readonly string[] {
  const node = command.oldNode === true ? "Runs on Node 20 or later." : "Needs Node 22.18 or later.";
  const rows = [...command.options, ...everywhere].map((option): [string, string] => [nameOf(option), said(option)]);
  return [usageOf(command), `  ${command.about}`, ...table(rows), `  ${node}`];
}

function nameOf({ name, value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function said({ about: words, required, many, env }: Option): string {
  const marks = [
    required === true ? "required" : "",
    many === true ? "may be repeated" : "",
    env === undefined ? "" : `or $${env}`,
  ];
  const kept = marks.filter((mark) => mark !== "");
  return kept.length === 0 ? words : `${words} (${kept.join(", ")})`;
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
