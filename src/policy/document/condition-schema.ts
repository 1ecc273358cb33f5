/** Conditions as documents write them: a map of which every key must hold; nothing but finite sets, intervals and times. */
import { z } from "zod";
import { operationSchema } from "../../intent/operation.ts";
import { addressSchema, chainIdSchema, durationSchema, lineSchema, nameSchema } from "../../values/schema.ts";

/** What a policy can speak of: the operations of the house, and typed data that a managed key would sign. */
export const policyOperationSchema = z.enum([...operationSchema.options, "signTypedData"]);
export type PolicyOperation = z.output<typeof policyOperationSchema>;

/** `100 GLD` or `0.05 ETH`; the compiler reads it in the unit that its place asks for. */
export const quantitySchema = z.string().max(160).describe("an amount with its unit, such as `100 GLD` or `0.05 ETH`");

const operationFilterSchema = z.union([
  policyOperationSchema,
  z.strictObject({ in: z.array(policyOperationSchema).min(1).max(20) }),
]);
const comparison = {
  eq: quantitySchema.optional(),
  gt: quantitySchema.optional(),
  gte: quantitySchema.optional(),
  lt: quantitySchema.optional(),
  lte: quantitySchema.optional(),
};
const isSaid = (value: object): boolean => Object.values(value).some((part) => part !== undefined);

/** An interval: `eq` alone, or at most one bound on each side. */
export const intervalSchema = z
  .strictObject(comparison)
  .refine(isSaid, "compare with `eq`, `gt`, `gte`, `lt` or `lte`")
  .refine(
    ({ eq, gt, gte, lt, lte }) =>
      (eq === undefined || [gt, gte, lt, lte].every((bound) => bound === undefined)) &&
      (gt === undefined || gte === undefined) &&
      (lt === undefined || lte === undefined),
    "`eq` stands alone, and each side has one bound",
  );
const listTestSchema = z.union([z.strictObject({ in: nameSchema }), z.strictObject({ notIn: nameSchema })]);

/** An argument of a call or a field of typed data, by its type. */
const valueTestSchema = z.union([
  z.strictObject({ in: nameSchema }),
  z.strictObject({ notIn: nameSchema }),
  z.strictObject({ is: z.string().max(200) }),
  /** Of a time: at most this long after the gate's own. */
  z.strictObject({ within: durationSchema }),
  intervalSchema,
]);
const testsSchema = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "not a name of an argument"), valueTestSchema)
  .refine((tests) => Object.keys(tests).length >= 1 && Object.keys(tests).length <= 20, "one to twenty arguments");

const typedDataTestSchema = z.strictObject({
  domain: z.strictObject({
    name: lineSchema.optional(),
    version: lineSchema.optional(),
    chainId: chainIdSchema,
    verifyingContract: addressSchema,
  }),
  primaryType: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "not a name of a type"),
  fields: testsSchema.optional(),
});

const clockSchema = z.string().regex(/^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, "not a time of day such as `08:00`");
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Local time of the policy's zone; `to` is the first moment outside. */
export const timeSchema = z
  .strictObject({
    days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
    from: clockSchema.optional(),
    to: clockSchema.optional(),
    /** On these dates the window is closed. */
    holidays: nameSchema.optional(),
  })
  .refine(isSaid, "say `days`, `from` and `to`, or `holidays`");

const parts = {
  to: listTestSchema.optional(),
  account: z.union([nameSchema, z.strictObject({ in: z.array(nameSchema).min(1).max(20) })]).optional(),
  amount: intervalSchema.optional(),
  maxFee: intervalSchema.optional(),
  args: testsSchema.optional(),
  typedData: typedDataTestSchema.optional(),
  time: timeSchema.optional(),
};
const initiatorSchema = z.strictObject({ group: nameSchema });

/** Of a guard, a limit or a claim. */
export const conditionParts = {
  operation: operationFilterSchema.optional(),
  initiator: initiatorSchema.optional(),
  ...parts,
};
export const conditionSchema = z
  .strictObject(conditionParts)
  .refine(isSaid, "an empty condition says nothing; leave it out");

/** Of a rule: it must say what for and for whom. */
export const ruleConditionSchema = z.strictObject({
  operation: operationFilterSchema,
  initiator: initiatorSchema,
  ...parts,
});

export type WrittenCondition = z.output<typeof conditionSchema>;
export type WrittenInterval = z.output<typeof intervalSchema>;
export type WrittenTests = z.output<typeof testsSchema>;
export type WrittenTypedData = z.output<typeof typedDataTestSchema>;
export type WrittenTime = z.output<typeof timeSchema>;
