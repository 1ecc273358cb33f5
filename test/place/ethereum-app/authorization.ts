/** EIP-7702 authorizations: a setting, a list of delegates, and one short structure. */
import { concat, encodeRlp, keccak256, toBeArray } from "ethers";
import { Reader, status, StatusWord } from "./apdu.ts";
import type { Settings } from "./settings.ts";

const zeroAddress = "00".repeat(20);

export type Authorization = { readonly digest: string; readonly screens: readonly (readonly [string, string])[] };

/** 2-byte length, then tag-length-value: version 1, delegate, chain id, nonce. */
export function readAuthorization(reader: Reader, { smartAccounts, delegates }: Settings): Authorization {
  const tlv = new Reader(reader.take(reader.take(2).readUInt16BE(0)));
  const values = new Map<number, Buffer>();
  while (tlv.left() > 0) values.set(tlv.u8(), tlv.take(tlv.u8()));
  const [version, delegate, chainId, nonce] = [0, 1, 2, 3].map((tag) => values.get(tag));
  if (version?.toString("hex") !== "01" || delegate?.length !== 20 || chainId === undefined || nonce === undefined)
    throw new StatusWord(status.badData);
  const address = delegate.toString("hex");
  if (!smartAccounts || (address !== zeroAddress && !delegates.includes(`0x${address}`)))
    throw new StatusWord(status.conditions);
  const number = (bytes: Buffer): Uint8Array => toBeArray(BigInt(`0x0${bytes.toString("hex")}`));
  const list = encodeRlp([number(chainId), delegate, number(nonce)]);
  return { digest: keccak256(concat(["0x05", list])), screens: [["Delegate to", `0x${address}`]] };
}
