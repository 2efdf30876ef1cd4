import { z } from 'zod';

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as Kubernetes and Prometheus write it (90s, 1h30m), in seconds; null when it is none. */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let seconds = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g))
    seconds += Number(amount) * UNITS[unit!]!;
  return seconds;
}

/** Schema of a duration: text in, seconds out. */
export const durationText = z
  .string({ error: 'expected a duration such as 30m or 1h30m' })
  .transform((text, context) => {
    const seconds = parseDuration(text);
    if (seconds !== null) return seconds;
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a duration, expected something like 30m or 1h30m`,
      input: text,
    });
    return z.NEVER;
  });

export const duration = (fallback: string): z.ZodPrefault<typeof durationText> => durationText.prefault(fallback);
