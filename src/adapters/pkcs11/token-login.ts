/** Opens one token: loads the module, finds the token by its serial number and label, logs in once. */
import type { PKCS11, TokenInfo } from "pkcs11js";
import type { AgentMode, AgentOrders } from "./agent-orders.ts";
import { flags, tokenFlags, user } from "./cryptoki.ts";
import { middlemanIn } from "./module-file.ts";
import { readPin } from "./pin.ts";
import { checkLatch, latchedFailure } from "./pin-latch.ts";
import { profiles, type Profile } from "./profile.ts";
import { classify } from "./token-error.ts";
import { during, failed, misconfigured, TokenFailure } from "./token-failure.ts";

export type OpenToken = {
  readonly module: PKCS11;
  readonly slot: Buffer;
  /** Holds the login for as long as the process lives, searches, and never signs. */
  readonly anchor: Buffer;
  readonly label: string;
  readonly serial: string;
  readonly profile: Profile;
  /** Logs in once more, for the operation that was begun in this session; only in an agent that signs, where the token file says so. */
  readonly loginAgain?: ((session: Buffer) => void) | undefined;
};

export async function loadModule({ path, parameters }: AgentOrders["module"]): Promise<PKCS11> {
  const { default: pkcs11 } = await import("pkcs11js");
  const module = new pkcs11.PKCS11();
  try {
    module.load(path);
  } catch {
    throw misconfigured("loading the module", `\`${path}\` is not a PKCS#11 module, or lacks a library it needs`);
  }
  startModule(module, parameters);
  const why = middlemanIn(path, descriptionOf(module));
  if (why !== undefined) throw misconfigured("loading the module", `\`${path}\` ${why}`);
  return module;
}

/** Without the flag the module believes in a single thread, and the process dies once two sessions sign. */
export function startModule(module: PKCS11, parameters: string | undefined): void {
  during("starting the module", () => {
    module.C_Initialize({
      flags: flags.osLockingOk,
      ...(parameters === undefined ? {} : { libraryParameters: parameters }),
    });
  });
}

/** `told` hears of the PIN before the module does. */
export async function openToken(
  module: PKCS11,
  orders: AgentOrders,
  mode: AgentMode,
  told: (pin: string) => void,
): Promise<OpenToken> {
  if (orders.token === null) throw misconfigured("finding the token", "no token is named");
  const { label, serial } = orders.token;
  const { slot, info } = findToken(module, label, serial);
  checkFlags(info, !("none" in orders.login.pin));
  const profile = profiles[orders.profile];
  // Only a ceremony may write to the token, unless the device signs in no other session.
  const rights = mode === "sign" && !profile.readWrite ? flags.serialSession : flags.serialSession | flags.rwSession;
  if ("none" in orders.login.pin) {
    const anchor = during("opening a session", () => module.C_OpenSession(slot, rights));
    return { module, slot, anchor, label, serial, profile };
  }
  // A start by itself, at night, finds nobody there.
  if (mode === "sign" && "terminal" in orders.login.pin)
    throw misconfigured("reading the PIN", "a PIN that people type is for ceremonies; the gate needs another source");
  const pin = await readPin(orders.login.pin);
  told(pin);
  checkLatch(orders.login.latch, serial, pin);
  const anchor = during("opening a session", () => module.C_OpenSession(slot, rights));
  login(module, anchor, orders, pin);
  const opened = { module, slot, anchor, label, serial, profile };
  return mode === "sign" && orders.login.alwaysAuthenticate
    ? { ...opened, loginAgain: createLoginAgain(module, orders, pin) }
    : opened;
}

/** By serial number and label, never by slot: slots are numbered anew whenever a token comes or goes. */
export function findToken(module: PKCS11, label: string, serial: string): { slot: Buffer; info: TokenInfo } {
  const doing = "finding the token";
  const slots = during(doing, () =>
    module.C_GetSlotList(true).map((slot) => ({ slot, info: module.C_GetTokenInfo(slot) })),
  );
  if (slots.length === 0) throw away(doing, "the module shows no token at all: the device, or the way to it, is gone");
  const matches = slots.filter(({ info }) => plain(info.serialNumber) === serial);
  // A vendor may give every slot of a software token one number; the label tells them apart.
  const [first, second] = matches.length > 1 ? matches.filter(({ info }) => plain(info.label) === label) : matches;
  if (second !== undefined || (first === undefined && matches.length > 1))
    throw misconfigured(doing, `two tokens have the serial number \`${serial}\``);
  if (first === undefined) throw away(doing, `no token has the serial number \`${serial}\``);
  const found = plain(first.info.label);
  if (found === "") throw away(doing, "the token has no label");
  if (found !== label) throw misconfigured(doing, `the token \`${serial}\` is labelled \`${found}\`, not \`${label}\``);
  return first;
}

/** The last try is a person's, with the vendor's tool in hand. */
export function checkFlags(info: TokenInfo, wantsPin: boolean): void {
  const doing = "checking the token";
  const has = (bit: number): boolean => (info.flags & bit) !== 0;
  if (!has(tokenFlags.initialized)) throw away(doing, "it is not initialised");
  if (!wantsPin) return;
  if (!has(tokenFlags.userPinInitialized)) throw away(doing, "it is not initialised");
  if (has(tokenFlags.userPinLocked)) throw misconfigured(doing, "the PIN is locked");
  if (has(tokenFlags.userPinFinalTry)) {
    throw misconfigured(doing, "one more wrong PIN locks the token; log in once with the vendor's tool");
  }
  if (has(tokenFlags.userPinToBeChanged)) throw misconfigured(doing, "the PIN must be changed first");
}

/**
 * Not an error that needs a person: a network token that is away lists no slots, and SoftHSM rewrites a token's file at every login,
 * so that another process finds it half written for a moment.
 */
function away(doing: string, why: string): TokenFailure {
  return new TokenFailure({ class: "reconnect", code: 224, name: "CKR_TOKEN_NOT_PRESENT", doing, why });
}

/** One try. A refused PIN is on disk before anybody hears of it. */
function login(module: PKCS11, session: Buffer, orders: AgentOrders, pin: string): void {
  try {
    module.C_Login(session, user.normal, pin);
  } catch (error) {
    const { name } = classify(error);
    if (name === "CKR_USER_ALREADY_LOGGED_IN") return;
    if (name === "CKR_USER_PIN_NOT_INITIALIZED") throw away("logging in", "the token has no PIN");
    throw latchedFailure(failed("logging in", error), latchOf(orders, pin));
  }
}

/** Once refused, the PIN is not tried again by this process, whoever waits; what is on disk keeps the next one from it. */
function createLoginAgain(module: PKCS11, orders: AgentOrders, pin: string): (session: Buffer) => void {
  let refused: TokenFailure | undefined;
  return (session) => {
    if (refused !== undefined) throw refused;
    try {
      module.C_Login(session, user.contextSpecific, pin);
    } catch (error) {
      const failure = failed("logging in for one signature", error);
      if (failure.failure.class === "fatal-auth") refused = failure;
      throw latchedFailure(failure, latchOf(orders, pin));
    }
  };
}

function latchOf({ login: { latch }, token }: AgentOrders, pin: string): Parameters<typeof latchedFailure>[1] {
  return { path: latch, serial: token?.serial ?? "", pin };
}

/** What a module calls itself. */
export function descriptionOf(module: PKCS11): string {
  const { libraryDescription } = during("asking the module what it is", () => module.C_GetInfo());
  return plain(libraryDescription);
}

/** Modules pad with blanks, and with zeros against the standard. */
export function plain(text: string): string {
  return text.replace(/[\0 ]+$/, "");
}
