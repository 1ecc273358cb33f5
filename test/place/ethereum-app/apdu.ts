/** Commands and answers of a Ledger app as bytes, with the status words that this emulator gives. */

export const status = {
  ok: 0x9000,
  locked: 0x5515,
  rejected: 0x6985,
  conditions: 0x6980,
  badData: 0x6a80,
  badLength: 0x6a87,
  unhardened: 0x6a12,
  otherPath: 0x6a15,
  badParameter: 0x6b00,
  unknownInstruction: 0x6d00,
  otherClass: 0x6e00,
  otherType: 0x6501,
} as const;

/** An answer without data, and an end of whatever was under way. */
export class StatusWord extends Error {
  readonly word: number;

  constructor(word: number) {
    super(word.toString(16));
    this.word = word;
  }
}

export type Command = {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Buffer;
};

/** `CLA INS P1 P2 Lc data`; the length is exact. */
export function readCommand(apdu: Uint8Array): Command {
  const bytes = Buffer.from(apdu);
  if (bytes.length < 5 || bytes.length !== 5 + bytes.readUInt8(4)) throw new StatusWord(status.badLength);
  const [cla = 0, ins = 0, p1 = 0, p2 = 0] = bytes;
  return { cla, ins, p1, p2, data: bytes.subarray(5) };
}

export function answer(data: Uint8Array = new Uint8Array(), word: number = status.ok): Buffer {
  return Buffer.concat([data, Buffer.from([word >> 8, word & 0xff])]);
}

/** Takes bytes off the front; too few are bad data. */
export class Reader {
  #rest: Buffer;

  constructor(bytes: Buffer) {
    this.#rest = bytes;
  }

  take(count: number): Buffer {
    if (this.#rest.length < count) throw new StatusWord(status.badData);
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  u8(): number {
    return this.take(1).readUInt8(0);
  }

  u32(): number {
    return this.take(4).readUInt32BE(0);
  }

  left(): number {
    return this.#rest.length;
  }

  rest(): Buffer {
    return this.take(this.#rest.length);
  }
}
