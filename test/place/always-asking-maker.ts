/** Run as `always-asking-maker ID LABEL` with a token file on standard input: makes the key and prints its public half. */
import { readFileSync } from "node:fs";
import { ordersFrom } from "../../src/adapters/pkcs11/agent-orders.ts";
import { attribute, mechanism } from "../../src/adapters/pkcs11/cryptoki.ts";
import { decode } from "../../src/adapters/pkcs11/ec-point.ts";
import { privateTemplate, publicTemplate } from "../../src/adapters/pkcs11/key-template.ts";
import { parseTokenConfig } from "../../src/adapters/pkcs11/token-file.ts";
import { read } from "../../src/adapters/pkcs11/token-keys.ts";
import { loadModule, openToken } from "../../src/adapters/pkcs11/token-login.ts";

const [id = "", label = ""] = process.argv.slice(2);
const orders = ordersFrom(parseTokenConfig(readFileSync(0, "utf8")), "keygen");
const token = await openToken(await loadModule(orders.module), orders, "keygen", () => undefined);
const wish = { id: Buffer.from(id, "hex"), label, lasting: true, origin: "made", without: [] } as const;
const { publicKey } = token.module.C_GenerateKeyPair(
  token.anchor,
  { mechanism: mechanism.ecKeyPairGen },
  publicTemplate(wish),
  [...privateTemplate(wish), { type: attribute.CKA_ALWAYS_AUTHENTICATE, value: true }],
);
process.stdout.write(decode(read(token, publicKey, attribute.CKA_EC_POINT) ?? Buffer.alloc(0)));
