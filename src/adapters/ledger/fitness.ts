/** Whether a plugged-in device is the one a slot expects and is set as it must be: asked step by step, with no command that shows anything. */
import type { Orders, Sight } from "./agent-message.ts";
import { deviceFailure } from "./device-failure.ts";
import type { EthApp } from "./eth-app.ts";
import { isAtLeast } from "./version.ts";

export type Step = {
  readonly check: "app" | "version" | "key" | "blind-signing";
  readonly isFit: boolean;
  /** What a slot is called whose device fails here. */
  readonly state: Sight["state"];
  /** Of the app that is open. */
  readonly version: string;
  /** What was found; where it does not fit, what to do about it. */
  readonly why: string;
};

/** In the order in which a person would put things right; ends after another app, which answers nothing more. */
export async function* fitness(app: EthApp, wanted: Pick<Orders, "app" | "keys">): AsyncGenerator<Step, void> {
  const { name, version } = await app.open();
  const isOpen = name === "Ethereum";
  yield {
    check: "app",
    isFit: isOpen,
    state: "wrong-app",
    version,
    why: isOpen ? `the Ethereum app, ${version}` : deviceFailure("wrong-app").message,
  };
  if (!isOpen) return;
  const { versionMin, blindSigning: declared } = wanted.app;
  const isNew = isAtLeast(version, versionMin);
  const tooOld = `the Ethereum app is ${version}; install ${versionMin} or later`;
  yield { check: "version", isFit: isNew, state: "old-app", version, why: isNew ? `${versionMin} or later` : tooOld };
  for (const { path, publicKey } of wanted.keys) {
    const isOurs = (await app.publicKey(path, false)) === publicKey;
    const other = "the device has another key: another seed, or another passphrase";
    const why = isOurs ? `the pinned key at ${path}` : other;
    yield { check: "key", isFit: isOurs, state: "other-device", version, why };
  }
  const { blindSigning } = await app.settings();
  const isSet = blindSigning === (declared === "required");
  const as = `blind signing is ${blindSigning ? "on" : "off"}, as declared`;
  const why = isSet ? as : wrongSetting(!blindSigning);
  yield { check: "blind-signing", isFit: isSet, state: "settings", version, why };
}

function wrongSetting(isWanted: boolean): string {
  return isWanted
    ? "blind signing is off on the device, and this slot needs it: turn it on in the Ethereum app's settings"
    : "blind signing is on on the device, and this slot declares it off: turn it off in the Ethereum app's settings";
}
