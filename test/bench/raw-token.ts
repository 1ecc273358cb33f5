/** The reference: C_Sign in one session, called straight from a loop with nothing around it, in a process of its own. */
import { readFileSync } from "node:fs";
import pkcs11 from "pkcs11js";

const [modulePath = "", label = "", pinFile = ""] = process.argv.slice(2);
const ecdsa = 0x1041;

const module = new pkcs11.PKCS11();
module.load(modulePath);
module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK });
const slot = module
  .C_GetSlotList(true)
  .find((one) => module.C_GetTokenInfo(one).label.replace(/[\0 ]+$/, "") === label)!;
const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
module.C_Login(session, pkcs11.CKU_USER, readFileSync(pinFile, "utf8").trim());
module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_PRIVATE_KEY }]);
const [key] = module.C_FindObjects(session, 1);
module.C_FindObjectsFinal(session);
const digest = Buffer.alloc(32);
const signature = Buffer.alloc(128);

/** Asked with a number of milliseconds; answers signatures made, wall and processor time. */
process.on("message", (ms: number) => {
  const cpu = process.cpuUsage();
  const began = performance.now();
  let signed = 0;
  while (performance.now() - began < ms) {
    digest.writeUInt32BE(signed);
    module.C_SignInit(session, { mechanism: ecdsa }, key!);
    if (module.C_Sign(session, digest, signature).length !== 64) throw new Error("not a signature");
    signed += 1;
  }
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({ signed, wallMs, cpuUs: user + system });
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
