/** A real local chain for one test file: anvil on an ephemeral port, the demo token on it, accounts whose keys the test holds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployDemoToken, grantRole } from "../../src/adapters/anvil/demo-token.ts";
import { call, setBalance } from "../../src/adapters/anvil/endpoint.ts";
import { freePort, startAnvil, type Anvil, type Mining } from "../../src/adapters/anvil/process.ts";
import * as address from "../../src/values/address.ts";
import * as chainId from "../../src/values/chain-id.ts";
import { Fault } from "../../src/values/errors.ts";
import { account, type Account } from "./account.ts";

export type Chain = {
  readonly url: string;
  readonly chainId: chainId.ChainId;
  readonly anvil: Anvil;
  readonly token: address.Address;
  /** Holds MINTER_ROLE and PAUSER_ROLE, and ether for fees. */
  readonly minter: Account;
  /** Any further JSON-RPC call; throws when the node refuses. */
  readonly rpc: (method: string, ...parameters: readonly unknown[]) => Promise<unknown>;
  readonly mine: (blocks: number) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export const localChain = chainId.parse(31_337);
export const tokenAdmin = account("the administrator of the demo token").address;

/** Starts anvil on a free port, trying again when another process took that port first. */
export async function startFreeAnvil(mining: Mining, stateFile?: string): Promise<Anvil> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await startAnvil({
        chainId: localChain,
        port: await freePort(),
        mining,
        ...(stateFile === undefined ? {} : { stateFile }),
      });
    } catch (error) {
      if (!(error instanceof Fault) || error.retry === "never" || attempt >= 4) throw error;
    }
  }
}

export async function rpcOf(url: string, method: string, ...parameters: readonly unknown[]): Promise<unknown> {
  const answer = await call(url, method, parameters, 60_000);
  if (answer.kind === "rejected") throw new Error(`${method}: ${answer.why}`);
  return answer.result;
}

/** `instant` by default: every transaction makes its block, and nothing else does; `manual`: blocks only when the test mines. */
export async function startChain(mining: Mining | "manual" = "instant"): Promise<Chain> {
  const anvil = await startFreeAnvil(mining === "manual" ? "instant" : mining);
  const { url } = anvil;
  try {
    const minter = account("minter");
    const token = await deployDemoToken(url, { name: "Demo Gold", symbol: "GLD", admin: tokenAdmin });
    await setBalance(url, minter.address, 10n ** 20n);
    await grantRole(url, { token, admin: tokenAdmin, role: "MINTER_ROLE", to: minter.address });
    await grantRole(url, { token, admin: tokenAdmin, role: "PAUSER_ROLE", to: minter.address });
    if (mining === "manual") await rpcOf(url, "evm_setAutomine", false);
    return {
      url,
      chainId: localChain,
      anvil,
      token,
      minter,
      rpc: (method, ...parameters) => rpcOf(url, method, ...parameters),
      mine: async (blocks) => {
        await rpcOf(url, "anvil_mine", `0x${blocks.toString(16)}`);
      },
      stop: () => anvil.stop(),
    };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

/** A folder under the system's own temporary folder, and how to remove it. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "countersign-chain-"));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
