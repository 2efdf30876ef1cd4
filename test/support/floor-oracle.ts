import type { AutoscalingPolicy } from '../../src/domain/policy/autoscaling-policy.ts';

/**
 * A second, slow reading of the rules that shares no code with src/: it walks the wall clock minute by minute with Intl
 * alone, remembers which schedules are open, and carries what each ramp still adds from minute to minute.
 */
export type OracleMinute = { t: number; open: ReadonlySet<string>; level: number; floor: number };

const MINUTE = 60_000;

/** The minutes of [from, to), both full hours. Settled when the walk began well before: two weeks, and a ramp. */
export function oracleMinutes(policy: AutoscalingPolicy, from: number, to: number): OracleMinute[] {
  const edges = policy.schedules.flatMap((schedule) => [
    { schedule, type: 'end' as const, fires: cronMatcher(schedule.end) },
    { schedule, type: 'start' as const, fires: cronMatcher(schedule.start) },
  ]);
  const open = new Set<string>();
  const walked: (Walked & { open: Set<string> })[] = [];
  let shown = Number.NEGATIVE_INFINITY; // the latest reading of the wall clock so far
  for (const { t, reading } of wallMinutes(policy.timeZone, from, to)) {
    const readings: Date[] = [];
    for (let r = Math.max(shown + MINUTE, reading - 3 * 60 * MINUTE); r <= reading; r += MINUTE)
      readings.push(new Date(r));
    shown = Math.max(shown, reading);
    let ramp = 0;
    // at one instant an end comes before a start, also where a gap puts them together
    for (const type of ['end', 'start'] as const) {
      for (const edge of edges) {
        if (edge.type !== type || !readings.some(edge.fires)) continue;
        ramp = Math.max(ramp, edge.schedule.rampSeconds * 1000);
        if (type === 'start') open.add(edge.schedule.name);
        else open.delete(edge.schedule.name);
      }
    }
    walked.push({ t, open: new Set(open), level: levelOf(policy, open), stepAt: t, ramp });
  }
  const down = carried(walked);
  const up = carried(mirrored(walked)).toReversed();
  return walked.map(({ t, open: now, level }, index) => {
    const floor = Math.ceil(level + Math.max(down[index]!, up[index]!) - 1e-6);
    return { t, open: now, level, floor: Math.min(floor, policy.maxReplicas) };
  });
}

function levelOf(policy: AutoscalingPolicy, open: ReadonlySet<string>): number {
  let winner: AutoscalingPolicy['schedules'][number] | null = null;
  for (const one of policy.schedules) {
    if (!open.has(one.name)) continue;
    if (winner === null || one.priority > winner.priority) winner = one;
    else if (one.priority === winner.priority && one.minReplicas > winner.minReplicas) winner = one;
  }
  return winner === null ? policy.minReplicas : winner.minReplicas;
}

/** A minute of a walk; where the level differs from the minute before, that was at `stepAt`. */
type Walked = { t: number; level: number; stepAt: number; ramp: number };

/** What lowerings before each minute still add. A raise takes from what is there, the latest first. */
function carried(minutes: readonly Walked[]): number[] {
  let fading: { begin: number; length: number; height: number }[] = [];
  const left = ({ begin, length, height }: (typeof fading)[number], t: number): number =>
    length === 0 ? 0 : height * Math.max(0, 1 - (t - begin) / length);
  return minutes.map(({ t, level, stepAt, ramp }, index) => {
    const before = minutes[index - 1]?.level ?? level;
    if (level < before) fading.push({ begin: stepAt, length: ramp, height: before - level });
    let due = Math.max(0, level - before);
    for (const one of due > 0 ? fading.toReversed() : []) {
      const has = left(one, stepAt);
      const taken = Math.min(has, due);
      if (has > 0) one.height *= 1 - taken / has;
      due -= taken;
    }
    if (fading.length === 0) return 0;
    fading = fading.filter((one) => left(one, t) > 0);
    return fading.reduce((sum, one) => sum + left(one, t), 0);
  });
}

/** The same walk in a mirror: a raise that is to come looks like a lowering that was, at the instant where the later minute begins. */
function mirrored(minutes: readonly Walked[]): Walked[] {
  return minutes
    .map(({ t, level }, index) => {
      const later = minutes[index + 1];
      return { t: -t, level, stepAt: -(later?.stepAt ?? t), ramp: later?.ramp ?? 0 };
    })
    .toReversed();
}

/** Does a five-field expression name this reading of the wall clock? */
function cronMatcher(cron: string): (reading: Date) => boolean {
  const [minute, hour, day, month, weekday] = cron.split(' ').map(valuesOf);
  const [, , dayText, , weekdayText] = cron.split(' ');
  return (reading) => {
    if (!minute!.has(reading.getUTCMinutes()) || !hour!.has(reading.getUTCHours())) return false;
    const onDay = day!.has(reading.getUTCDate());
    const onWeekday = weekday!.has(reading.getUTCDay()) || (reading.getUTCDay() === 0 && weekday!.has(7));
    const dayFits = dayText === '*' || weekdayText === '*' ? onDay && onWeekday : onDay || onWeekday;
    return dayFits && month!.has(reading.getUTCMonth() + 1);
  };
}

function valuesOf(field: string): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [range, step] = part.split('/');
    const [low, high] = range === '*' ? [0, 59] : range!.split('-').map(Number);
    for (let value = low!; value <= (high ?? low!); value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

/** An offset that is the same at two full hours holds between them; one that changes does so at a quarter of an hour. */
function wallMinutes(timeZone: string, from: number, to: number): { t: number; reading: number }[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const offset = (t: number): number => {
    const parts = Object.fromEntries(format.formatToParts(t).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute) - t;
  };
  const minutes: { t: number; reading: number }[] = [];
  let atHour = offset(from);
  for (let hour = from; hour < to; hour += 60 * MINUTE) {
    const next = offset(hour + 60 * MINUTE);
    for (let t = hour; t < Math.min(hour + 60 * MINUTE, to); t += MINUTE) {
      const quarter = t - (t % (15 * MINUTE));
      minutes.push({ t, reading: t + (atHour === next ? atHour : offset(quarter)) });
    }
    atHour = next;
  }
  return minutes;
}
