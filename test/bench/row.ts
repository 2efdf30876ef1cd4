/** What a figure must keep to: at most, at least, or exactly a bound. */
export type Goal = { type: 'atMost' | 'atLeast' | 'exactly'; bound: number };

/**
 * One line of a benchmark. value: null where it could not be measured, which meets no goal. goal: null for a figure that is only
 * told. met: null where nothing is judged.
 */
export type Row = { name: string; value: number | null; unit: string; goal: string | null; met: boolean | null };

export const atMost = (bound: number): Goal => ({ type: 'atMost', bound });
export const atLeast = (bound: number): Goal => ({ type: 'atLeast', bound });
export const exactly = (bound: number): Goal => ({ type: 'exactly', bound });

/** A figure that is held to a goal. What is no finite number counts as not measured. */
export function judged(name: string, value: number | null, unit: string, goal: Goal): Row {
  const measured = value !== null && Number.isFinite(value) ? value : null;
  return { name, value: measured, unit, goal: goalText(goal), met: measured !== null && keeps(measured, goal) };
}

/** A figure without a goal. */
export function told(name: string, value: number | null, unit: string): Row {
  return { name, value: value !== null && Number.isFinite(value) ? value : null, unit, goal: null, met: null };
}

const SIGNS = { atMost: '<=', atLeast: '>=', exactly: '=' } as const;

const goalText = ({ type, bound }: Goal): string => `${SIGNS[type]} ${bound}`;

function keeps(value: number, { type, bound }: Goal): boolean {
  switch (type) {
    case 'atMost':
      return value <= bound;
    case 'atLeast':
      return value >= bound;
    case 'exactly':
      return value === bound;
  }
}
