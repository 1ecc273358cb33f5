/** What the table of commands holds of each: its words, options and where its code is. */
import type { Io } from "./io.ts";
import type { Outcome } from "./outcome.ts";

export type Option = {
  readonly name: string;
  /** What stands for its value in the help; an option without is a flag. */
  readonly value?: string;
  readonly about: string;
  readonly required?: true;
  /** May be given more than once. */
  readonly many?: true;
  /** The environment variable that speaks when the command line does not. */
  readonly env?: string;
};

/** The command line as a command reads it, checked against the table. */
export type Given = {
  /** As they were typed, behind the words of the command. */
  readonly args: readonly string[];
  readonly operands: readonly string[];
  /** The only operand that the command takes. */
  readonly operand: string;
  readonly json: boolean;
  /** Of an option that is required. */
  readonly text: (name: string) => string;
  readonly maybe: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
  readonly list: (name: string) => readonly string[];
};

export type Run = (given: Given, io: Io) => Promise<Outcome>;

export type Command = {
  readonly words: string;
  /** What stands behind the words; a name in brackets may be left out. */
  readonly operands: readonly string[];
  readonly about: string;
  readonly options: readonly Option[];
  /** Runs on Node 20 too, without optional packages. */
  readonly oldNode?: true;
  /** Loaded when it is meant, so that `--help` loads nothing. */
  readonly load: () => Promise<Run>;
};

/** Every command has these. */
export const everywhere: readonly Option[] = [
  { name: "json", about: "answer in JSON, on one line" },
  { name: "help", about: "say what the command does and takes" },
];

/** `countersign request show ID --api URL …`, as the help and a refusal show it. */
export function usageOf({ words, operands, options }: Command): string {
  const parts = options.map(({ name, value, required }) => {
    const text = value === undefined ? `--${name}` : `--${name} ${value}`;
    return required === true ? text : `[${text}]`;
  });
  return ["countersign", words, ...operands, ...parts, "[--json]"].join(" ");
}
