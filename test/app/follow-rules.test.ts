import { describe, expect, it } from '@jest/globals';
import { followRules } from '../../src/app/follow-rules.ts';
import { createMetricRegistry } from '../../src/app/metric-registry.ts';
import { silentLog } from '../../src/ports/log.ts';
import type { RulesReading } from '../../src/ports/rules-source.ts';
import { silentServingRecorder } from '../../src/ports/serving-recorder.ts';
import { aRule } from '../domain/rules/a-rule.ts';
import { TurnedClock } from '../support/turned-clock.ts';
import { aSource } from './a-source.ts';

const PROBLEM = { place: { file: 'rules.yaml', line: 1, column: 1, path: '' }, message: 'no' };

describe('following the rules', () => {
  it('puts a change in force, and shows what is wrong while the last good rules stay', async () => {
    const clock = new TurnedClock();
    const registry = createMetricRegistry({ source: aSource(), clock, log: silentLog, relistIntervalSeconds: 60 });
    const told: number[][] = [];
    let reading: RulesReading = { rules: [aRule()], problems: [] };
    const follower = followRules({
      source: { read: () => Promise.resolve(reading) },
      registry,
      clock,
      log: silentLog,
      recorder: { ...silentServingRecorder, rulesInForce: (...numbers) => told.push(numbers) },
    });
    follower.start();
    await clock.turn(0);
    expect(registry.names()).toEqual(['concurrent_viewers']);

    reading = { rules: reading.rules, problems: [PROBLEM] };
    await clock.turn(2000);
    expect(registry.names()).toEqual(['concurrent_viewers']);
    expect(follower.problems()).toEqual([PROBLEM]);

    reading = { rules: [aRule({ seriesQuery: 'bandwidth' })], problems: [] };
    await clock.turn(2000);
    expect(registry.names()).toEqual(['bandwidth']);
    expect(follower.problems()).toEqual([]);
    await clock.turn(20_000);
    expect(told).toEqual([
      [1, 0],
      [1, 1],
      [1, 0],
    ]);
    await follower.close();
  });
});
