/**
 * How many people watch, by region: the daily curve of each region in its own local time, slow noise, growth by the week and
 * surges. A pure function of time and seed, so that a demo, a test and a replay see the same day.
 */

/** Share of the audience, and hours from UTC. */
const REGIONS = { kr: { share: 0.45, utc: 9 }, eu: { share: 0.25, utc: 1 }, us: { share: 0.3, utc: -5 } } as const;

export type Region = keyof typeof REGIONS;
export const regions: readonly Region[] = ['kr', 'eu', 'us'];
export type Viewers = Readonly<Record<Region, number>>;

export type Load = {
  seed: number;
  /** Viewers of all regions together, were each at the top of its weekday at once. */
  peak: number;
  /** Epoch milliseconds; the audience grows by 2 % a week from here. */
  origin: number;
  surges: readonly Surge[];
};

/** A crowd that comes and goes: a final, a premiere, breaking news. */
export type Surge = {
  /** Epoch milliseconds. */
  start: number;
  /** How many more than usual, at its height. */
  viewers: number;
  /** From nobody to all of them, along a logistic curve: the steepest minute brings k/4 = 2.5 times the mean one. */
  rampMinutes: number;
  holdMinutes: number;
  /** Leaving: e-folding time. */
  exitMinutes: number;
};

/** Peak that keeps a platform of this kind at three to seven pods of a thousand viewers. */
export const USUAL_PEAK = 8000;

/** Viewers at t, epoch milliseconds; whole people. */
export function viewersAt(load: Load, t: number): Viewers {
  const growth = 1 + 0.02 * Math.max(0, (t - load.origin) / WEEK);
  const crowd = load.surges.reduce((sum, surge) => sum + surgeAt(surge, t), 0);
  const of = (region: Region): number => {
    const { share, utc } = REGIONS[region];
    const usual = load.peak * shapeAt(t + utc * HOUR) * Math.exp(noiseAt(load.seed, region, t)) * growth;
    return Math.round(share * (usual + crowd));
  };
  return { kr: of('kr'), eu: of('eu'), us: of('us') };
}

export const total = (viewers: Viewers): number => regions.reduce((sum, region) => sum + viewers[region], 0);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

// The level at each full local hour, 00 to 23.
const WEEKDAY = [
  0.52, 0.34, 0.24, 0.19, 0.17, 0.18, 0.21, 0.27, 0.3, 0.3, 0.31, 0.34, 0.42, 0.4, 0.37, 0.38, 0.42, 0.5, 0.62, 0.78,
  0.92, 1, 0.94, 0.74,
];
const WEEKEND = [
  0.66, 0.46, 0.32, 0.24, 0.2, 0.2, 0.22, 0.27, 0.35, 0.45, 0.53, 0.58, 0.62, 0.64, 0.65, 0.66, 0.68, 0.72, 0.8, 0.9,
  1.02, 1.1, 1.04, 0.86,
];
const FRIDAY = WEEKDAY.map((level, hour) => (hour >= 18 ? level * 1.06 : level));

/** Between two hours along a cosine, also across midnight, where the table changes. */
function shapeAt(local: number): number {
  const hour = Math.floor(local / HOUR);
  const done = (1 - Math.cos(Math.PI * (local / HOUR - hour))) / 2;
  const from = levelOf(hour);
  return from + (levelOf(hour + 1) - from) * done;
}

/** hour: full hours since the epoch, local. 1970-01-01 was a Thursday. */
function levelOf(hour: number): number {
  const weekday = (((Math.floor(hour / 24) + 4) % 7) + 7) % 7;
  const table = weekday === 0 || weekday === 6 ? WEEKEND : weekday === 5 ? FRIDAY : WEEKDAY;
  return table[((hour % 24) + 24) % 24]!;
}

function surgeAt({ start, viewers, rampMinutes, holdMinutes, exitMinutes }: Surge, t: number): number {
  const minutes = (t - start) / MINUTE;
  if (minutes <= 0) return 0;
  if (minutes < rampMinutes) return (viewers * (logistic(minutes / rampMinutes) - logistic(0))) / LOGISTIC_SPAN;
  const leaving = Math.max(0, minutes - rampMinutes - holdMinutes);
  return viewers * Math.exp(-leaving / exitMinutes);
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-10 * (x - 0.5)));
const LOGISTIC_SPAN = logistic(1) - logistic(0);

const PERSISTENCE = 0.97;
const INNOVATION = 0.004;
/** After so many minutes an innovation has less than a hundredth of its weight. */
const MEMORY = 152;

/** An AR(1) process by the minute, written as the sum of its past, because that needs no state. */
function noiseAt(seed: number, region: Region, t: number): number {
  const stream = hash(seed + regions.indexOf(region));
  const minute = Math.floor(t / MINUTE);
  let before = 0;
  for (let m = minute - MEMORY; m <= minute; m++) before = before * PERSISTENCE + INNOVATION * bell(stream, m);
  const after = before * PERSISTENCE + INNOVATION * bell(stream, minute + 1);
  return before + (after - before) * (t / MINUTE - minute);
}

/** About normal, mean 0, deviation 1: the sum of the four bytes of a hash. */
function bell(stream: number, n: number): number {
  const h = hash(stream ^ n);
  return ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510) / FOUR_BYTES;
}
const FOUR_BYTES = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** The finalizer of MurmurHash3: every bit of the input turns half of the output. */
function hash(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
