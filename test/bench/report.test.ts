import { describe, expect, it } from '@jest/globals';
import { replaceRun, runText } from './document.ts';
import { jsonText, tableText } from './report.ts';
import { type Goal, atLeast, atMost, exactly, judged, told } from './row.ts';

describe('a row', () => {
  it.each<[string, number | null, Goal, boolean]>([
    ['at its upper bound', 0.1, atMost(0.1), true],
    ['above its upper bound', 0.1001, atMost(0.1), false],
    ['at its lower bound', 0.5, atLeast(0.5), true],
    ['below its lower bound', 0.4999, atLeast(0.5), false],
    ['exactly what it should be', 0, exactly(0), true],
    ['anything else', 1, exactly(0), false],
    ['not measured', null, atMost(0.1), false],
    ['no number, as 0 of 0 reads', NaN, atMost(0.1), false],
    ['without end, as of a peer that did nothing', Infinity, atLeast(0.5), false],
  ])('%s meets its goal or not', (_what, value, goal, met) => {
    expect(judged('x', value, '', goal).met).toBe(met);
  });

  it('has null for a value that could not be measured, so that JSON carries it', () => {
    expect(JSON.parse(jsonText([judged('x', NaN, 's', atMost(1)), told('y', null, 's')]))).toEqual([
      { name: 'x', value: null, unit: 's', goal: '<= 1', met: false },
      { name: 'y', value: null, unit: 's', goal: null, met: null },
    ]);
  });
});

const rows = [
  judged('adapter_cpu_ratio', 0.08123, '', atMost(0.1)),
  judged('rss_mb_30k', null, 'MB', atMost(400)),
  told('throughput', 12345.678, 'reads/s'),
];

it('the table lines its columns up and says what was not measured', () => {
  expect(tableText(rows)).toBe(
    [
      'name                      value  unit     goal    met',
      'adapter_cpu_ratio       0.08123           <= 0.1  yes',
      'rss_mb_30k         not measured  MB       <= 400  NO',
      'throughput                12346  reads/s',
    ].join('\n'),
  );
});

it('the page gets the run between its own marks and keeps all else', () => {
  const page = '# Figures\n\n<!-- begin: adapter -->\nold\n<!-- end: adapter -->\n\nmore\n';
  const text = runText({ rows, command: 'npm run bench:adapter', machine: '2 cores', day: '2026-11-24' });
  const replaced = replaceRun(page, 'adapter', text);
  expect(replaced).toContain('`npm run bench:adapter` on 2026-11-24, 2 cores.\n\n1 of 2 goals are met.');
  expect(replaced).toContain('| rss_mb_30k | not measured | MB | <= 400 | NO |');
  expect(replaced).toContain('| throughput | 12346 | reads/s |');
  expect(replaced).not.toContain('old');
  expect(replaceRun(replaced, 'adapter', text)).toBe(replaced);
  expect(() => replaceRun(page, 'forecast', text)).toThrow('<!-- begin: forecast -->');
});
