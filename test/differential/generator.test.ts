import { describe, expect, it } from '@jest/globals';
import { KEYS, USAGE_KEYS, WINDOWS, generateConfiguration } from './configuration.ts';
import { Coverage } from './coverage.ts';
import { randomNumbers } from './random.ts';
import { FAMILIES } from './series.ts';

const generated = (seed: number, coverage = new Coverage(randomNumbers(seed))): unknown =>
  generateConfiguration(coverage, FAMILIES, 0);

describe('the generator of configurations', () => {
  it('makes the same of the same seed, and another of another', () => {
    expect(generated(7)).toEqual(generated(7));
    expect(generated(7)).not.toEqual(generated(8));
  });

  it('leaves out no way to write a key, whatever the seed', () => {
    for (let seed = 0; seed < 50; seed++) {
      const coverage = new Coverage(randomNumbers(seed));
      generated(seed, coverage);
      const unused = Object.entries(KEYS).flatMap(([list, keys]) =>
        Object.entries(keys).flatMap(([key, choices]) => coverage.unused(`${list}.${key}`, choices)),
      );
      expect(unused).toEqual([]);
    }
  });
});

describe('resourceRules', () => {
  it('are written in every way by two configurations, whatever the seed', () => {
    for (let seed = 0; seed < 50; seed++) {
      const coverage = new Coverage(randomNumbers(seed));
      for (let round = 0; round < 2; round++) generated(seed, coverage);
      const unused = Object.entries({ ...USAGE_KEYS, window: WINDOWS }).flatMap(([key, choices]) =>
        coverage.unused(`resourceRules.${key}`, choices),
      );
      expect(unused).toEqual([]);
    }
  });
});

describe('coverage', () => {
  it('names what was not used', () => {
    const coverage = new Coverage(() => 0);
    const choices = [{ name: 'a' }, { name: 'b' }];
    expect(coverage.unused('key', choices)).toEqual(['key: a', 'key: b']);
    coverage.choose('key', choices);
    expect(coverage.unused('key', choices)).toEqual(['key: b']);
  });
});
