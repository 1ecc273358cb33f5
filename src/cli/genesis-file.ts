/** A genesis file on disk: read, and judged whole with the policies it names. */
import { checksHere } from "../compose/cli-credentials.ts";
import { openStanding } from "../gate/promotion.ts";
import { checkProposable } from "../gate/proposable.ts";
import type { Standing } from "../gate/standing.ts";
import { documentHash, genesisFileSchema, type GenesisFile } from "../genesis/genesis.ts";
import { compile } from "../policy/compile/compile.ts";
import { readPolicyDocument } from "../policy/document/document.ts";
import { checkAgainstRoster, checkWallets } from "../policy/analyse/roster-fit.ts";
import { indexRoster } from "../roster/membership.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseWith } from "../values/schema.ts";
import { toWire } from "../values/wire.ts";
import { readDocument } from "./document-file.ts";

/** Its shape alone: proofs may still be missing. */
export function readGenesisFile(path: string): GenesisFile {
  const document = readDocument(path);
  return naming(path, () => parseWith(genesisFileSchema, document, "genesis.malformed"));
}

/** What is in force on the first day. Throws `InvalidValue` for whatever is wrong with the file. */
export function openGenesis(path: string): Standing {
  const document = readDocument(path);
  return naming(path, () => openStanding(document, checksHere()));
}

/** A refusal names the file, and what it should be when it is something else altogether. */
function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const what =
      error.code === "genesis.malformed"
        ? `\`${path}\` is no genesis as \`countersign genesis create\` makes it`
        : `the genesis \`${path}\` does not hold`;
    throw new InvalidValue(error.code, `${what}: ${error.message}`, error.field);
  }
}

export type GenesisFinding = {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  readonly asset: string;
};

/** What in the policies this roster cannot live by, and what they say of themselves and do not do. */
export function findingsOf({ policies, roster }: Standing): readonly GenesisFinding[] {
  return [...policies].flatMap(([asset, standing]) =>
    [
      ...checkAgainstRoster(standing.policy, roster.index),
      ...checkWallets(standing.policy),
      ...brokenWord(standing, roster),
    ].map((finding) => ({ ...finding, asset })),
  );
}

/** The first test that fails or claim that is not proved, of policies that nobody has signed yet. */
export function brokenWords({ genesis, policies }: GenesisFile): readonly GenesisFinding[] {
  const people = { index: indexRoster(genesis.roster), hash: documentHash(genesis.roster) };
  return policies.map(toWire).flatMap((document) => {
    const policy = compile(readPolicyDocument(document));
    return brokenWord({ policy, document }, people).map((finding) => ({ ...finding, asset: policy.asset }));
  });
}

function brokenWord(...judged: Parameters<typeof checkProposable>): readonly Omit<GenesisFinding, "asset">[] {
  try {
    checkProposable(...judged);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const { code, message } = error;
    return [{ code, field: error.field.replace(/^attachment\.document\./, ""), message }];
  }
}
