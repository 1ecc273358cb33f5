/** Reads a list of RLP whose end has not come yet, as the app does between two chunks. */
import { status, StatusWord } from "./apdu.ts";

export type PartialItem = {
  /** As many bytes of its content as there are. */
  readonly content: Buffer;
  readonly length: number;
  readonly isList: boolean;
};

export type PartialList = { readonly items: readonly PartialItem[]; readonly isWhole: boolean };

/** What lies after the outer list is bad data; what is missing is awaited. */
export function readPartialList(bytes: Buffer): PartialList {
  const outer = readHeader(bytes);
  if (outer === undefined) return { items: [], isWhole: false };
  if (!outer.isList || bytes.length > outer.head + outer.length) throw new StatusWord(status.badData);
  let rest = bytes.subarray(outer.head);
  const isWhole = rest.length === outer.length;
  const items: PartialItem[] = [];
  while (rest.length > 0) {
    const header = readHeader(rest);
    if (header === undefined) break;
    const content = rest.subarray(header.head, header.head + header.length);
    items.push({ content, length: header.length, isList: header.isList });
    rest = rest.subarray(header.head + header.length);
  }
  return { items, isWhole };
}

type Header = { readonly head: number; readonly length: number; readonly isList: boolean };

function readHeader(bytes: Buffer): Header | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  if (first < 0x80) return { head: 0, length: 1, isList: false };
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  if (short <= 55) return { head: 1, length: short, isList };
  const size = short - 55;
  if (size > 4) throw new StatusWord(status.badData);
  return bytes.length < 1 + size ? undefined : { head: 1 + size, length: bytes.readUIntBE(1, size), isList };
}
