/** A genesis file on disk: read, and judged whole with the policies it names. */
import { checksHere } from "../compose/cli-credentials.ts";
import { standingFromGenesis } from "../gate/change.ts";
import type { Standing } from "../gate/standing.ts";
import { checkGenesis } from "../genesis/check.ts";
import { genesisFileSchema, type GenesisFile } from "../genesis/genesis.ts";
import { checkAgainstRoster, checkWallets, type Finding } from "../policy/roster-fit.ts";
import { InvalidValue } from "../values/errors.ts";
import { parseWith } from "../values/schema.ts";
import { readDocument } from "./document-file.ts";

/** Its shape alone: proofs may still be missing. */
export function readGenesisFile(path: string): GenesisFile {
  const document = readDocument(path);
  return naming(path, () => parseWith(genesisFileSchema, document, "genesis.malformed"));
}

/** What is in force on the first day. Throws `InvalidValue` for whatever is wrong with the file. */
export function openGenesis(path: string): Standing {
  const document = readDocument(path);
  return naming(path, () => standingFromGenesis(checkGenesis(document, checksHere())));
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

/** What in the policies this roster cannot live by. */
export function findingsOf({ policies, roster }: Standing): readonly (Finding & { readonly asset: string })[] {
  return [...policies].flatMap(([asset, { policy }]) =>
    [...checkAgainstRoster(policy, roster.index), ...checkWallets(policy)].map((finding) => ({ ...finding, asset })),
  );
}
