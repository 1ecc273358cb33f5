/** What the local chain itself says of the token: the oracle that counts mints, never our own records. */
import { id, Interface } from "ethers";
import { ask } from "../../src/adapters/anvil/endpoint.ts";
import type { Place } from "./deployment.ts";

const zero = `0x${"00".repeat(32)}`;
const transfer = id("Transfer(address,address,uint256)");

/** Amounts of all mints, in base units, in the order of the chain. */
export async function mintEvents(place: Place): Promise<bigint[]> {
  return eventAmounts(place, [transfer, zero]);
}

/** Amounts of all burns. */
export async function burnEvents(place: Place): Promise<bigint[]> {
  return eventAmounts(place, [transfer, null, zero]);
}

export async function totalSupply(place: Place): Promise<bigint> {
  const token = new Interface(["function totalSupply() view returns (uint256)"]);
  const call = { to: place.demo.token, data: token.encodeFunctionData("totalSupply") };
  return BigInt(String(await ask(place.chain.url, "eth_call", [call, "latest"])));
}

async function eventAmounts(place: Place, topics: readonly (string | null)[]): Promise<bigint[]> {
  const filter = { fromBlock: "0x0", toBlock: "latest", address: place.demo.token, topics };
  const logs = (await ask(place.chain.url, "eth_getLogs", [filter])) as { data: string }[];
  return logs.map(({ data }) => BigInt(data));
}
