/** The wallet in the visitor's browser (EIP-1193), and which of their accounts it offers. */
import { parse as parseAddress, type Address } from "../values/address.ts";
import { InvalidValue } from "../values/errors.ts";
import type { WalletProvider } from "../sdk/wallet-signer.ts";

/** Undefined where there is none. */
export function ownWallet(): WalletProvider | undefined {
  const found: unknown = Reflect.get(window, "ethereum");
  return isProvider(found) ? found : undefined;
}

function isProvider(value: unknown): value is WalletProvider {
  return typeof value === "object" && value !== null && "request" in value && typeof value.request === "function";
}

/** Asks the visitor which account this page may see. Throws `InvalidValue` `client.declined` when it is none. */
export async function walletAccount(provider: WalletProvider): Promise<Address> {
  const none = new InvalidValue(
    "client.declined",
    "your wallet shows this page no account: unlock it, and let it connect",
  );
  let accounts: unknown;
  try {
    accounts = await provider.request({ method: "eth_requestAccounts" });
  } catch {
    throw none;
  }
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof first !== "string") throw none;
  return parseAddress(first.toLowerCase());
}
