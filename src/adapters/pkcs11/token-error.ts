/** What an error number of a token means for us: which of six things to do about it. */

/**
 * - `fatal-auth` the PIN or the account is wrong: never try again by ourselves
 * - `relogin` a handle or the login is gone: look the key up once more, then a fresh process
 * - `session` the session is unusable: one more try on a new one
 * - `reconnect` the connection to the token is lost, or we do not know: a fresh process
 * - `request` this call is at fault, the token is well
 * - `busy` the token has no room just now
 */
export type ErrorClass = "fatal-auth" | "relogin" | "session" | "reconnect" | "request" | "busy";

export type TokenError = { readonly class: ErrorClass; readonly code: number; readonly name: string };

/** Our own table: the library calls every number it does not know `CKR_VENDOR_DEFINED`. */
const table: Readonly<Record<number, readonly [ErrorClass, string]>> = {
  5: ["reconnect", "CKR_GENERAL_ERROR"],
  6: ["reconnect", "CKR_FUNCTION_FAILED"],
  7: ["request", "CKR_ARGUMENTS_BAD"],
  16: ["request", "CKR_ATTRIBUTE_READ_ONLY"],
  17: ["request", "CKR_ATTRIBUTE_SENSITIVE"],
  18: ["request", "CKR_ATTRIBUTE_TYPE_INVALID"],
  19: ["request", "CKR_ATTRIBUTE_VALUE_INVALID"],
  27: ["request", "CKR_ACTION_PROHIBITED"],
  32: ["request", "CKR_DATA_INVALID"],
  33: ["request", "CKR_DATA_LEN_RANGE"],
  48: ["reconnect", "CKR_DEVICE_ERROR"],
  49: ["busy", "CKR_DEVICE_MEMORY"],
  50: ["reconnect", "CKR_DEVICE_REMOVED"],
  84: ["request", "CKR_FUNCTION_NOT_SUPPORTED"],
  96: ["relogin", "CKR_KEY_HANDLE_INVALID"],
  98: ["request", "CKR_KEY_SIZE_RANGE"],
  99: ["request", "CKR_KEY_TYPE_INCONSISTENT"],
  104: ["request", "CKR_KEY_FUNCTION_NOT_PERMITTED"],
  105: ["request", "CKR_KEY_NOT_WRAPPABLE"],
  106: ["request", "CKR_KEY_UNEXTRACTABLE"],
  112: ["request", "CKR_MECHANISM_INVALID"],
  113: ["request", "CKR_MECHANISM_PARAM_INVALID"],
  130: ["relogin", "CKR_OBJECT_HANDLE_INVALID"],
  144: ["session", "CKR_OPERATION_ACTIVE"],
  145: ["session", "CKR_OPERATION_NOT_INITIALIZED"],
  160: ["fatal-auth", "CKR_PIN_INCORRECT"],
  161: ["fatal-auth", "CKR_PIN_INVALID"],
  162: ["fatal-auth", "CKR_PIN_LEN_RANGE"],
  163: ["fatal-auth", "CKR_PIN_EXPIRED"],
  164: ["fatal-auth", "CKR_PIN_LOCKED"],
  176: ["session", "CKR_SESSION_CLOSED"],
  177: ["busy", "CKR_SESSION_COUNT"],
  179: ["session", "CKR_SESSION_HANDLE_INVALID"],
  208: ["request", "CKR_TEMPLATE_INCOMPLETE"],
  209: ["request", "CKR_TEMPLATE_INCONSISTENT"],
  224: ["reconnect", "CKR_TOKEN_NOT_PRESENT"],
  225: ["reconnect", "CKR_TOKEN_NOT_RECOGNIZED"],
  256: ["relogin", "CKR_USER_ALREADY_LOGGED_IN"],
  257: ["relogin", "CKR_USER_NOT_LOGGED_IN"],
  258: ["fatal-auth", "CKR_USER_PIN_NOT_INITIALIZED"],
  304: ["request", "CKR_DOMAIN_PARAMS_INVALID"],
  320: ["request", "CKR_CURVE_NOT_SUPPORTED"],
  336: ["session", "CKR_BUFFER_TOO_SMALL"],
  400: ["reconnect", "CKR_CRYPTOKI_NOT_INITIALIZED"],
};

/** Total: what is not in the table counts as a lost connection, which only a fresh process cures. */
export function classify(error: unknown): TokenError {
  const code = codeOf(error);
  const known = table[code];
  if (known !== undefined) return { class: known[0], code, name: known[1] };
  return { class: "reconnect", code, name: code >= 0x8000_0000 ? "CKR_VENDOR_DEFINED" : "unknown" };
}

/** The number is in `.code`, or only in the text (`CKR_X:16`) for the calls that throw a plain error; 0 when there is none. */
function codeOf(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  if ("code" in error && typeof error.code === "number" && error.code !== 0) return error.code;
  const found = /CKR_\w+:(\d+)/.exec(error.message);
  return found?.[1] === undefined ? 0 : Number(found[1]);
}
