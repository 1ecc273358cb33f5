/** Ledger's own emulator over its APDU port, for developers: the device is wherever the port is. */
import { connect as dial, type Socket } from "node:net";
import { deviceFailure } from "../device-failure.ts";
import type { TransportFactory } from "../eth-app.ts";
import { connect } from "./hw-app-eth.ts";
import { loadPackage, type Transport } from "./library.ts";

export type SpeculosAddress = { readonly host: string; readonly port: number };

export function speculosDevice({ host, port }: SpeculosAddress): TransportFactory {
  const place = `speculos:${host}:${String(port)}`;
  return {
    list: () => Promise.resolve([place]),
    connect: async () => connect(speculosTransport(await dialled(host, port))),
  };
}

function dialled(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial({ host, port, noDelay: true });
    socket.once("connect", () => {
      resolve(socket);
    });
    socket.once("error", () => {
      reject(deviceFailure("gone", 0, "nothing answers at the port of Speculos"));
    });
  });
}

type Waiting = { readonly resolve: (answer: Buffer) => void; readonly reject: (error: Error) => void };

/** `u32 length | apdu`; the answer is `u32 length of its data | data | status word`, in as many pieces as it likes. */
function speculosTransport(socket: Socket): Transport {
  let held = Buffer.alloc(0);
  let waiting: Waiting | undefined;
  let isOver = false;
  socket.on("data", (chunk) => {
    held = Buffer.concat([held, chunk]);
    const whole = held.length < 4 ? Infinity : 4 + held.readUInt32BE(0) + 2;
    if (held.length < whole) return;
    const answer = held.subarray(4, whole);
    held = held.subarray(whole);
    waiting?.resolve(answer);
    waiting = undefined;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    isOver = true;
    waiting?.reject(deviceFailure("gone"));
    waiting = undefined;
  });
  const { default: Base } = loadPackage("@ledgerhq/hw-transport");
  const transport = new Base();
  transport.exchange = (apdu) =>
    transport.exchangeAtomicImpl(
      () =>
        new Promise((resolve, reject) => {
          if (isOver) {
            reject(deviceFailure("gone"));
            return;
          }
          waiting = { resolve, reject };
          const length = Buffer.alloc(4);
          length.writeUInt32BE(apdu.length);
          socket.write(Buffer.concat([length, apdu]));
        }),
    );
  transport.close = () => {
    socket.destroy();
    return Promise.resolve();
  };
  return transport;
}
