import { DateTime } from 'luxon';
import { type Place, placeText } from '../errors.ts';
import { targetKey } from '../target.ts';
import { type AutoscalingPolicy, type Schedule, policyKey } from './autoscaling-policy.ts';
import { recurrence } from './recurrence.ts';
import { isOpen, type Meeting, meetings, openAt } from './schedule.ts';
import { transitions } from './transitions.ts';

/** Something a person should know about a policy that reads well. With an error `lint` fails. */
export type Finding = { severity: 'error' | 'warning'; place: Place; message: string };

const YEAR = 366 * 24 * 3_600_000;

/** Looks at the policies of one source together, over the year that starts at `now`. */
export function lint(policies: readonly AutoscalingPolicy[], now: number): Finding[] {
  return [
    ...claimedTwice(policies),
    ...namedTwice(policies),
    ...policies.flatMap((policy) => [
      ...overlaps(policy, now),
      ...neverOpen(policy, now),
      ...neverClosed(policy, now),
      ...dstDays(policy, now),
    ]),
  ];
}

function claimedTwice(policies: readonly AutoscalingPolicy[]): Finding[] {
  const claims = Map.groupBy(policies, (policy) => targetKey(policy.target));
  return [...claims].flatMap(([key, claimants]) =>
    claimants.slice(1).map((policy): Finding => {
      const first = claimants[0]!;
      const message = `${policyKey(policy)} names HPA ${key}, which ${policyKey(first)} (${placeText(first.place)}) names too: both are refused for it`;
      return { severity: 'error', place: policy.place, message };
    }),
  );
}

function namedTwice(policies: readonly AutoscalingPolicy[]): Finding[] {
  const names = Map.groupBy(policies, policyKey);
  return [...names].flatMap(([key, same]) =>
    same.slice(1).map((policy): Finding => {
      const message = `${key} is the name of another policy too (${placeText(same[0]!.place)}), expected a name of its own`;
      return { severity: 'error', place: policy.place, message };
    }),
  );
}

/** The year's instants with boundaries, a month at a time: a year of a busy policy is not for the memory. */
function* yearOf(policy: AutoscalingPolicy, now: number): Generator<Meeting, void> {
  const month = YEAR / 12;
  for (let t = now; t < now + YEAR; t += month) yield* meetings(policy, t, t + month);
}

/** The first time in the year at which each pair of schedules is open at once, and which of the two then rules. */
function overlaps(policy: AutoscalingPolicy, now: number): Finding[] {
  const findings: Finding[] = [];
  const count = policy.schedules.length;
  const seen = new Set<string>();
  for (const { at, boundaries, open } of count < 2 ? [] : yearOf(policy, now)) {
    if (seen.size === (count * (count - 1)) / 2) break;
    for (const { schedule, edge } of open.size < 2 ? [] : boundaries) {
      if (edge === 'end') continue;
      for (const other of policy.schedules) {
        if (other === schedule || !open.has(other)) continue;
        const pair = [schedule.name, other.name].toSorted().join('\0');
        if (seen.has(pair)) continue;
        seen.add(pair);
        const winner = wins(schedule, other) ? schedule : other;
        const why = schedule.priority === other.priority ? 'the higher floor' : 'the higher priority';
        const message = `schedules "${schedule.name}" and "${other.name}" are both open from ${local(policy, at)}: "${winner.name}" rules (${why})`;
        findings.push({ severity: 'warning', place: policy.place, message });
      }
    }
  }
  return findings;
}

const wins = (a: Schedule, b: Schedule): boolean =>
  a.priority === b.priority ? a.minReplicas >= b.minReplicas : a.priority > b.priority;

/** A schedule that is closed now and has no start within the year. */
function neverOpen(policy: AutoscalingPolicy, now: number): Finding[] {
  return policy.schedules
    .filter((schedule) => {
      const next = recurrence(schedule.start, policy.timeZone).nextAfter(now);
      return (next === null || next > now + YEAR) && !isOpen(policy, schedule, now);
    })
    .map((schedule) => ({
      severity: 'warning',
      place: policy.place,
      message: `schedule "${schedule.name}" does not open within a year: its start is "${schedule.start}"`,
    }));
}

/** A schedule that is open now, or opens, and is not closed at any of its ends within the year: at one instant a start comes after an end. */
function neverClosed(policy: AutoscalingPolicy, now: number): Finding[] {
  const left = new Set(policy.schedules);
  const open = openAt(policy, now);
  for (const meeting of yearOf(policy, now)) {
    for (const { schedule, edge } of meeting.boundaries) {
      if (edge === 'start') open.add(schedule);
      else if (!meeting.open.has(schedule)) left.delete(schedule);
    }
    if (left.size === 0) break;
  }
  return [...left]
    .filter((schedule) => open.has(schedule))
    .map((schedule) => ({
      severity: 'warning',
      place: policy.place,
      message: `schedule "${schedule.name}" does not close within a year: its start is "${schedule.start}", its end "${schedule.end}"`,
    }));
}

/** Each day on which a boundary's local time is skipped by a DST change, or comes twice, and what is meant then. */
function dstDays(policy: AutoscalingPolicy, now: number): Finding[] {
  const findings: Finding[] = [];
  for (const change of transitions(policy.timeZone, now, now + YEAR)) {
    for (const schedule of policy.schedules) {
      for (const edge of ['start', 'end'] as const) {
        // Read as wall-clock times: does the expression name one in [from, to)?
        const named = recurrence(schedule[edge], 'UTC').nextAfter(change.from.toMillis() - 1);
        if (named === null || named >= change.to.toMillis()) continue;
        const time = DateTime.fromMillis(named, { zone: 'utc' }).toFormat('yyyy-MM-dd HH:mm');
        const meant =
          change.type === 'Skipped'
            ? `does not exist: it means ${change.to.toFormat('HH:mm')}, the first that does`
            : 'exists twice: it means the first';
        const message = `schedule "${schedule.name}", ${edge} "${schedule[edge]}": ${time} in ${policy.timeZone} ${meant}`;
        findings.push({ severity: 'warning', place: policy.place, message });
      }
    }
  }
  return findings;
}

const local = (policy: AutoscalingPolicy, t: number): string =>
  `${DateTime.fromMillis(t, { zone: policy.timeZone }).toFormat('yyyy-MM-dd HH:mm')} (${policy.timeZone})`;
