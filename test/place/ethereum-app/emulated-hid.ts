/** A handle as `node-hid` would give: reports of 64 bytes on a channel, under Ledger's real USB transport. */
import type { EthereumApp } from "./ethereum-app.ts";

type Reading = (error: Error | undefined, report?: number[]) => void;

const reportBytes = 64;
const tag = 0x05;

export class EmulatedHid {
  readonly #app: EthereumApp;
  readonly #reports: Buffer[] = [];
  readonly #readers: Reading[] = [];
  #incoming = Buffer.alloc(0);
  #length = 0;
  #isClosed = false;

  constructor(app: EthereumApp) {
    this.#app = app;
  }

  getDeviceInfo(): { readonly product: string; readonly vendorId: number } {
    return { product: "Nano X", vendorId: 0x2c97 };
  }

  /** A zero for the report number, then `channel | 05 | sequence | [length] data`. */
  write(report: readonly number[]): number {
    if (this.#isClosed || this.#app.isGone()) throw new Error("Cannot write to hid device");
    const bytes = Buffer.from(report).subarray(1);
    const channel = bytes.subarray(0, 2);
    const sequence = bytes.readUInt16BE(3);
    if (sequence === 0) {
      this.#length = bytes.readUInt16BE(5);
      this.#incoming = Buffer.alloc(0);
    }
    this.#incoming = Buffer.concat([this.#incoming, bytes.subarray(sequence === 0 ? 7 : 5)]);
    if (this.#incoming.length >= this.#length)
      this.#app.exchange(this.#incoming.subarray(0, this.#length)).then(
        (answer) => {
          this.send(channel, answer);
        },
        (error: unknown) => {
          this.#fail(error instanceof Error ? error : new Error("could not read from HID device"));
        },
      );
    return report.length;
  }

  read(reading: Reading): void {
    const report = this.#reports.shift();
    if (report !== undefined) reading(undefined, [...report]);
    else if (this.#isClosed || this.#app.isGone()) reading(new Error("could not read from HID device"));
    else this.#readers.push(reading);
  }

  /** The next report that waits already, or nothing. */
  readTimeout(): readonly number[] {
    return [...(this.#reports.shift() ?? [])];
  }

  close(): void {
    this.#isClosed = true;
    this.#fail(new Error("could not read from HID device"));
  }

  /** An answer in reports; a test sends one on another program's channel. */
  send(channel: Uint8Array, answer: Buffer): void {
    const length = Buffer.from([answer.length >> 8, answer.length & 0xff]);
    const whole = Buffer.concat([length, answer]);
    const room = reportBytes - 5;
    for (let sequence = 0; sequence * room < whole.length; sequence += 1) {
      const report = Buffer.alloc(reportBytes);
      report.set(channel, 0);
      report.writeUInt8(tag, 2);
      report.writeUInt16BE(sequence, 3);
      report.set(whole.subarray(sequence * room, (sequence + 1) * room), 5);
      const reader = this.#readers.shift();
      if (reader === undefined) this.#reports.push(report);
      else reader(undefined, [...report]);
    }
  }

  #fail(error: Error): void {
    for (const reader of this.#readers.splice(0)) reader(error);
  }
}
