/** The emulated Ethereum app beside recordings of the real one that come with Ledger's own package, and its rules one by one. */
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Signature, SigningKey, Transaction, hashMessage, keccak256, concat, encodeRlp, HDNodeWallet } from "ethers";
import { hashTypedData } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import { EthereumApp } from "../../place/ethereum-app/ethereum-app.ts";
import { Gone, type Person } from "../../place/ethereum-app/review.ts";
import { speculosWords } from "../../place/ethereum-app/wallet.ts";

const path = "44'/60'/0'/0/0";
const wallet = HDNodeWallet.fromPhrase(speculosWords, "", `m/${path}`);
const key = new SigningKey(wallet.privateKey);
const pathBytes = Buffer.from("058000002c8000003c800000000000000000000000", "hex");
const recordings = join(dirname(createRequire(import.meta.url).resolve("@ledgerhq/hw-app-eth/package.json")), "tests");

let app: EthereumApp;
beforeEach(() => {
  app = new EthereumApp();
});

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ""), "hex");
const say = async (text: string): Promise<string> => (await app.exchange(hex(text))).toString("hex");
function command(ins: number, p1: number, p2: number, data: Buffer, cla = 0xe0): Buffer {
  return Buffer.concat([Buffer.from([cla, ins, p1, p2, data.length]), data]);
}
const ask = async (ins: number, p1: number, p2: number, data: Buffer): Promise<string> =>
  (await app.exchange(command(ins, p1, p2, data))).toString("hex");

/** All chunks of a transaction as the library sends them when there is no reason to cut elsewhere. */
async function signRaw(raw: Buffer, size = 255): Promise<string> {
  const whole = Buffer.concat([pathBytes, raw]);
  let last = "";
  for (let at = 0; at < whole.length; at += size) {
    last = await ask(0x04, at === 0 ? 0x00 : 0x80, 0, whole.subarray(at, at + size));
    if (last !== "9000") break;
  }
  return last;
}
const rs = (digest: string): string => {
  const { r, s } = key.sign(digest);
  return r.slice(2) + s.slice(2);
};

describe("recordings of the real app", () => {
  type Exchange = { readonly asked: string; readonly answered: string };
  const exchanges = (text: string): Exchange[] =>
    [...text.matchAll(/=>\s*([0-9a-f]+)\s*<=\s*([0-9a-f]+)/g)].map(([, asked = "", answered = ""]) => ({
      asked,
      answered,
    }));

  /** What viem makes of the message that was recorded, whose addresses have invented checksums. */
  function expectedDigest(file: string): string {
    const text = readFileSync(file.replace("apdus", "messages").replace(".apdus", ".json"), "utf8");
    const lower = text.replace(/"0x[0-9a-fA-F]{40}"/g, (address) => address.toLowerCase());
    return hashTypedData(JSON.parse(lower) as Parameters<typeof hashTypedData>[0]);
  }

  /** Fifteen were recorded with seeds that nobody tells: of those the digest is compared instead of the signature over it. */
  test("typed data without filters is answered byte for byte, and signed over the digest that viem has", async () => {
    const files = globSync(join(recordings, "fixtures/apdus/*.apdus")).filter((file) => /\/\d+\.apdus$/.test(file));
    let same = 0;
    for (const file of files) {
      let digest = "";
      const recorded = exchanges(readFileSync(file, "utf8"));
      const person: Person = (review) => {
        digest = review.digest ?? "";
        return "approve";
      };
      app = new EthereumApp({ version: versionIn(recorded), person });
      for (const { asked, answered } of recorded.slice(0, -1))
        if (!asked.startsWith("b001")) expect([file, asked, await say(asked)]).toEqual([file, asked, answered]);
      const { asked = "", answered = "" } = recorded.at(-1) ?? {};
      if ((await say(asked)) === answered) {
        same += 1;
        continue;
      }
      expect([file, digest]).toEqual([file, expectedDigest(file)]);
    }
    expect(files).toHaveLength(19);
    expect(same).toBe(4);
  });

  function versionIn([first]: readonly Exchange[]): readonly [number, number, number] {
    const version = /1\.\d+\.\d+/.exec(hex(first?.answered ?? "").toString("latin1"))?.[0] ?? "1.22.0";
    const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
    return [major, minor, patch];
  }

  test("token entries that Ledger signed are taken, and changed ones are not", async () => {
    const source = readFileSync(join(recordings, "Eth.unit.test.ts"), "utf8");
    const entries = new Set(source.match(/e00a0000[0-9a-f]+/g));
    expect(entries.size).toBeGreaterThan(3);
    for (const entry of entries) {
      expect(await say(entry)).toMatch(/^0[0-4]9000$/);
      const bent = hex(entry);
      bent.writeUInt8(bent.readUInt8(12) ^ 1, 12);
      expect((await app.exchange(bent)).toString("hex")).toBe("6a80");
    }
  });
});

