/** What the demo says at the end: where things are and what to try, in commands that work as printed. */
import type { DevFolder } from "./folder.ts";
import type { Demo } from "./found.ts";

export function whatToTry(
  folder: DevFolder,
  { api, chain, demo }: { readonly api: string; readonly chain: string; readonly demo: Demo },
): readonly string[] {
  const as = (id: string): string => `--api ${api} --credential ${folder.people(id)} --genesis ${folder.genesis}`;
  return [
    "",
    "It stays up until Ctrl-C. Where things are:",
    `  API        ${api}   (documentation at ${api}/docs)`,
    `  chain      ${chain}   (31337, token ${demo.token})`,
    `  data       ${folder.root}   (credentials in people/, logs in logs/, bundles in bundles/)`,
    `  deployment ${demo.deployment}`,
    "",
    "What to try, in another terminal:",
    `  npx countersign request submit ${as("ida")} --operation mint --asset GLD --amount 25 --to ${demo.bank} --reference DEPOSIT-2`,
    `  npx countersign request list ${as("carla")}`,
    `  npx countersign request approve <ID> ${as("carla")}`,
    `  npx countersign request approve <ID> ${as("chris")}`,
    `  npx countersign freeze ${as("cora")} --scope asset --target GLD --reason "something is off"`,
    `  npx countersign bundle verify ${folder.bundles}/<ID>.json --genesis ${demo.deployment}`,
    "",
  ];
}
