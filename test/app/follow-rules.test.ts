import { describe, expect, it } from '@jest/globals';
import { createCustomRegistry } from '../../src/app/custom-registry.ts';
import { followRules } from '../../src/app/follow-rules.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import { createSeriesLists } from '../../src/app/series-lists.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { RulesReading } from '../../src/ports/rules-source.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aCustomRule } from '../domain/rules/a-custom-rule.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource } from './a-source.ts';

const PROBLEM = { place: { file: 'rules.yaml', line: 1, column: 1, path: '' }, message: 'no' };

describe('following the rules', () => {
  it('puts a change in force, and shows what is wrong while the last good rules stay', async () => {
    const clock = new TurnedClock();
    const started = clock.now().toSeconds();
    const options = { source: aSource(), clock, log: silentLog, relistIntervalSeconds: 60 };
    const registry = createMetricRegistry(options);
    const customRegistry = createCustomRegistry({
      ...options,
      lists: createSeriesLists(options),
      mapper: { resources: () => Promise.resolve([]) },
    });
    const told: unknown[] = [];
    const usage: unknown[] = [];
    let reading: RulesReading = { rules: [aRule()], customRules: [aCustomRule()], resourceRules: null, problems: [] };
    const follower = followRules({
      source: { read: () => Promise.resolve(reading) },
      registry,
      customRegistry,
      resourceAnswerer: { replace: (rules) => usage.push(rules) },
      clock,
      log: silentLog,
      recorder: { ...silentServingRecorder, rulesInForce: (reading) => told.push(reading) },
    });
    follower.start();
    await clock.turn(0);
    expect(registry.names()).toEqual(['concurrent_viewers']);
    expect(customRegistry.hasRules()).toBe(true);

    reading = { ...reading, problems: [PROBLEM] };
    await clock.turn(2000);
    expect(registry.names()).toEqual(['concurrent_viewers']);
    expect(follower.problems()).toEqual([PROBLEM]);

    reading = { rules: [aRule({ seriesQuery: 'bandwidth' })], customRules: [], resourceRules: null, problems: [] };
    await clock.turn(2000);
    expect(registry.names()).toEqual(['bandwidth']);
    expect(customRegistry.hasRules()).toBe(false);
    expect(follower.problems()).toEqual([]);
    await clock.turn(20_000);
    expect(told).toEqual([
      { rules: 2, problems: 0, at: started },
      { rules: 2, problems: 1, at: started + 2 },
      { rules: 1, problems: 0, at: started + 4 },
    ]);
    expect(usage).toEqual([null, null]);
    await follower.close();
  });
});