describe("commands", () => {
  test("have an exact length, a known class and a known instruction", async () => {
    expect(await say("e0060000")).toBe("6a87");
    expect(await say("e00600000100ff")).toBe("6a87");
    expect(await say("d006000000")).toBe("6e00");
    expect(await say("e0ff000000")).toBe("6d00");
  });

  test("tell the open app, its version and its flags", async () => {
    expect(await say("b001000000")).toBe("0108457468657265756d06312e32322e3001009000");
    expect(await say("e006000000")).toBe("030116009000");
    app.settings.blindSigning = false;
    expect(await say("e006000000")).toBe("020116009000");
  });

  test("are refused while the device is locked or another app is open", async () => {
    app.settings.locked = true;
    expect(await say("e006000000")).toBe("5515");
    app.settings.locked = false;
    app.settings.app = "Bitcoin";
    expect(await say("e006000000")).toBe("6e00");
    expect(await say("b001000000")).toMatch(/^0107426974636f696e/);
    app.settings.otherAppWord = 0x6511;
    expect(await say("e006000000")).toBe("6511");
  });

  test("give the address of a path, and nothing of a path that the app does not use", async () => {
    const told = `41${key.publicKey.slice(2)}28${Buffer.from(wallet.address.slice(2)).toString("hex")}`;
    expect(await ask(0x02, 0, 0, pathBytes)).toBe(`${told}9000`);
    expect(await ask(0x02, 1, 1, Buffer.concat([pathBytes, Buffer.alloc(8)]))).toBe(
      `${told}${wallet.chainCode.slice(2)}9000`,
    );
    expect(await ask(0x02, 0, 0, hex("028000002c80000001"))).toBe("6a15");
    expect(await ask(0x02, 0, 0, hex("020000002c0000003c"))).toBe("6a12");
    expect(await ask(0x02, 0, 0, hex("00"))).toBe("6a80");
    expect(await ask(0x02, 0, 0, hex(`0b${"8000002c".repeat(11)}`))).toBe("6a80");
    expect(await ask(0x02, 2, 0, pathBytes)).toBe("6b00");
    expect(await ask(0x02, 0, 0, Buffer.concat([pathBytes, Buffer.alloc(3)]))).toBe("6a80");
    app.settings.person = () => "reject";
    expect(await ask(0x02, 1, 0, pathBytes)).toBe("6985");
  });
});

