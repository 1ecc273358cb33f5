/** The emulated app as one of Ledger's own transports, above which their libraries notice nothing. */
import { createRequire } from "node:module";
import type { EthereumApp } from "./ethereum-app.ts";

type Base = {
  exchangeAtomicImpl: (exchange: () => Promise<Buffer>) => Promise<Buffer>;
};

const { default: Transport } = createRequire(import.meta.url)("@ledgerhq/hw-transport") as { default: new () => Base };

export class EmulatedTransport extends Transport {
  readonly #app: EthereumApp;

  constructor(app: EthereumApp) {
    super();
    this.#app = app;
  }

  /** Commands one after the other, as on a cable. */
  exchange(apdu: Uint8Array): Promise<Buffer> {
    return this.exchangeAtomicImpl(() => this.#app.exchange(apdu));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
