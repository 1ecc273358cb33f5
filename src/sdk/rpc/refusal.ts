/** A call that is answered with an error, in the codes that clients of JSON-RPC 2.0, EIP-1474 and EIP-1193 know. */

export const codes = {
  parse: -32_700,
  invalid: -32_600,
  method: -32_601,
  params: -32_602,
  internal: -32_603,
  /** EIP-1474, resource unavailable: the call may be made again. */
  pending: -32_002,
  /** EIP-1474, transaction rejected. */
  rejected: -32_003,
  /** EIP-1193: this provider does not do that. */
  unsupported: 4_200,
} as const;

export class RpcRefusal extends Error {
  override readonly name = "RpcRefusal";
  readonly code: number;
  /** For programs: our own code, and the request where there is one. */
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(code: number, message: string, data?: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
