/** What the demo says at the end: where things are and what to try, in commands that work as printed. */
import type { DevFolder } from "./folder.ts";
import type { Demo } from "./found.ts";

type Where = { readonly api: string; readonly chain: string; readonly demo: Demo };

export function whatToTry(folder: DevFolder, { api, chain, demo }: Where): readonly string[] {
  const as = (id: string): string => {
    const [credential, genesis] = [folder.people(id), folder.genesis].map(quoted);
    return `--api ${api} --credential ${credential ?? ""} --genesis ${genesis ?? ""}`;
  };
  const mint = `--operation mint --asset GLD --amount 25 --to ${demo.bank} --reference DEPOSIT-$(date +%s)`;
  return [
    "",
    "It stays up until Ctrl-C. Where things are:",
    `  API        ${api}   (documentation at ${api}/docs)`,
    `  console    ${api}/console/   (bring it ${folder.genesis}; the demo's wallets are in people/, for a wallet in your browser)`,
    `  chain      ${chain}   (31337, token ${demo.token})`,
    `  data       ${folder.root}   (credentials in people/, logs in logs/, bundles in bundles/)`,
    `  deployment ${demo.deployment}`,
    "",
    "What to try, in another terminal (put the request's id in the place of ID):",
    `  npx countersign request submit ${as("ida")} ${mint}`,
    `  npx countersign request list ${as("carla")}`,
    `  npx countersign request approve ID ${as("carla")}`,
    `  npx countersign request approve ID ${as("chris")}`,
    `  npx countersign request show ID ${as("ida")}`,
    `  npx countersign bundle fetch ID ${as("ida")} --out bundle.json`,
    `  npx countersign bundle verify bundle.json --genesis ${demo.deployment}`,
    `  npx countersign freeze ${as("cora")} --scope asset --target GLD --reason "something is off"`,
    "A freeze is lifted by two officers, who name it as `asset show` does:",
    `  npx countersign asset show GLD ${as("otto")}`,
    `  npx countersign unfreeze ${as("otto")} --scope asset --target GLD --freeze-id FREEZE`,
    `  npx countersign unfreeze ${as("olga")} --scope asset --target GLD --freeze-id FREEZE`,
    "",
  ];
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[A-Za-z0-9._/-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
