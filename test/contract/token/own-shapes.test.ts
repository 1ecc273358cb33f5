/** Tokens with the functions of ERC-7943 and of Circle's FiatToken, through observers and the gate: every operation they offer, and each thing that keeps one from being signed. */
import { readFileSync } from "node:fs";
import { Interface } from "ethers/abi";
import { afterAll, beforeAll, describe, it } from "vitest";
import { sendAs, setBalance } from "../../../src/adapters/anvil/endpoint.ts";
import type { Standard } from "../../../src/intent/standard.ts";
import { parse as parseAddress, type Address } from "../../../src/values/address.ts";
import { keccak256, utf8 } from "../../../src/values/digest.ts";
import { parse as parseHex } from "../../../src/values/hex.ts";
import { account } from "../../place/account.ts";
import { startChain, type Chain } from "../../place/chain.ts";
import { start } from "../../place/gate.ts";
import { agent, openTokenDesk, type TokenDesk } from "../../place/token-desk.ts";

const anybody = account("somebody who sets the test up").address;
const holder = account("a holder").address;
const heir = account("the heir").address;
let chain: Chain;

beforeAll(async () => {
  chain = await startChain("instant");
  await chain.rpc("evm_setNextBlockTimestamp", start + 10);
  for (const one of [agent, anybody, holder]) await setBalance(chain.url, one, 10n ** 21n);
});

afterAll(() => chain.stop());

type Own = {
  readonly desk: TokenDesk;
  readonly setUp: (name: string, ...args: readonly unknown[]) => Promise<void>;
  /** The holder's own tokens, to the account that signs. */
  readonly hand: (amount: bigint) => Promise<void>;
};

async function open(file: string, standard: Standard, decimals: number, roles: object): Promise<Own> {
  const artifact = JSON.parse(readFileSync(new URL(`../../contracts/${file}.json`, import.meta.url), "utf8")) as {
    abi: never;
    bytecode: string;
  };
  const abi = new Interface(artifact.abi);
  const send = (data: string, to?: Address, from = anybody): ReturnType<typeof sendAs> =>
    sendAs(chain.url, from, { ...(to === undefined ? {} : { to }), data: parseHex(data.toLowerCase()) });
  const { contractAddress } = await send(artifact.bytecode + abi.encodeDeploy([agent]).slice(2));
  const address = parseAddress(contractAddress!.toLowerCase());
  return {
    desk: await openTokenDesk(chain, { standard, address, decimals }, { roles }),
    setUp: async (name, ...args) => {
      await send(abi.encodeFunctionData(name, args), address);
    },
    hand: async (amount) => {
      await send(abi.encodeFunctionData("transfer", [agent, amount]), address, holder);
    },
  };
}

describe("a token of ERC-7943", () => {
  let own: Own;
  beforeAll(async () => {
    own = await open("urwa-shape", "erc7943", 18, { mint: "MINTER_ROLE" });
  });
  afterAll(() => own.desk.close());

  it("serves those who may receive and of whom nothing is frozen", async () => {
    const { desk, setUp } = own;
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.not-verified", "token.to.verified");
    for (const one of [holder, heir, agent]) await setUp("admit", one, true);
    await desk.done("mint", { to: holder, amount: 100 });
    await desk.done("freeze", { to: holder });
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.frozen", "token.to.frozen");
    await desk.done("forcedTransfer", { from: holder, to: heir, amount: 40 });
    await desk.refused("forcedTransfer", { from: heir, to: holder, amount: 1 }, "policy.frozen", "token.to.frozen");
    await desk.done("unfreeze", { to: holder });
    await desk.done("mint", { to: holder, amount: 5 });
  });

  it("stops while it is paused, and goes on", async () => {
    const { desk } = own;
    await desk.done("pause");
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.paused", "token.paused");
    await desk.done("unpause");
    await desk.done("mint", { to: holder, amount: 5 });
  });

  it("moves what the account holds", async () => {
    const { desk, hand } = own;
    await hand(30n * 10n ** 18n);
    await desk.done("transfer", { to: heir, amount: 10 });
    await desk.done("burn", { amount: 10 });
    await desk.done("redeem", { amount: 10 });
  });

  it("signs no mint of an account that lost the role", async () => {
    const { desk, setUp } = own;
    const role = keccak256(utf8("MINTER_ROLE"));
    await setUp("setRole", role, agent, false);
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.role-missing", "token.account.role");
    await setUp("setRole", role, agent, true);
    await desk.done("mint", { to: holder, amount: 5 });
  });
});

describe("a token like Circle's", () => {
  let own: Own;
  beforeAll(async () => {
    own = await open("fiat-shape", "fiat-token", 6, {
      mint: "minter",
      pause: "pauser",
      unpause: "pauser",
      freeze: "blacklister",
      unfreeze: "blacklister",
    });
  });
  afterAll(() => own.desk.close());

  it("mints no more than the account is allowed to, and to nobody on the blacklist", async () => {
    const { desk, setUp } = own;
    await setUp("configureMinter", agent, 0n);
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.allowance-short", "token.account.allowance");
    await setUp("configureMinter", agent, 100_000_000n);
    await desk.done("mint", { to: holder, amount: 60 });
    await desk.refused("mint", { to: holder, amount: 41 }, "policy.allowance-short", "token.account.allowance");
    await desk.done("freeze", { to: holder });
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.frozen", "token.to.frozen");
    await desk.done("unfreeze", { to: holder });
    await desk.done("mint", { to: holder, amount: 40 });
  });

  it("stops while it is paused, and goes on", async () => {
    const { desk, setUp } = own;
    await setUp("configureMinter", agent, 100_000_000n);
    await desk.done("pause");
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.paused", "token.paused");
    await desk.done("unpause");
    await desk.done("mint", { to: holder, amount: 5 });
  });

  it("moves what the account holds", async () => {
    const { desk, hand } = own;
    await hand(30n * 10n ** 6n);
    await desk.done("transfer", { to: heir, amount: 10 });
    await desk.done("burn", { amount: 10 });
    await desk.done("redeem", { amount: 10 });
  });

  it("signs nothing of an account that lost its role", async () => {
    const { desk, setUp } = own;
    await setUp("configureMinter", agent, 100_000_000n);
    await setUp("removeMinter", agent);
    await desk.refused("mint", { to: holder, amount: 5 }, "policy.role-missing", "token.account.role");
    await setUp("updatePauser", holder);
    await desk.refused("pause", {}, "policy.role-missing", "token.account.role");
    await setUp("updateBlacklister", holder);
    await desk.refused("freeze", { to: holder }, "policy.role-missing", "token.account.role");
  });
});
