/** The Ethereum app through Ledger's hw-app-eth: every service turned off, every answer taken apart, every error one of ours. */
import { Transaction } from "ethers/transaction";
import { parse as parseHex, toBytes, type Hex } from "../../../values/hex.ts";
import { deviceFailure, failed } from "../device-failure.ts";
import type { Connection, EthApp, RawSignature } from "../eth-app.ts";
import { loadPackage, type LedgerService, type Transport } from "./library.ts";
import { checkTypedData } from "./typed-limits.ts";

/** Each is a place on the network otherwise. */
const nowhere = {
  nftExplorerBaseURL: null,
  pluginBaseURL: null,
  extraPlugins: null,
  cryptoassetsBaseURL: null,
  calServiceURL: null,
  staticERC20Signatures: null,
  staticEIP712SignaturesV1: null,
  staticEIP712SignaturesV2: null,
};

const asksNobody = (): Promise<never> => Promise.reject(deviceFailure("library", 0, "a service was asked"));

/** The library's own parser knows types 0 to 2 only. */
const offline: LedgerService = {
  parseTransaction: (raw) => {
    const { chainId, type } = Transaction.from(raw);
    return { chainId: Number(chainId), type: type === 0 ? null : type };
  },
  resolveTransaction: asksNobody,
  signDomainResolution: asksNobody,
  signAddressResolution: asksNobody,
};

export function connect(transport: Transport): Connection {
  const { default: Eth } = loadPackage("@ledgerhq/hw-app-eth");
  const eth = new Eth(transport, "w0w", nowhere, offline);
  const app: EthApp = {
    open: () => calling(async () => readOpen(await transport.send(0xb0, 0x01, 0, 0))),
    settings: () =>
      calling(async () => {
        // Flags and version; newer apps may say more, and the rest is not looked at.
        const [flags = 0] = await transport.send(0xe0, 0x06, 0, 0);
        return { blindSigning: (flags & 0x01) === 0x01 };
      }),
    publicKey: (path, isShown) => calling(async () => readPublicKey((await eth.getAddress(path, isShown)).publicKey)),
    signTransaction: (path, unsigned) =>
      calling(async () => {
        // Null and not undefined: undefined would ask Ledger's servers what to show.
        const { v, r, s } = await eth.signTransaction(path, unsigned.slice(2), null);
        return { r, s, yParity: parityOf(toBytes(unsigned), v) };
      }),
    signTypedData: (path, typed) =>
      calling(async (): Promise<RawSignature> => {
        checkTypedData(typed);
        const { v, r, s } = await eth.signEIP712Message(path, typed);
        return { r, s, yParity: v - 27 };
      }),
  };
  return { app, close: () => calling(() => transport.close()) };
}

async function calling<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failed(error);
  }
}

/** `1 | length name | length version | …`. */
function readOpen(answer: Buffer): Awaited<ReturnType<EthApp["open"]>> {
  const nameEnds = 2 + (answer[1] ?? 0);
  const versionEnds = nameEnds + 1 + (answer[nameEnds] ?? 0);
  if (answer[0] !== 1 || answer.length < versionEnds + 2) throw deviceFailure("answer");
  return {
    name: answer.subarray(2, nameEnds).toString("latin1"),
    version: answer.subarray(nameEnds + 1, versionEnds).toString("latin1"),
  };
}

function readPublicKey(text: string): Hex {
  if (!/^04[0-9a-f]{128}$/.test(text)) throw deviceFailure("answer");
  return parseHex(`0x${text}`, 65);
}

/** A typed transaction's v is its parity; a legacy one's is EIP-155. */
function parityOf([first = 0]: Uint8Array, v: string): number {
  if (first <= 0x7f) return Number.parseInt(v, 16);
  const value = BigInt(`0x${v}`);
  return value < 35n ? -1 : Number((value - 35n) % 2n);
}
