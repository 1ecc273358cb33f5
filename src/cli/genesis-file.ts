/** A genesis file on disk: read, and judged whole with the policies it names. */
import { checksHere } from "../compose/cli-credentials.ts";
import { standingFromGenesis } from "../gate/change.ts";
import type { Standing } from "../gate/standing.ts";
import { checkGenesis } from "../genesis/check.ts";
import { genesisFileSchema, type GenesisFile } from "../genesis/genesis.ts";
import { checkAgainstRoster, checkWallets, type Finding } from "../policy/roster-fit.ts";
import { parseWith } from "../values/schema.ts";
import { readDocument } from "./document-file.ts";

/** Its shape alone: proofs may still be missing. */
export function readGenesisFile(path: string): GenesisFile {
  return parseWith(genesisFileSchema, readDocument(path), "genesis.malformed");
}

/** What is in force on the first day. Throws `InvalidValue` for whatever is wrong with the file. */
export function openGenesis(path: string): Standing {
  return standingFromGenesis(checkGenesis(readDocument(path), checksHere()));
}

/** What in the policies this roster cannot live by. */
export function findingsOf({ policies, roster }: Standing): readonly (Finding & { readonly asset: string })[] {
  return [...policies].flatMap(([asset, { policy }]) =>
    [...checkAgainstRoster(policy, roster.index), ...checkWallets(policy)].map((finding) => ({ ...finding, asset })),
  );
}
