/** Devices on USB: listed and opened by Ledger's transport over node-hid, which is native and optional. */
import { failed } from "../device-failure.ts";
import type { TransportFactory } from "../eth-app.ts";
import { connect } from "./hw-app-eth.ts";
import { loadPackage, type HidHandle, type Transport } from "./library.ts";

/** `open` is for tests, which have no device. */
export function usbDevices(open: (place: string) => HidHandle = openHandle): TransportFactory {
  return {
    list: () => orFailure(() => loadPackage("@ledgerhq/hw-transport-node-hid-noevents").default.list()),
    connect: (place) => orFailure(() => Promise.resolve(connect(overHandle(open(place))))),
  };
}

/** What an earlier program left unread would be taken for the answer to our first command. */
export function overHandle(handle: HidHandle): Transport {
  for (let reports = 0; reports < 1_000 && handle.readTimeout(0).length > 0; reports += 1);
  const { default: HidTransport } = loadPackage("@ledgerhq/hw-transport-node-hid-noevents");
  return new HidTransport(handle);
}

function openHandle(place: string): HidHandle {
  const { HID } = loadPackage("node-hid");
  return new HID(place);
}

async function orFailure<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw failed(error);
  }
}
