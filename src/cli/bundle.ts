/** `countersign bundle verify|digest FILE`: what a stranger runs, offline, on any Node from 20 on. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { reportJson } from "../bundle/report.ts";
import type { Verdict } from "../bundle/verify.ts";
import { reportLines } from "../bundle/words.ts";
import { digestText, verifyBundleText } from "../compose/bundle-verifier.ts";
import { parse as parseHash, type Bytes32 } from "../values/bytes32.ts";
import { InvalidValue } from "../values/errors.ts";
import { digestJson, digestLines } from "./digest-view.ts";

/** Where a command writes; each call is one line or several, without the last newline. */
export type Terminal = { readonly out: (text: string) => void; readonly err: (text: string) => void };

export const verifyUsage = "usage: countersign bundle verify FILE --genesis HASH [--json]";
export const digestUsage = "usage: countersign bundle digest FILE [--genesis HASH] [--json]";

/** Exit code 0 when everything holds, 1 with the first thing that is wrong, 2 when it could not be tried. */
export async function bundleVerify(args: readonly string[], io: Terminal): Promise<number> {
  const asked = readArgs(args, verifyUsage, io);
  if (typeof asked === "number") return asked;
  const { file, genesis, json } = asked;
  const pinned = readHash(genesis, io);
  if (pinned === undefined) return 2;
  const text = await readText(file, io);
  if (text === undefined) return 2;
  const verdict = verifyBundleText(text, pinned);
  if (json) io.out(JSON.stringify(verdictJson(verdict), undefined, 2));
  else if (verdict.kind === "verified") io.out(reportLines(verdict.report).join("\n"));
  else io.out(wrongLine(verdict));
  return verdict.kind === "verified" ? 0 : 1;
}

/** Exit code 0 with what a device shows, 1 with the first part that contradicts another, 2 when it could not be tried. */
export async function bundleDigest(args: readonly string[], io: Terminal): Promise<number> {
  const asked = readArgs(args, digestUsage, io);
  if (typeof asked === "number") return asked;
  const { file, genesis, json } = asked;
  const pinned = genesis === undefined ? undefined : readHash(genesis, io);
  if (genesis !== undefined && pinned === undefined) return 2;
  const text = await readText(file, io);
  if (text === undefined) return 2;
  const digested = digestText(text, pinned);
  if (json) io.out(JSON.stringify(digestJson(digested, pinned !== undefined), undefined, 2));
  else if (digested.kind === "wrong") io.out(wrongLine(digested));
  else io.out(digestLines(digested, pinned !== undefined).join("\n"));
  return digested.kind === "wrong" ? 1 : 0;
}

type Asked = { readonly file: string; readonly genesis: string | undefined; readonly json: boolean };

function readArgs(args: readonly string[], usage: string, io: Terminal): Asked | number {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        genesis: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      io.out(usage);
      return 0;
    }
    const [file, more] = positionals;
    if (file !== undefined && more === undefined) return { file, genesis: values.genesis, json: values.json };
    io.err(usage);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    io.err(`countersign: ${error.message}\n${usage}`);
  }
  return 2;
}

function readHash(text: string | undefined, io: Terminal): Bytes32 | undefined {
  if (text === undefined) {
    io.err(
      `countersign: name the genesis you trust with --genesis: without it the file could say anything\n${verifyUsage}`,
    );
    return undefined;
  }
  try {
    return parseHash(text.startsWith("sha256:") ? `0x${text.slice(7)}` : text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    io.err(`countersign: --genesis: ${error.message}`);
    return undefined;
  }
}

async function readText(file: string, io: Terminal): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    io.err(`countersign: \`${file}\` cannot be read (${code})`);
    return undefined;
  }
}

function wrongLine({ field, why }: Extract<Verdict, { kind: "wrong" }>): string {
  return `wrong: ${field === "" ? "the file" : field}: ${why}`;
}

function verdictJson(verdict: Verdict): unknown {
  if (verdict.kind === "wrong") return verdict;
  return { kind: verdict.kind, report: reportJson(verdict.report) };
}
