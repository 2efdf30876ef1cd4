import { describe, expect, it } from '@jest/globals';
import { parsePolicies } from '../../src/config/policy.ts';
import { problemText } from '../../src/domain/errors.ts';

const GOOD = `apiVersion: streaming.io/v1alpha1
kind: AutoscalingPolicy
metadata: {name: video, namespace: streaming}
spec:
  targetRef: {kind: HorizontalPodAutoscaler, name: video-hpa}
  timeZone: Asia/Seoul
  minReplicas: 3
  maxReplicas: 100
  schedules:
  - {name: night, start: "0 1 * * *", end: "0 7 * * *", minReplicas: 1, ramp: 30m}
`;
const sentences = (text: string): string[] => parsePolicies('p.yaml', text).problems.map(problemText);

describe('a policy file', () => {
  it('reads into complete policies, durations in seconds', () => {
    expect(parsePolicies('p.yaml', GOOD).policies).toEqual([
      {
        namespace: 'streaming',
        name: 'video',
        place: { file: 'p.yaml', line: 1, column: 1, path: '' },
        target: { namespace: 'streaming', name: 'video-hpa' },
        timeZone: 'Asia/Seoul',
        minReplicas: 3,
        maxReplicas: 100,
        actuation: 'Patch',
        schedules: [
          { name: 'night', start: '0 1 * * *', end: '0 7 * * *', minReplicas: 1, priority: 0, rampSeconds: 1800 },
        ],
      },
    ]);
  });

  it('may hold several documents', () => {
    expect(
      parsePolicies('p.yaml', `${GOOD}---\n${GOOD.replace('name: video,', 'name: other,')}`).policies,
    ).toHaveLength(2);
  });

  it.each<[fault: string, from: string, to: string, sentence: string]>([
    [
      'an unknown key',
      'maxReplicas: 100',
      'maxReplicas: 100\n  maxReplica: 9',
      'p.yaml:9:3 spec.maxReplica: unknown key "maxReplica"',
    ],
    ['a wrong type', 'minReplicas: 3', 'minReplicas: "3"', 'p.yaml:7:3 spec.minReplicas: is "3", expected number'],
    ['a fraction', 'minReplicas: 3', 'minReplicas: 3.5', 'p.yaml:7:3 spec.minReplicas: is 3.5, expected int'],
    ['zero replicas', 'minReplicas: 3', 'minReplicas: 0', 'p.yaml:7:3 spec.minReplicas: is 0: expected 1 or more'],
    ['a missing field', '  timeZone: Asia/Seoul\n', '', 'p.yaml:4:1 spec.timeZone: is missing, expected string'],
    [
      'an unknown zone',
      'Asia/Seoul',
      'Asia/Soul',
      'p.yaml:6:3 spec.timeZone: "Asia/Soul" is not a time zone that this runtime knows, expected an IANA name such as Asia/Seoul',
    ],
    [
      'an impossible cron expression',
      '0 1 * * *',
      '0 25 * * *',
      'p.yaml:10:19 spec.schedules[0].start: "0 25 * * *" is not a cron expression: Invalid value for hour: 25',
    ],
    [
      'six cron fields',
      '0 1 * * *',
      '0 0 1 * * *',
      'p.yaml:10:19 spec.schedules[0].start: "0 0 1 * * *" has 6 fields, expected 5: minute hour day-of-month month day-of-week',
    ],
    [
      'a date that never comes',
      '0 1 * * *',
      '0 1 30 2 *',
      'p.yaml:10:19 spec.schedules[0].start: "0 1 30 2 *" never comes',
    ],
    ['min above max', 'maxReplicas: 100', 'maxReplicas: 2', 'p.yaml:8:3 spec.maxReplicas: 2 is below minReplicas 3'],
    [
      'a schedule above max',
      'minReplicas: 1,',
      'minReplicas: 200,',
      'p.yaml:10:57 spec.schedules[0].minReplicas: 200 is above maxReplicas 100',
    ],
    [
      'a bad duration',
      '30m',
      '30 min',
      'p.yaml:10:73 spec.schedules[0].ramp: "30 min" is not a duration, expected something like 30m or 1h30m',
    ],
    [
      'a number for a duration',
      '30m',
      '30',
      'p.yaml:10:73 spec.schedules[0].ramp: is 30, expected a duration such as 30m or 1h30m',
    ],
    [
      'a ramp of more than a day',
      '30m',
      '25h',
      'p.yaml:10:73 spec.schedules[0].ramp: 25 h is longer than a day, expected at most 24h',
    ],
    [
      'a window of every minute',
      '"0 1 * * *", end: "0 7 * * *"',
      '"* * * * *", end: "* * * * *"',
      'p.yaml:9:3 spec.schedules: these schedules start and end more than 1500 times a day, expected less',
    ],
    [
      'more than any number',
      'maxReplicas: 100',
      'maxReplicas: 1e999',
      'p.yaml:8:3 spec.maxReplicas: is Infinity, expected number',
    ],
    [
      'a mapping that contains itself',
      'metadata: {name: video, namespace: streaming}',
      'metadata: &m {name: video, namespace: streaming, labels: {a: *m}}',
      'p.yaml:3:59 metadata.labels.a: is a mapping that contains itself, expected string',
    ],
    ['a merge key', 'maxReplicas: 100', 'maxReplicas: 100\n  <<: {}', 'p.yaml:9:3 spec.<<: unknown key "<<"'],
    [
      'a name that Kubernetes would not have',
      'name: video-hpa',
      'name: video..hpa',
      'p.yaml:5:46 spec.targetRef.name: is "video..hpa": expected a Kubernetes name: lower-case letters, digits, dashes and dots between them',
    ],
    [
      'another kind',
      'kind: AutoscalingPolicy',
      'kind: ScalingPolicy',
      'p.yaml:2:1 kind: is "ScalingPolicy": expected "AutoscalingPolicy"',
    ],
    ['a key given twice', 'minReplicas: 3', 'minReplicas: 3\n  minReplicas: 4', 'p.yaml:8:3: Map keys must be unique'],
    [
      'broken YAML',
      'metadata: {',
      'metadata: [',
      'p.yaml:3:45: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])(
    'with %s is refused, and the sentence says where, what came and what was expected',
    (_fault, from, to, sentence) => {
      const text = GOOD.replace(from, to);
      expect(text).not.toBe(GOOD);
      expect(parsePolicies('p.yaml', text).policies).toEqual([]);
      expect(sentences(text)).toContain(sentence);
    },
  );

  it('with one bad document is refused whole', () => {
    const both = `${GOOD}---\n${GOOD.replace('maxReplicas: 100', 'maxReplicas: 2')}`;
    expect(parsePolicies('p.yaml', both).policies).toEqual([]);
  });

  it('tells all faults at once, in the order of the file', () => {
    const text = GOOD.replace('Asia/Seoul', '7').replace('maxReplicas: 100', 'maxReplicas: many\n  bounds: 1');
    expect(sentences(text).map((sentence) => sentence.split(' ')[1])).toEqual([
      'spec.timeZone:',
      'spec.maxReplicas:',
      'spec.bounds:',
    ]);
  });

  it.each([
    ['is empty', ''],
    ['has only comments', '# later\n'],
  ])('that %s is refused: a truncated write must not look like a removal', (_fault, text) => {
    expect(sentences(text)).toEqual(['p.yaml:1:1: the file is empty, expected a YAML document']);
  });

  it.each([
    ['ends with a separator', `${GOOD}---\n# nothing more\n`],
    ['begins with a byte order mark', `\uFEFF${GOOD}`],
    ['has the line ends of Windows', GOOD.replaceAll('\n', '\r\n')],
    ['writes a number by an alias', GOOD.replace(': 3', ': &few 3').replace('minReplicas: 1', 'minReplicas: *few')],
  ])('that %s is read', (_what, text) => {
    expect([sentences(text), parsePolicies('p.yaml', text).policies.length]).toEqual([[], 1]);
  });

  it.each([
    ['20,000 unknown keys', `${GOOD}${Array.from({ length: 20_000 }, (_, i) => `x${i}:`).join('\n')}`],
    ['20,000 empty documents and a bad one', `${'---\n'.repeat(20_000)}a: 1`],
    ['5000 bad documents', 'a: 1\n---\n'.repeat(5000)],
    ['a nesting without end', `a: ${'['.repeat(20_000)}`],
  ])('with %s is refused, with a hundred faults at most', (_what, text) => {
    const { length } = sentences(text);
    expect([length > 0, length <= 100]).toEqual([true, true]);
  });

  it.each([
    ['ten minutes', '10m', []],
    [
      'a day',
      '24h',
      ['p.yaml:9:3 spec.schedules: these schedules have up to 1440 ramps on their way at once, expected at most 100'],
    ],
  ])('with a window every other minute and ramps of %s: %s', (_what, ramp, expected) => {
    const text = GOOD.replace('"0 1 * * *", end: "0 7 * * *"', '"*/2 * * * *", end: "1-59/2 * * * *"');
    expect(sentences(text.replace('30m', ramp))).toEqual(expected);
  });

  it('whose policies together start and end too often is refused', () => {
    const busy = GOOD.replace('"0 1 * * *", end: "0 7 * * *"', '"*/2 * * * *", end: "1-59/2 * * * *"');
    const documents = (count: number): string =>
      Array.from({ length: count }, (_, i) => busy.replace('name: video,', `name: video-${i},`)).join('---\n');
    expect(sentences(documents(13))).toEqual([]);
    expect(sentences(documents(14))).toEqual([
      `p.yaml:${13 * 11 + 9}:3 spec.schedules: this file's schedules start and end more than 20000 times a day, expected less`,
    ]);
  });

  it('of 10 MB is refused unread', () => {
    expect(sentences(`a: ${'x'.repeat(10_000_000)}`)).toEqual([
      'p.yaml:1:1: the file has more than 1 MB, expected less',
    ]);
  });

  it('that is a YAML bomb is refused', () => {
    const levels = 'abcdefghij'.split('');
    const bomb = levels.map(
      (level, i) =>
        `${level}: &${level} [${i === 0 ? 'x' : Array.from({ length: 9 }, () => `*${levels[i - 1]}`).join(',')}]`,
    );
    expect(sentences(bomb.join('\n'))[0]).toMatch(/^p\.yaml:1:1: Excessive alias count/);
  });
});