describe("transactions", () => {
  const fields = { to: `0x${"11".repeat(20)}`, nonce: 3, gasLimit: 90_000, value: 5n, chainId: 31_337 };
  const fee = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 9n };

  test.each([
    [
      "1",
      { type: 1, gasPrice: 10n ** 9n, accessList: [{ address: fields.to, storageKeys: [`0x${"22".repeat(32)}`] }] },
    ],
    ["2", { type: 2, ...fee }],
    [
      "4",
      {
        type: 4,
        ...fee,
        authorizationList: [
          { address: fields.to, nonce: 0n, chainId: 1n, signature: Signature.from(key.sign(keccak256("0x"))) },
        ],
      },
    ],
  ])("of type %s are signed with their parity", async (_, more) => {
    const tx = Transaction.from({ ...fields, ...more });
    const { yParity } = key.sign(tx.unsignedHash);
    expect(await signRaw(hex(tx.unsignedSerialized.slice(2)))).toBe(`0${String(yParity)}${rs(tx.unsignedHash)}9000`);
  });

  test("of type 3 are refused", async () => {
    expect(await signRaw(hex(`03${encodeRlp(["0x01"]).slice(2)}`))).toBe("6501");
  });

  test.each([1, 5, 137, 10_143, 31_337, 11_155_111, 2 ** 32 - 1, 2 ** 40, Number.MAX_SAFE_INTEGER])(
    "of the first kind carry chain %d in one byte of v",
    async (chainId) => {
      const tx = Transaction.from({ ...fields, chainId, type: 0, gasPrice: 10n ** 9n });
      const answered = await signRaw(hex(tx.unsignedSerialized.slice(2)));
      const chain = chainId.toString(16).padStart(chainId.toString(16).length + (chainId.toString(16).length % 2), "0");
      const first = Number.parseInt(chain.slice(0, 8), 16);
      const { yParity } = key.sign(tx.unsignedHash);
      const v = ((first * 2 + 35 + yParity) % 256).toString(16).padStart(2, "0");
      expect(answered).toBe(`${v}${rs(tx.unsignedHash)}9000`);
    },
  );

  test("without a chain id are waited for and never answered with a signature", async () => {
    const tx = Transaction.from({ ...fields, chainId: 0, type: 0, gasPrice: 10n ** 9n });
    expect(await signRaw(hex(tx.unsignedSerialized.slice(2)))).toBe("9000");
  });

  test.each([180, 190, 200, 210, 440, 450, 1_000, 5_000])(
    "with %d bytes of data come in chunks of any size",
    async (size) => {
      const tx = Transaction.from({ ...fields, ...fee, type: 2, data: `0x${"ab".repeat(size)}` });
      const raw = hex(tx.unsignedSerialized.slice(2));
      const { yParity } = key.sign(tx.unsignedHash);
      for (const chunk of [255, 150, 64])
        expect(await signRaw(raw, chunk)).toBe(`0${String(yParity)}${rs(tx.unsignedHash)}9000`);
    },
  );

  test("with data are refused on the first chunk while blind signing is off, token calls with value always", async () => {
    app.settings.blindSigning = false;
    const blind = Transaction.from({ ...fields, ...fee, type: 2, data: `0x${"ab".repeat(900)}` });
    const first = Buffer.concat([pathBytes, hex(blind.unsignedSerialized.slice(2))]).subarray(0, 255);
    expect(await ask(0x04, 0x00, 0, first)).toBe("6a80");
    app.settings.blindSigning = true;
    const paying = Transaction.from({ ...fields, ...fee, type: 2, data: `0xa9059cbb${"00".repeat(64)}` });
    expect(await signRaw(hex(paying.unsignedSerialized.slice(2)))).toBe("6a80");
  });

  test("follow a first chunk, and a first chunk is more than a path", async () => {
    expect(await ask(0x04, 0x80, 0, hex("00"))).toBe("6980");
    expect(await ask(0x04, 0x00, 0, pathBytes)).toBe("6a80");
    expect(await ask(0x04, 0x01, 0, pathBytes)).toBe("6b00");
  });
});

