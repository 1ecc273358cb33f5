/** What the gate and a device's agent say to each other over the channel between the two processes: a few verbs, strictly read. */
import * as z from "zod";
import { hexSchema } from "../../values/schema.ts";
import { pathSchema as path } from "./derivation-path.ts";
import { failureSchema } from "./device-failure.ts";
import { slotSchema } from "./slot-config.ts";

const id = z.number().int().positive();

export const ordersSchema = z.strictObject({
  device: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("usb") }),
    z.strictObject({
      kind: z.literal("speculos"),
      host: z.string().min(1).max(253),
      port: z.number().int().positive(),
    }),
  ]),
  app: slotSchema.shape.app,
  keys: z.array(z.strictObject({ path, publicKey: hexSchema })),
});
export type Orders = Readonly<z.infer<typeof ordersSchema>>;

export const questionSchema = z.discriminatedUnion("verb", [
  z.strictObject({ id, verb: z.literal("start"), orders: ordersSchema }),
  /** Which device is ours and how it is. `others` are places that are somebody else's and not touched; a brief look sends no command to a device that is bound. */
  z.strictObject({ id, verb: z.literal("look"), others: z.array(z.string()), isBrief: z.boolean() }),
  z.strictObject({ id, verb: z.literal("sign"), path, publicKey: hexSchema, unsigned: hexSchema }),
]);
export type Question = Readonly<z.infer<typeof questionSchema>>;

export const sightSchema = z.strictObject({
  state: z.enum(["absent", "locked", "wrong-app", "old-app", "other-device", "two-devices", "settings", "ready"]),
  why: z.string().max(300),
  /** Where it is plugged in, once it is ours. */
  place: z.string().max(1_000),
  version: z.string().max(64),
});
export type Sight = Readonly<z.infer<typeof sightSchema>>;

export const answerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("started"), id }),
  z.strictObject({ kind: z.literal("seen"), id, sight: sightSchema }),
  /** As the device said it: what it is worth is found out on the other side. */
  z.strictObject({
    kind: z.literal("signed"),
    id,
    r: z.string().max(128),
    s: z.string().max(128),
    yParity: z.number().int(),
  }),
  /** `isShown`: something may have been on the screen. */
  z.strictObject({ kind: z.literal("failed"), id, failure: failureSchema, isShown: z.boolean() }),
]);
export type Answer = Readonly<z.infer<typeof answerSchema>>;
