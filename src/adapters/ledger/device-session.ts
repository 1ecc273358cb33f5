/** One slot's device: found by its keys among all that is plugged in, checked, asked for one signature at a time. */
import { fromBytes, toBytes, type Hex } from "../../values/hex.ts";
import type { Answer, Orders, Sight } from "./agent-message.ts";
import type { DerivationPath } from "./derivation-path.ts";
import { deviceFailure, failed, type DeviceFailure } from "./device-failure.ts";
import type { Connection, RawSignature, TransportFactory } from "./eth-app.ts";
import { fitness } from "./fitness.ts";

type Bound = { readonly place: string; readonly connection: Connection; readonly version: string };
type Checked = { readonly sight: Sight; readonly bound?: Bound };

export type DeviceSession = {
  readonly look: (others: readonly string[], isBrief: boolean) => Promise<Sight>;
  /** Rejects with a `SigningFailure`. */
  readonly sign: (path: DerivationPath, publicKey: Hex, unsigned: Hex) => Promise<RawSignature>;
};

export class SigningFailure extends Error {
  override readonly name = "SigningFailure";
  override readonly cause: DeviceFailure;
  /** Something may have been on the screen. */
  readonly isShown: boolean;

  constructor(cause: DeviceFailure, isShown: boolean) {
    super(cause.message);
    this.cause = cause;
    this.isShown = isShown;
  }

  answer(id: number): Answer {
    return { kind: "failed", id, failure: this.cause.failure, isShown: this.isShown };
  }
}

const placesMax = 16;

export function createDeviceSession(factory: TransportFactory, orders: Orders): DeviceSession {
  let bound: Bound | undefined;
  let isBusy = false;

  /** Every place is looked at, since two devices with the same seed are not ours to choose between. */
  async function look(others: readonly string[], isBrief: boolean): Promise<Sight> {
    const places = (await factory.list()).filter((place) => !others.includes(place)).slice(0, placesMax);
    if (bound !== undefined && !places.includes(bound.place)) await letGo();
    if (bound !== undefined) {
      if (isBrief) return seen("ready", "ready", bound);
      const checked = await checkAt(bound, orders);
      if (checked.bound === undefined) await letGo();
      return checked.sight;
    }
    const checks: Checked[] = [];
    for (const place of places) checks.push(await tryPlace(factory, place, orders));
    const ours = checks.flatMap((one) => (one.bound === undefined ? [] : [one.bound]));
    const [first, second] = ours;
    if (first !== undefined && second === undefined) {
      bound = first;
      return seen("ready", "ready", first);
    }
    for (const one of ours) await closed(one.connection);
    if (first !== undefined)
      return seen("two-devices", "two devices with these keys are plugged in; take one of them away");
    return bestOf(checks.map(({ sight }) => sight));
  }

  async function sign(path: DerivationPath, publicKey: Hex, unsigned: Hex): Promise<RawSignature> {
    if (isBusy) throw new SigningFailure(deviceFailure("library"), false);
    if (bound === undefined) throw new SigningFailure(deviceFailure("gone"), false);
    const { app } = bound.connection;
    isBusy = true;
    let isShown = false;
    try {
      // The seed under the same cable may be another one by now.
      if ((await app.publicKey(path, false)) !== publicKey) throw deviceFailure("answer", 0, "it has another key");
      isShown = true;
      return await app.signTransaction(path, fromBytes(toBytes(unsigned)));
    } catch (error) {
      const failure = failed(error);
      if (failure.failure.kind !== "rejected") await letGo();
      throw new SigningFailure(failure, isShown);
    } finally {
      isBusy = false;
    }
  }

  async function letGo(): Promise<void> {
    const before = bound;
    bound = undefined;
    if (before !== undefined) await closed(before.connection);
  }

  return { look, sign };
}

async function tryPlace(factory: TransportFactory, place: string, orders: Orders): Promise<Checked> {
  let connection: Connection;
  try {
    connection = await factory.connect(place);
  } catch (error) {
    return { sight: sightOf(failed(error)) };
  }
  const checked = await checkAt({ place, connection }, orders);
  if (checked.bound === undefined) await closed(connection);
  return checked;
}

/** The app, its version, the keys and the setting: no command of these shows anything. */
async function checkAt({ place, connection }: Omit<Bound, "version">, orders: Orders): Promise<Checked> {
  try {
    let version = "";
    for await (const step of fitness(connection.app, orders)) {
      if (!step.isFit) return { sight: seen(step.state, step.why) };
      version = step.version;
    }
    const own = { place, connection, version };
    return { sight: seen("ready", "ready", own), bound: own };
  } catch (error) {
    return { sight: sightOf(failed(error)) };
  }
}

/** A device that is gone is closed all the same, so that its file is. */
async function closed(connection: Connection): Promise<void> {
  await connection.close().catch(() => undefined);
}

function seen(state: Sight["state"], why: string, bound?: Bound): Sight {
  return { state, why, place: bound?.place ?? "", version: bound?.version ?? "" };
}

function sightOf({ failure, message }: DeviceFailure): Sight {
  return seen(failure.kind === "locked" || failure.kind === "wrong-app" ? failure.kind : "absent", message);
}

/** What is nearest to being ready says what to do next. */
const order: readonly Sight["state"][] = ["settings", "old-app", "locked", "wrong-app", "other-device"];

function bestOf(sights: readonly Sight[]): Sight {
  for (const state of order) {
    const found = sights.find((sight) => sight.state === state);
    if (found !== undefined) return found;
  }
  return sights[0] ?? seen("absent", deviceFailure("gone").message);
}