describe("messages and typed data", () => {
  const cut = async (text: Buffer, size = 150): Promise<string> => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    const whole = Buffer.concat([pathBytes, length, text]);
    let last = "";
    for (let at = 0; at < whole.length; at += size)
      last = await ask(0x08, at === 0 ? 0x00 : 0x80, 0, whole.subarray(at, at + size));
    return last;
  };

  test.each(["", "short", "x".repeat(150), "y".repeat(700)])(
    "a personal message of any length is signed",
    async (text) => {
      const digest = hashMessage(text);
      const { v } = key.sign(digest);
      expect(await cut(Buffer.from(text))).toBe(`${v.toString(16)}${rs(digest)}9000`);
    },
  );

  test("a message is refused when it goes on without a start, starts twice or is too long", async () => {
    expect(await ask(0x08, 0x80, 0, hex("00"))).toBe("6a80");
    expect(await ask(0x08, 0x00, 0, Buffer.concat([pathBytes, hex("0000000a00")]))).toBe("9000");
    expect(await ask(0x08, 0x00, 0, Buffer.concat([pathBytes, hex("0000000a00")]))).toBe("6980");
    expect(await ask(0x08, 0x00, 0, Buffer.concat([pathBytes, hex("000000010000")]))).toBe("6a80");
  });

  test("hashed typed data is signed only where blind signing is on", async () => {
    const hashes = Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32, 2)]);
    const digest = keccak256(concat(["0x1901", hashes]));
    const { v } = key.sign(digest);
    expect(await ask(0x0c, 0, 0, Buffer.concat([pathBytes, hashes]))).toBe(`${v.toString(16)}${rs(digest)}9000`);
    expect(await ask(0x0c, 0, 0, Buffer.concat([pathBytes, hashes.subarray(1)]))).toBe("6a80");
    app.settings.blindSigning = false;
    expect(await ask(0x0c, 0, 0, Buffer.concat([pathBytes, hashes]))).toBe("6a80");
  });

  test("full typed data is refused when nothing came before, and when blind signing is off at the first field", async () => {
    expect(await ask(0x0c, 0, 1, pathBytes)).toBe("6980");
    app.settings.blindSigning = false;
    expect(await ask(0x1a, 0, 0, Buffer.from("EIP712Domain"))).toBe("9000");
    expect(await ask(0x1a, 0, 0xff, hex("05046e616d65"))).toBe("9000");
    expect(await ask(0x1c, 0, 0, Buffer.from("EIP712Domain"))).toBe("9000");
    expect(await ask(0x1c, 0, 0xff, hex("000141"))).toBe("6a80");
  });

  test("an authorization needs the setting, and a delegate that is known or nobody", async () => {
    const zero = `0001010114${"00".repeat(20)}0201010301 07`.replace(/\s/g, "");
    const data = (tlv: string): Buffer => {
      const bytes = hex(tlv);
      return Buffer.concat([pathBytes, Buffer.from([0, bytes.length]), bytes]);
    };
    expect(await ask(0x34, 0, 0, data(zero))).toBe("6980");
    app.settings.smartAccounts = true;
    const digest = keccak256(concat(["0x05", encodeRlp(["0x01", `0x${"00".repeat(20)}`, "0x07"])]));
    expect(await ask(0x34, 0, 0, data(zero))).toBe(`0${String(key.sign(digest).yParity)}${rs(digest)}9000`);
    expect(await ask(0x34, 0, 0, data(zero.replace("00".repeat(20), "22".repeat(20))))).toBe("6980");
  });
});

describe("a review on the screen", () => {
  const tx = Transaction.from({ type: 2, chainId: 1, to: `0x${"11".repeat(20)}`, value: 1n });
  const sign = (): Promise<string> => signRaw(hex(tx.unsignedSerialized.slice(2)));

  beforeEach(() => {
    app.settings.person = () => "ignore";
  });

  test("stays until a person presses, and shows the hash that is signed", async () => {
    const signed = sign();
    await new Promise(setImmediate);
    expect(app.review()?.screens).toContainEqual(["Tx hash", tx.unsignedHash]);
    app.press("reject");
    expect(await signed).toBe("6985");
  });

  test("is replaced by another signing, and its own call is never answered", async () => {
    const first = sign();
    const second = sign();
    await new Promise(setImmediate);
    app.press("approve");
    expect(await second).toMatch(/9000$/);
    const settled = await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 30, "open"))]);
    expect(settled).toBe("open");
  });

  test("does not survive a question for an address: the app crashes", async () => {
    const signed = sign();
    signed.catch(() => undefined);
    await expect(ask(0x02, 0, 0, pathBytes)).rejects.toThrow(Gone);
    await expect(signed).rejects.toThrow(Gone);
    await expect(say("e006000000")).rejects.toThrow(Gone);
    app.plugIn();
    expect(await say("e006000000")).toBe("030116009000");
  });
});
