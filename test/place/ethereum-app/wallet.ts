/** The emulated device's seed: the keys at its paths, and RFC 6979 signatures made with them. */
import { HDNodeWallet, Mnemonic, SigningKey } from "ethers";
import { Reader, status, StatusWord } from "./apdu.ts";

/** The seed that Speculos starts with; it is in Ledger's documentation, and nobody's. */
export const speculosWords =
  "glory promote mansion idle axis finger extra february uncover one trip resource " +
  "lawn turtle enact monster seven myth punch hobby comfort wild raise skin";

export type Path = readonly number[];

export type DeviceKey = {
  readonly publicKey: Buffer;
  readonly address: string;
  readonly chainCode: Buffer;
  readonly sign: (digest: string) => { readonly rs: Buffer; readonly parity: 0 | 1 };
};

const hardened = 0x8000_0000;
const roots: readonly Path[] = [[hardened + 44, hardened + 60], [hardened + 45], [12_381, 3_600]];

/** `n` and then so many big-endian elements; the app derives below three roots only. */
export function readPath(reader: Reader): Path {
  const count = reader.u8();
  if (count < 1 || count > 10) throw new StatusWord(status.badData);
  const path = Array.from({ length: count }, () => reader.u32());
  const begins = (root: Path): boolean => root.every((element, index) => path[index] === element);
  if (roots.some(begins)) return path;
  const soft = roots.some((root) => root.every((one, index) => one % hardened === (path[index] ?? -1) % hardened));
  throw new StatusWord(soft ? status.unhardened : status.otherPath);
}

export function createWallet(words: string, password = ""): (path: Path) => DeviceKey {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(words, password), "m");
  const known = new Map<string, DeviceKey>();
  return (path) => {
    const text = path.map((one) => (one >= hardened ? `${String(one - hardened)}'` : String(one))).join("/");
    const before = known.get(text);
    if (before !== undefined) return before;
    const node = root.derivePath(text);
    const key = new SigningKey(node.privateKey);
    const made: DeviceKey = {
      publicKey: bytes(key.publicKey),
      address: node.address,
      chainCode: bytes(node.chainCode),
      sign: (digest) => {
        const { r, s, yParity } = key.sign(digest);
        return { rs: Buffer.concat([bytes(r), bytes(s)]), parity: yParity };
      },
    };
    known.set(text, made);
    return made;
  };
}

function bytes(hex: string): Buffer {
  return Buffer.from(hex.slice(2), "hex");
}
