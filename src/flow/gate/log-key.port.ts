/** The log's own Ed25519 key: it signs checkpoints and receipts and never a transaction. */

export type LogKey = { readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };
