/** The checks in the order in which they are made, each with its name, its words and what must have gone well before. */

export type Step = {
  readonly name: string;
  readonly title: string;
  /** The checks without which this one would say nothing new. */
  readonly needs: readonly string[];
  /** Made only when it is asked for by name. */
  readonly asked?: true;
};

const step = (name: string, title: string, ...needs: string[]): Step => ({ name, title, needs });

export const plan: readonly Step[] = [
  step("file", "the module's file can be changed by nobody else"),
  step("module", "the module loads, speaks PKCS#11 2.20 or later, and starts for many threads", "file"),
  step("token", "exactly one token has the serial number and the label", "module"),
  step("flags", "the token is initialised, and its PIN is not near its end", "token"),
  step("mechanisms", "the token makes EC keys and signs with ECDSA, at 256 bits", "token"),
  step("login", "the PIN is taken, and a second login is known as one", "flags"),
  step("curve", "a key pair on secp256k1 is made with the strict template", "login"),
  step("point", "the public point is on the curve, and the curve is the named one", "curve"),
  step("attributes", "the key is as it was asked for, hides its value and stays so", "curve"),
  step("copies", "the key can be neither wrapped with anybody's key nor copied weaker", "curve"),
  step("mechanism-limit", "the key does nothing but CKM_ECDSA", "curve"),
  step("signatures", "every signature has 64 bytes and verifies, and no nonce comes twice", "curve"),
  step("edge-digests", "odd digests are signed as any other", "signatures"),
  step("lengths", "what the module makes of digests that have not 32 bytes", "curve"),
  step("misuse", "a session that was misused can be replaced", "signatures"),
  step("parallel", "all sessions sign side by side", "signatures"),
  step("logout", "a logout ends what was begun before it", "signatures"),
  step("restart", "the module can be ended and started again", "signatures"),
  step("killed", "a process killed while it signs is followed by one that signs", "signatures"),
  { ...step("idle", "the token still signs after it was left alone", "signatures"), asked: true },
  step("rate", "how fast it signs, raw and verified through the pipe", "signatures"),
  step("keys", "every configured key is there once, with the pinned public key", "login"),
  step("tidy", "nothing of this check is left on the token", "login"),
];
