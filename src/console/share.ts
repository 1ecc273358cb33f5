/** How large an amount is beside what it is measured by. */

/** `12.3 %`; never rounded to nothing or to a whole that it is not. Undefined of nothing. */
export function shareOf(part: bigint, whole: bigint): string | undefined {
  if (whole <= 0n) return undefined;
  if (part === 0n) return "0 %";
  const tenths = (part * 1000n) / whole;
  if (tenths === 0n) return "less than 0.1 %";
  const text = `${String(tenths / 10n)}${tenths % 10n === 0n ? "" : `.${String(tenths % 10n)}`} %`;
  return (part * 1000n) % whole === 0n ? text : `about ${text}`;
}
