import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rulesFile } from '../../../src/adapters/files/rules-file.ts';
import { parseRules } from '../../../src/config/rules.ts';
import { problemText } from '../../../src/domain/errors.ts';

const RULE = (series: string): string =>
  `externalRules: [{seriesQuery: ${series}, resources: {namespaced: false}, metricsQuery: x}]\n`;

describe('a rules file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidecaster-rules-'));
    file = join(folder, 'rules.yaml');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const reader = (): (() => Promise<{ series: string[]; problems: string[] }>) => {
    const source = rulesFile(file, parseRules);
    return async () => {
      const { rules, problems } = await source.read();
      return { series: rules.map(({ seriesQuery }) => seriesQuery), problems: problems.map(problemText) };
    };
  };

  it('is taken as it is at first, and a change when two reads agree on it', async () => {
    await writeFile(file, RULE('a'));
    const read = reader();
    expect(await read()).toEqual({ series: ['a'], problems: [] });
    await writeFile(join(folder, 'next'), RULE('b'));
    await rename(join(folder, 'next'), file);
    expect(await read()).toEqual({ series: ['a'], problems: [] });
    expect(await read()).toEqual({ series: ['b'], problems: [] });
  });

  it('that is half written for a moment changes nothing', async () => {
    await writeFile(file, RULE('a'));
    const read = reader();
    await read();
    await writeFile(file, RULE('b').slice(0, 20));
    expect(await read()).toEqual({ series: ['a'], problems: [] });
    await writeFile(file, RULE('b'));
    expect(await read()).toEqual({ series: ['a'], problems: [] });
    expect(await read()).toEqual({ series: ['b'], problems: [] });
  });

  it.each([
    ['refused', () => writeFile(file, 'externalRules: 3'), 'rules.yaml:1:1 externalRules: is 3, expected array'],
    ['gone', () => rm(file), 'rules.yaml:1:1: cannot be read: ENOENT'],
  ])('that is %s leaves the last good rules in force and says so', async (_name, spoil, problem) => {
    await writeFile(file, RULE('a'));
    const read = reader();
    await read();
    await spoil();
    await read();
    expect(await read()).toEqual({ series: ['a'], problems: [expect.stringContaining(problem)] });
    await writeFile(file, RULE('a'));
    await read();
    expect(await read()).toEqual({ series: ['a'], problems: [] });
  });

  it('with one bad rule has the others in force, and in its place the one that was there', async () => {
    const rules = (...names: string[]): string =>
      `externalRules:\n${names.map((name) => `- {seriesQuery: ${name}, resources: {namespaced: false}, metricsQuery: x}\n`).join('')}`;
    const problem = expect.stringMatching(
      /^\S+rules.yaml:3:4 externalRules\[1\].seriesQuery: "b b" is not a series selector/,
    );
    await writeFile(file, rules('a', 'b b', 'c'));
    const read = reader();
    expect(await read()).toEqual({ series: ['a', 'c'], problems: [problem] });
    await writeFile(file, rules('a', 'b', 'c'));
    await read();
    expect((await read()).series).toEqual(['a', 'b', 'c']);
    await writeFile(file, rules('a2', 'b b', 'c'));
    await read();
    expect(await read()).toEqual({ series: ['b', 'a2', 'c'], problems: [problem] });
    await writeFile(file, rules('a2'));
    await read();
    expect(await read()).toEqual({ series: ['a2'], problems: [] });
  });

  it('that is not there at the start has no rules, and says why', async () => {
    expect(await reader()()).toEqual({ series: [], problems: [expect.stringContaining('cannot be read: ENOENT')] });
  });
});
