/** OpenZeppelin's own preset of a role-minted ERC-20, from the bytecode in its package: every operation of the standard through observers and the gate, with a key that holds each role. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendAs, setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import { offered } from "../../../src/intent/standard.ts";
import { parse as parseAddress, type Address } from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";
import { startChain, type Chain } from "../../place/chain.ts";
import { start } from "../../place/gate.ts";
import { agent, openTokenDesk, type TokenDesk } from "../../place/token-desk.ts";

const admin = account("the deployer of the preset").address;
const holder = account("a holder").address;
const successor = account("the next minter").address;
let chain: Chain;
let desk: TokenDesk;
let hand: (amount: bigint) => Promise<void>;
/** By the administrator, past everything of ours. */
let change: (name: "grantRole" | "revokeRole", role: string) => Promise<void>;

beforeAll(async () => {
  chain = await startChain("instant");
  await chain.rpc("evm_setNextBlockTimestamp", start + 10);
  for (const one of [agent, admin, holder]) await setBalance(chain.url, one, 10n ** 21n);
  const file = createRequire(import.meta.url).resolve(
    "openzeppelin-presets/build/contracts/ERC20PresetMinterPauser.json",
  );
  const artifact = JSON.parse(readFileSync(file, "utf8")) as { abi: never; bytecode: string };
  const abi = new Interface(artifact.abi);
  const send = (data: string, to?: Address, from = admin): ReturnType<typeof sendAs> =>
    sendAs(chain.url, from, { ...(to === undefined ? {} : { to }), data: parseHex(data.toLowerCase()) });
  const { contractAddress } = await send(artifact.bytecode + abi.encodeDeploy(["Preset Gold", "GLD"]).slice(2));
  const address = parseAddress(contractAddress!.toLowerCase());
  change = async (name, role) => {
    const number = role === "DEFAULT_ADMIN_ROLE" ? `0x${"00".repeat(32)}` : keccak256(utf8(role));
    await send(abi.encodeFunctionData(name, [number, agent]), address);
  };
  for (const role of ["DEFAULT_ADMIN_ROLE", "MINTER_ROLE", "PAUSER_ROLE"]) await change("grantRole", role);
  hand = async (amount) => {
    await send(abi.encodeFunctionData("transfer", [agent, amount]), address, holder);
  };
  const [pauser, admins] = ["PAUSER_ROLE", "DEFAULT_ADMIN_ROLE"];
  const roles = { mint: "MINTER_ROLE", pause: pauser, unpause: pauser, grantRole: admins, revokeRole: admins };
  desk = await openTokenDesk(chain, { standard: "role-erc20", address, decimals: 18 }, { roles });
});

afterAll(async () => {
  await desk.close();
  await chain.stop();
});

it("mints, moves and burns what people agreed to, and stops while it is paused", async () => {
  await desk.done("mint", { to: holder, amount: 100 });
  await desk.done("pause");
  await desk.refused("mint", { to: holder, amount: 5 }, "policy.paused", "token.paused");
  await desk.done("unpause");
  await hand(30n * 10n ** 18n);
  await desk.done("transfer", { to: holder, amount: 10 });
  await desk.done("burn", { amount: 10 });
  await desk.done("redeem", { amount: 10 });
});

it("lets another key mint and no longer mint; these are all the operations there are", async () => {
  await desk.done("grantRole", { to: successor });
  await desk.done("revokeRole", { to: successor });
  const all = ["burn", "distribute", "grantRole", "mint", "pause", "redeem", "revokeRole", "transfer", "unpause"];
  expect([...offered("role-erc20")].sort()).toEqual(all);
});

it("signs nothing that the account has lost the role for", async () => {
  await change("revokeRole", "MINTER_ROLE");
  await desk.refused("mint", { to: holder, amount: 5 }, "policy.role-missing", "token.account.role");
  await desk.done("pause");
  await desk.done("unpause");
  await change("revokeRole", "DEFAULT_ADMIN_ROLE");
  await desk.refused("grantRole", { to: successor }, "policy.role-missing", "token.account.role");
  await change("grantRole", "MINTER_ROLE");
  await desk.done("mint", { to: holder, amount: 5 });
});
