/** Initialises a fresh SoftHSM token; a hardware token is initialised with its vendor's tool and two people. */
import type { PKCS11 } from "pkcs11js";
import type { InitAsk } from "./agent-message.ts";
import type { AgentOrders } from "./agent-orders.ts";
import { flags, tokenFlags, user } from "./cryptoki.ts";
import { readPin } from "./pin.ts";
import { during, misconfigured } from "./token-failure.ts";

/** Uses the one empty slot SoftHSM always shows; both PINs come from files, never from a command line. Returns the serial number. */
export async function initSoftToken(module: PKCS11, orders: AgentOrders, ask: InitAsk): Promise<string> {
  const doing = `initialising the token \`${ask.label}\``;
  const slots = during(doing, () =>
    module.C_GetSlotList(true).map((slot) => ({ slot, info: module.C_GetTokenInfo(slot) })),
  );
  if (slots.some(({ info }) => info.label.replace(/[\0 ]+$/, "") === ask.label))
    throw misconfigured(doing, "the label is in use");
  const empty = slots.find(({ info }) => (info.flags & tokenFlags.initialized) === 0);
  if (empty === undefined) throw misconfigured(doing, "there is no empty slot");
  const pin = await readPin(orders.login.pin);
  const soPin = await readPin({ file: ask.soPinFile });
  return during(doing, () => {
    // The library pads with zeros where the standard wants blanks.
    module.C_InitToken(empty.slot, soPin, ask.label.padEnd(32, " "));
    const session = module.C_OpenSession(empty.slot, flags.serialSession | flags.rwSession);
    module.C_Login(session, user.so, soPin);
    module.C_InitPIN(session, pin);
    module.C_Logout(session);
    module.C_CloseSession(session);
    return module.C_GetTokenInfo(empty.slot).serialNumber.trimEnd();
  });
}
