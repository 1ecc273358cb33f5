/** The demo's token on a local chain: deployed from the artifact kept beside this file, its roles granted to the demo's keys. */
import { Interface } from "ethers/abi";
import { parse as parseAddress, type Address } from "../../values/address.ts";
import { keccak256, utf8 } from "../../values/digest.ts";
import { Fault } from "../../values/errors.ts";
import { parse as parseHex } from "../../values/hex.ts";
import artifact from "./demo-token.json" with { type: "json" };
import { sendAs, setBalance } from "./endpoint.ts";

export type DemoToken = { readonly name: string; readonly symbol: string; readonly admin: Address };

/** `MINTER_ROLE` and `PAUSER_ROLE` as the contract names them. */
export type Role = "MINTER_ROLE" | "PAUSER_ROLE";

/** Pays for what the administrator of the demo's token does, on a chain where wei cost nothing. */
const adminWei = 10n ** 20n;

const token = new Interface(artifact.abi);

/** Deploys with 18 decimals; `admin` may grant roles and holds none. Resolves to the contract's address once it is mined. */
export async function deployDemoToken(url: string, { name, symbol, admin }: DemoToken): Promise<Address> {
  await setBalance(url, admin, adminWei);
  const data = artifact.bytecode + token.encodeDeploy([name, symbol, admin]).slice(2);
  const { contractAddress } = await sendAs(url, admin, { data: parseHex(data.toLowerCase()) });
  if (contractAddress === null) throw new Fault("anvil.not-deployed", "the local chain deployed no token", "never");
  return parseAddress(contractAddress.toLowerCase());
}

export type Grant = { readonly token: Address; readonly admin: Address; readonly role: Role; readonly to: Address };

/** True on the chain once it resolves; granting twice changes nothing. */
export async function grantRole(url: string, grant: Grant): Promise<void> {
  await setBalance(url, grant.admin, adminWei);
  const data = token.encodeFunctionData("grantRole", [keccak256(utf8(grant.role)), grant.to]);
  await sendAs(url, grant.admin, { to: grant.token, data: parseHex(data.toLowerCase()) });
}
