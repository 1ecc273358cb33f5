/** From the words of a command line to an exit code: finds the command, checks what it was given, prints how it ended. */
import { Fault, InvalidValue } from "../values/errors.ts";
import { BadFile, problemLine, type FileProblem } from "./bad-file.ts";
import { usageOf, type Command } from "./command.ts";
import { readGiven } from "./given.ts";
import { commandHelp, helpText } from "./help.ts";
import type { ExitCode, Io } from "./io.ts";
import { Refused, UsageError, type Outcome } from "./outcome.ts";

/** Throws nothing: whatever happens is said in one sentence and an exit code. */
export async function run(commands: readonly Command[], args: readonly string[], io: Io): Promise<ExitCode> {
  const found = find(commands, args);
  if (found === undefined) return withoutCommand(commands, args, io);
  const { command, rest } = found;
  const before = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
  if (before.some(isHelp)) return print(io, commandHelp([command]));
  if (command.oldNode !== true && !isNew(io.nodeVersion)) {
    io.err(`countersign: \`${command.words}\` needs Node 22.18 or later, and this is ${io.nodeVersion}`);
    return 2;
  }
  const json = before.includes("--json");
  try {
    const given = readGiven(command, rest, io.env);
    const act = await command.load();
    return finish(await act(given, io), json, io);
  } catch (error) {
    return failed(error, { command, json, io });
  }
}

function find(
  commands: readonly Command[],
  args: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const words = args.slice(0, length);
    const command = commands.find((one) => words.length === length && one.words === words.join(" "));
    if (command !== undefined) return { command, rest: args.slice(length) };
  }
  return undefined;
}

/** The help, or why there is no such command. */
function withoutCommand(commands: readonly Command[], args: readonly string[], io: Io): ExitCode {
  const isAsking = args.length === 0 || args[0] === "help" || args.some(isHelp);
  const topic = args.filter((word, index) => !isHelp(word) && !(index === 0 && word === "help"));
  if (isAsking && topic.length === 0) return print(io, helpText(commands));
  const name = topic.slice(0, 2).join(" ");
  const group = commands.filter(({ words }) => words === name || words.startsWith(`${name} `));
  if (isAsking && group.length > 0) return print(io, commandHelp(group));
  io.err(`countersign: \`${name}\` is no command`);
  io.err(`usage: countersign ${nearest(commands, topic[0] ?? "")}`);
  return 2;
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

/** Second words of the commands that begin as this one does. */
function nearest(commands: readonly Command[], head: string): string {
  const seconds = commands.flatMap(({ words }) => (words.startsWith(`${head} `) ? [words.slice(head.length + 1)] : []));
  return seconds.length > 0 ? `${head} ${seconds.join("|")} …` : "--help";
}

function finish({ code, lines, json }: Outcome, asJson: boolean, io: Io): ExitCode {
  if (asJson && json !== undefined) io.out(JSON.stringify(json));
  if (!asJson) for (const line of lines) io.out(line);
  return code;
}

type Place = { readonly command: Command; readonly json: boolean; readonly io: Io };

function failed(error: unknown, { command, json, io }: Place): ExitCode {
  const { exit, code, message, field } = told(error);
  const problems = error instanceof BadFile ? error.problems : [];
  if (json) io.out(JSON.stringify({ ok: false, code, message, field, ...ofFile(problems) }));
  for (const line of problems.length === 0 ? [message] : problems.map(problemLine)) io.err(`countersign: ${line}`);
  if (error instanceof UsageError) io.err(`usage: ${usageOf(command)}`);
  return exit;
}

/** The place of the first problem beside its code, and all of them. */
function ofFile(problems: readonly FileProblem[]): Readonly<Record<string, unknown>> {
  const [first] = problems;
  return first === undefined ? {} : { file: first.file, line: first.line, column: first.column, problems };
}

type Told = { readonly exit: ExitCode; readonly code: string; readonly message: string; readonly field: string };

function told(error: unknown): Told {
  if (error instanceof Refused) return { exit: 1, code: error.code, message: error.message, field: error.field };
  if (error instanceof UsageError) return { exit: 2, code: "cli.usage", message: error.message, field: "" };
  // What the service shows does not bear checking: that is a no, whoever asked.
  if (error instanceof InvalidValue && error.code === "client.untrue")
    return { exit: 1, code: error.code, message: error.message, field: error.field };
  if (error instanceof InvalidValue) return { exit: 2, code: error.code, message: error.message, field: error.field };
  if (error instanceof Fault) return { exit: 2, code: error.code, message: error.message, field: "" };
  const message =
    missingPackage(error) ?? `an error that nobody expected: ${error instanceof Error ? error.message : String(error)}`;
  return { exit: 2, code: "cli.unexpected", message, field: "" };
}

/** An optional package that is not installed is the machine's affair, said as such. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  const [, name] = /Cannot find package '([^']+)'/.exec(error.message) ?? [];
  return name === undefined ? undefined : `the package \`${name}\` is not installed here, and this command needs it`;
}

function print(io: Io, lines: readonly string[]): ExitCode {
  for (const line of lines) io.out(line);
  return 0;
}

function isNew(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}
