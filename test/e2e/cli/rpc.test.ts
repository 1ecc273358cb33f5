/** ethers, viem, cast and hardhat's calls ask for mints as they send transactions: one call is one request, its hash comes from a bundle, and everything else is a refusal in words. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Interface } from "ethers/abi";
import { JsonRpcProvider } from "ethers/providers";
import { createWalletClient, defineChain, http, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startRpc } from "../../../src/compose/rpc.ts";
import { openService as serviceOf } from "../../../src/cli/connection.ts";
import type { Given } from "../../../src/cli/command.ts";
import { followingFrom } from "../../../src/cli/in-force.ts";
import { checksum } from "../../../src/values/address.ts";
import { parse as parseInstant } from "../../../src/values/instant.ts";
import { bringEvidence } from "../../place/gate.ts";
import { startChain, type Chain } from "../../place/chain.ts";
import { managedKey } from "../../place/people.ts";
import { goldToken, treasury, units } from "../../place/gold.ts";
import { openService, type ServicePlace } from "./service-place.ts";

let place: ServicePlace;
let chain: Chain;
let rpc: Awaited<ReturnType<typeof startRpc>>;
/** Waits as long as people need in a test on a busy machine. */
let patient: typeof rpc;
let account: string;
let pumping = true;
let pumped: Promise<void>;

beforeAll(async () => {
  [place, chain] = await Promise.all([openService(), startChain()]);
  const { gatePlace } = place.serve;
  await bringEvidence(gatePlace);
  account = checksum(gatePlace.deployment.key.account);
  const texts: Readonly<Record<string, string>> = {
    api: place.api,
    credential: place.at("ida.json"),
    genesis: place.genesis,
  };
  const { client, own, standing } = serviceOf({ text: (name) => texts[name]! } as Given);
  const answering = (waitMs: number): ReturnType<typeof startRpc> =>
    startRpc({
      ...{
        client,
        following: followingFrom(standing),
        credential: own.known.id,
        deploymentId: standing.deploymentId,
        chainId: chain.chainId,
      },
      ...{
        now: () => parseInstant(gatePlace.now),
        feeCeilingWei: String(2n * 10n ** 16n),
        lifeSeconds: 86_400,
        waitMs,
      },
      ...{ endpoint: chain.url, port: 0, reference: undefined },
    });
  [rpc, patient] = await Promise.all([answering(800), answering(40_000)]);
  await chain.rpc("anvil_setBalance", account, "0xde0b6b3a7640000");
  pumped = pump();
});

afterAll(async () => {
  pumping = false;
  await pumped;
  await rpc.close();
  await patient.close();
  await chain.stop();
  await place.close();
});

