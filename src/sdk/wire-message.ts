/** The message of a kind as it travels: amounts are decimal text, all else is as it is when parsed. */
import type { Kind, Message } from "../statement/message.ts";

export type WireMessage<K extends Kind> = {
  readonly [F in keyof Message<K>]: Message<K>[F] extends bigint ? string : Message<K>[F];
};