/** The service works and blocks come, as they would. */
async function pump(): Promise<void> {
  while (pumping) {
    if ((await place.serve.step()) === 0) await place.serve.tick();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const token = new Interface(["function mint(address,uint256)", "function pause()"]);
const mint = (amount: number, to = treasury): string => token.encodeFunctionData("mint", [to, units(amount)]);

type Answer = {
  result?: string;
  error?: { code: number; message: string; data?: { code: string; requestId: string } };
};
let last = 0;
async function call(method: string, params: unknown, path = ""): Promise<Answer> {
  const asked = (last += 1);
  const body = JSON.stringify({ jsonrpc: "2.0", id: asked, method, params });
  const answer = await fetch(`${rpc.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { id, jsonrpc, ...rest } = (await answer.json()) as Answer & { id: number; jsonrpc: string };
  expect([id, jsonrpc]).toEqual([asked, "2.0"]);
  return rest;
}
const send = (data: string, path: string, more: object = {}): Promise<Answer> =>
  call("eth_sendTransaction", [{ from: account.toLowerCase(), to: goldToken, data, ...more }], path);

/** Both custodians answer whatever waits. */
async function approveAll(reference: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const found = (await place.serve.store.requests({ limit: 100 })).find(
      ({ submission }) => submission.reference === reference,
    );
    if (found === undefined || found.state === "submitted") {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    for (const id of ["carla", "chris"] as const)
      expect((await place.as(id, ["request", "approve", found.requestId, "--yes"])).code).toBe(0);
    return;
  }
  throw new Error(`nobody asked for ${reference}`);
}

const requestsOf = async (reference: string): Promise<readonly { id: string; txHash: unknown }[]> => {
  const ids = (await place.serve.store.requests({ limit: 100 }))
    .filter(({ submission }) => submission.reference === reference)
    .map(({ requestId }) => requestId);
  const views = await Promise.all(ids.map((id) => place.serve.desk.request(id)));
  return views.flatMap((found) =>
    found.kind === "absent" ? [] : [{ id: found.value.requestId, txHash: found.value.txHash }],
  );
};

const hash = /^0x[0-9a-f]{64}$/;

describe("the tools of Ethereum mint", () => {
  it("with ethers, whose call waits until it is broadcast", async () => {
    const provider = new JsonRpcProvider(`${patient.url}/ETHERS-1`, undefined, { cacheTimeout: -1 });
    const signer = await provider.getSigner(account);
    const transaction = { to: goldToken, data: mint(10) };
    const [sent] = await Promise.all([signer.sendUncheckedTransaction(transaction), approveAll("ETHERS-1")]);
    expect(sent).toMatch(hash);
    expect(await requestsOf("ETHERS-1")).toMatchObject([{ txHash: sent }]);
    expect(await signer.sendUncheckedTransaction(transaction)).toBe(sent);
    expect(await requestsOf("ETHERS-1")).toHaveLength(1);
    expect(place.serve.chain.sent).toHaveLength(1);
    provider.destroy();
  });

  it("with viem, which is told whom the request waits for and gets the hash when it calls again", async () => {
    const writeTo = (url: string): Promise<string> => viemMint(url, treasury, 11);
    const told = await writeTo(`${rpc.url}/VIEM-1`).then(
      (sent) => sent,
      (error: unknown) => String(error),
    );
    const [{ id } = { id: "" }] = await requestsOf("VIEM-1");
    expect(told).toContain(`request ${id} is pending: `);
    expect(told).toContain("2 more of custodians");
    const [sent] = await Promise.all([writeTo(`${patient.url}/VIEM-1`), approveAll("VIEM-1")]);
    expect(sent).toMatch(hash);
    expect(await requestsOf("VIEM-1")).toEqual([{ id, txHash: sent }]);
  });

  it("with cast, unlocked", async () => {
    const cast = castMint(`${patient.url}/CAST-1`, treasury, 12);
    const [sent] = await Promise.all([cast, approveAll("CAST-1")]);
    expect(sent).toMatch(hash);
    expect(await requestsOf("CAST-1")).toMatchObject([{ txHash: sent }]);
  });

  it("with the calls of hardhat's remote accounts, as 3.18.0 made them", async () => {
    const [answer] = await Promise.all([
      hardhatMint(`${patient.url}/HARDHAT-1`, treasury, 16),
      approveAll("HARDHAT-1"),
    ]);
    expect(answer.result).toMatch(hash);
    expect(await requestsOf("HARDHAT-1")).toMatchObject([{ txHash: answer.result }]);
  });
});

/** It asks who there is, what a block costs and what the call takes, and sends with fees and gas of its own. */
async function hardhatMint(url: string, to: string, amount: number): Promise<Answer> {
  const asking = async (id: number, method: string, params: unknown): Promise<Answer> => {
    const headers = { "content-type": "application/json", "user-agent": "Hardhat 3.18.0" };
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    return (await (await fetch(url, { method: "POST", headers, body })).json()) as Answer;
  };
  expect(await asking(1, "eth_accounts", [])).toMatchObject({ result: [account] });
  expect(await asking(3, "eth_getBlockByNumber", ["latest", false])).toHaveProperty("result.baseFeePerGas");
  expect(await asking(4, "eth_feeHistory", ["0x1", "latest", [50]])).toHaveProperty("result.reward");
  const fees = { maxFeePerGas: "0x6e9a947e", maxPriorityFeePerGas: "0x3b9aca00" };
  const transaction = { from: account, to: goldToken, data: mint(amount, to), ...fees };
  const { result: gas } = await asking(5, "eth_estimateGas", [transaction]);
  expect(gas).toMatch(/^0x[0-9a-f]+$/);
  return asking(2, "eth_sendTransaction", [{ ...transaction, gas }]);
}

function viemMint(url: string, to: string, amount: number): Promise<string> {
  const here = defineChain({
    ...{ id: chain.chainId, name: "local", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 } },
    rpcUrls: { default: { http: [url] } },
  });
  const transport = http(url, { retryCount: 0, timeout: 60_000 });
  return createWalletClient({ chain: here, transport, account: account as `0x${string}` }).writeContract({
    ...{ address: goldToken as `0x${string}`, abi: parseAbi(["function mint(address to, uint256 amount)"]) },
    ...{ functionName: "mint", args: [to as `0x${string}`, BigInt(units(amount))] },
  });
}

function castMint(url: string, to: string, amount: number): Promise<string> {
  const words = [
    ...["send", goldToken, "mint(address,uint256)", to, units(amount), "--unlocked", "--from", account, "--async"],
    ...["--rpc-url", url],
  ];
  return new Promise<string>((resolve, reject) => {
    execFile(castProgram(), words, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error(`${stderr}${stdout}`));
    });
  });
}

function castProgram(): string {
  const wrapper = createRequire(import.meta.url).resolve("@foundry-rs/cast/package.json");
  const name = `@foundry-rs/cast-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  return join(dirname(createRequire(wrapper).resolve(`${name}/package.json`)), "bin", "cast");
}

describe("one call is one request", () => {
  it("however often and from however many it comes at once", async () => {
    const many = await Promise.all([1, 2, 3, 4].map(() => send(mint(13), "/ONCE-1")));
    expect(await requestsOf("ONCE-1")).toHaveLength(1);
    for (const { error } of many) expect(error?.data?.code).toBe("rpc.pending");
  });

  it("and another one for another amount, reference, or `again`", async () => {
    const [first, ...others] = await Promise.all([
      send(mint(14), "/OTHER-1"),
      send(mint(15), "/OTHER-1"),
      send(mint(14), "/OTHER-2"),
      send(mint(14), "/OTHER-1?again=1"),
    ]);
    const ids = [first, ...others].map(({ error }) => error?.data?.requestId);
    expect(new Set(ids).size).toBe(4);
  });

  it("whatever nonce, gas and fees a client proposes", async () => {
    const fees = {
      nonce: "0x7",
      gas: "0x5208",
      maxFeePerGas: "0x1",
      maxPriorityFeePerGas: "0x1",
      type: "0x2",
      chainId: "0x7a69",
    };
    const plain = await send(mint(16), "/FEES-1");
    const dressed = await send(mint(16), "/FEES-1", fees);
    expect(dressed.error?.data?.requestId).toBe(plain.error?.data?.requestId);
  });
});

describe("what is no operation that people agree to", () => {
  it("gets the reason of the policy when nobody may approve it", async () => {
    const { error } = await send(mint(1, `0x${"de".repeat(20)}`), "/DENIED-1");
    expect(error?.code).toBe(-32_003);
    expect(error?.message).toMatch(/^request 0x[0-9a-f]{64} is refused: the policy does not allow it .*treasury/);
    expect(error?.data?.code).toBe("rpc.refused");
  });

  it("gets that reason in whichever tool asked", async () => {
    const thief = `0x${"de".repeat(20)}`;
    const reason = /is refused: the policy does not allow it .*treasury/;
    const provider = new JsonRpcProvider(`${patient.url}/DENIED-2`, undefined, { cacheTimeout: -1 });
    const signer = await provider.getSigner(account);
    await expect(signer.sendUncheckedTransaction({ to: goldToken, data: mint(1, thief) })).rejects.toThrow(reason);
    provider.destroy();
    await expect(viemMint(`${patient.url}/DENIED-3`, thief, 1)).rejects.toThrow(reason);
    await expect(castMint(`${patient.url}/DENIED-4`, thief, 1)).rejects.toThrow(reason);
    const { error } = await hardhatMint(`${patient.url}/DENIED-5`, thief, 1);
    expect(error).toMatchObject({ code: -32003 });
    expect(error?.message).toMatch(reason);
  });

  it("gets the reason of whoever rejected it", async () => {
    const pending = await send(mint(17), "/REJECTED-1");
    const id = pending.error!.data!.requestId;
    await place.as("carla", ["request", "reject", id, "--reason", "no such deposit", "--yes"]);
    const { error } = await send(mint(17), "/REJECTED-1");
    expect(error?.message).toMatch(new RegExp(`^request ${id} is rejected: `));
  });

  const from = (): string => account.toLowerCase();
  it.each<[string, string, () => object]>([
    ["no reference", "/", () => ({ data: mint(1) })],
    ["a reference that is none", "/not%20one", () => ({ data: mint(1) })],
    ["an `again` that is no number", "/X-1?again=one", () => ({ data: mint(1) })],
    ["ether", "/X-1", () => ({ data: mint(1), value: "0x1" })],
    ["another chain", "/X-1", () => ({ data: mint(1), chainId: "0x1" })],
    ["an access list", "/X-1", () => ({ data: mint(1), accessList: [{}] })],
    ["a creation", "/X-1", () => ({ data: mint(1), to: undefined })],
    ["another contract", "/X-1", () => ({ data: mint(1), to: treasury })],
    ["another selector", "/X-1", () => ({ data: "0xdeadbeef" })],
    ["trailing bytes", "/X-1", () => ({ data: `${mint(1)}00` })],
    ["two different calls", "/X-1", () => ({ data: mint(1), input: mint(2) })],
    ["an account that is not managed", "/X-1", () => ({ data: mint(1), from: treasury })],
    ["a field that we do not know", "/X-1", () => ({ data: mint(1), authorizationList: [] })],
  ])("is refused before it is asked for: %s", async (_, path, fields) => {
    const before = (await place.serve.store.requests({ limit: 100 })).length;
    const { error } = await call("eth_sendTransaction", [{ from: from(), to: goldToken, ...fields() }], path);
    expect(error?.code).toBe(-32_602);
    expect((await place.serve.store.requests({ limit: 100 })).length).toBe(before);
  });

  it.each([
    ...["eth_sign", "personal_sign", "eth_signTransaction", "eth_signTypedData", "eth_signTypedData_v3"],
    ...["eth_signTypedData_v4", "wallet_sendCalls"],
  ])("is refused in words: %s", async (method) => {
    const { error } = await call(method, [account, "0x00"], "/X-1");
    expect(error?.code).toBe(4_200);
    expect(error?.message).toContain(`\`${method}\` is refused: `);
  });

  it.each(["anvil_setBalance", "debug_traceCall", "personal_unlockAccount", "constructor", "eth_sendUserOperation"])(
    "is no method here: %s",
    async (method) => {
      expect((await call(method, [])).error?.code).toBe(-32_601);
    },
  );

  it("is a managed account's raw transaction, while a stranger's goes to the node", async () => {
    const { privateKey } = managedKey(place.serve.gatePlace.deployment.key.id);
    const transaction = {
      to: treasury as `0x${string}`,
      value: 0n,
      chainId: 31_337,
      nonce: 0,
      gas: 21_000n,
      maxFeePerGas: 10n ** 10n,
    } as const;
    const rawOf = (secret: `0x${string}`): Promise<string> =>
      privateKeyToAccount(secret).signTransaction({ type: "eip1559", ...transaction });
    const own = await call("eth_sendRawTransaction", [await rawOf(privateKey)]);
    expect(own.error).toMatchObject({ code: 4_200, data: { code: "rpc.refused" } });
    const stranger = await call("eth_sendRawTransaction", [await rawOf(`0x${"51".repeat(32)}`)]);
    expect(stranger.error?.message).toContain("Insufficient funds");
    expect((await call("eth_sendRawTransaction", ["0x02"])).error?.code).toBe(-32_602);
  });
});

describe("reads", () => {
  it("of the chain go to the node, with the node's own errors", async () => {
    expect(await call("eth_chainId", [])).toEqual({ result: "0x7a69" });
    expect(await call("net_version", [])).toEqual({ result: "31337" });
    expect(await call("eth_accounts", [])).toEqual({ result: [account] });
    expect((await call("eth_getCode", [chain.token, "latest"])).result).toMatch(/^0x60/);
    const reverted = await call("eth_call", [{ to: chain.token, from: treasury, data: mint(1) }, "latest"]);
    expect(reverted.error).toMatchObject({ code: 3, data: expect.stringMatching(/^0x[0-9a-f]{8}/) as string });
  });

  it("come in batches, and what is no call is said to be none", async () => {
    const post = async (body: string): Promise<unknown> =>
      (await fetch(rpc.url, { method: "POST", headers: { "content-type": "application/json" }, body })).json();
    const one = { jsonrpc: "2.0", id: 1, method: "eth_chainId" };
    expect(await post(JSON.stringify([one, { ...one, id: 2, method: "net_version" }]))).toEqual([
      { jsonrpc: "2.0", id: 1, result: "0x7a69" },
      { jsonrpc: "2.0", id: 2, result: "31337" },
    ]);
    const refused = async (body: string): Promise<unknown> =>
      ((await post(body)) as { error: { code: number } }).error.code;
    expect(await refused("{")).toBe(-32_700);
    expect(await refused("[]")).toBe(-32_600);
    expect(await refused('{"id":1}')).toBe(-32_600);
    expect(await refused(`{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}`)).toBe(-32_700);
  });
});

describe("the command", () => {
  it("answers until it is told to end", async () => {
    const words = ["src/main.ts", "rpc", "--endpoint", chain.url, "--port", "0"];
    const child = spawn(process.execPath, words, { env: { ...process.env, ...place.envOf("ida") } });
    const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_accounts" });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body });
    expect(await answer.json()).toEqual({ jsonrpc: "2.0", id: 1, result: [account] });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("says what is wrong with a chain, a node and a reference", async () => {
    const said = async (...words: string[]): Promise<string> => {
      const { code, err } = await place.as("ida", ["rpc", "--endpoint", chain.url, ...words]);
      expect(code).toBe(2);
      return err.join("\n");
    };
    expect(await said("--chain", "5")).toContain("--chain: `5` is no chain of the genesis; it has 31337");
    expect(await said("--reference", "not one")).toContain("--reference: `not one` is not a reference");
    expect(await said("--endpoint", place.api)).toContain("is given twice");
    const wrong = await place.as("ida", ["rpc", "--endpoint", place.api]);
    expect([wrong.code, wrong.err.join()]).toEqual([2, expect.stringContaining("eth_chainId")]);
  });
});

describe("nobody but programs of this machine", () => {
  const post = (headers: Record<string, string>, method = "POST"): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(rpc.url);
      const asked = plainRequest({ host: "127.0.0.1", port, method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.once("error", reject);
      asked.end(method === "GET" ? undefined : "{}");
    });
  const json = { "content-type": "application/json" };

  it("is answered: no page, no other name, no form, nothing too long", async () => {
    const { host, port } = new URL(rpc.url);
    expect(await post({ ...json, host })).toBe(200);
    expect(await post({ ...json, host: `localhost:${port}` })).toBe(200);
    expect(await post({ ...json, host: `evil.example:${port}` })).toBe(421);
    expect(await post({ ...json, host, origin: "https://evil.example" })).toBe(403);
    expect(await post({ ...json, host, origin: rpc.url })).toBe(403);
    expect(await post({ "content-type": "text/plain", host })).toBe(415);
    expect(await post({ host }, "GET")).toBe(405);
    const long = await fetch(rpc.url, { method: "POST", headers: json, body: " ".repeat(300_000) });
    expect(long.status).toBe(413);
  });
});

describe("a service that lies", () => {
  beforeEach(() => {
    place.lie = {};
  });
  afterEach(() => {
    place.lie = {};
  });

  const told = async (lie: ServicePlace["lie"], amount = 10, path = "/ETHERS-1"): Promise<Answer["error"]> => {
    place.lie = lie;
    return (await send(mint(amount), path)).error;
  };
  const viewWith = (change: object): ServicePlace["lie"] => ({
    request: async (id) => {
      const found = await place.serve.desk.request(id);
      return found.kind === "absent" ? found : { kind: "found", value: { ...found.value, ...change } };
    },
  });

  it("gets no hash believed that no bundle proves", async () => {
    if (place.serve.chain.sent.length === 0) throw new Error("nothing was minted before");
    expect((await send(mint(10), "/ETHERS-1")).result).toMatch(hash);
    expect((await told(viewWith({ txHash: `0x${"12".repeat(32)}` })))?.data?.code).toBe("client.untrue");
    const foreign = async (): Promise<{ kind: "found"; value: { format: string } }> => ({
      kind: "found",
      value: { format: "other" },
    });
    expect((await told({ bundle: foreign }))?.data?.code).toBe("client.untrue");
    const [{ id: another } = { id: "" }] = await requestsOf("VIEM-1");
    expect((await told({ bundle: (_, stage) => place.serve.desk.bundle(another as never, stage) }))?.data?.code).toBe(
      "client.untrue",
    );
  });

  it("gets no other request believed, and no words that are not so", async () => {
    const [{ id: another } = { id: "" }] = await requestsOf("VIEM-1");
    const found = await place.serve.desk.request(another as never);
    if (found.kind === "absent") throw new Error("it is there");
    const [{ id } = { id: "" }] = await requestsOf("ETHERS-1");
    const { submission } = found.value;
    const swapped = { submission: { ...(submission as object), requestId: id }, words: found.value.words };
    expect((await told(viewWith(swapped)))?.data?.code).toBe("client.untrue");
    expect((await told(viewWith({ words: "mint 1 GLD" })))?.data?.code).toBe("client.untrue");
  });
});
