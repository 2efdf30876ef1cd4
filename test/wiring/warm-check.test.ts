import { describe, expect, it } from '@jest/globals';
import { answerHealth } from '../../src/server/health.ts';
import { warmCheck } from '../../src/wiring/warm-check.ts';
import { TurnedClock } from '../support/turned-clock.ts';

function setup() {
  const clock = new TurnedClock();
  const state = { synced: false, cold: 0 };
  const check = warmCheck(clock, { synced: () => state.synced, cold: () => state.cold });
  const code = async (endpoint: 'readyz' | 'livez'): Promise<number> =>
    (await answerHealth(endpoint, [check], { verbose: false, exclude: [] })).code;
  return { clock, state, check, code };
}

describe('a new replica', () => {
  it('is alive but not ready before the HPAs were read and what they name was asked for; then it stays ready', async () => {
    const { state, check, code } = setup();
    expect([await code('readyz'), await code('livez')]).toEqual([500, 200]);
    expect(check.probe()).toBe('the HPAs were not read yet');
    Object.assign(state, { synced: true, cold: 3 });
    expect(check.probe()).toBe('3 of the metrics that HPAs name were not asked for yet');
    state.cold = 0;
    expect(await code('readyz')).toBe(200);
    state.cold = 5;
    expect(await code('readyz')).toBe(200);
  });

  it('is ready after 20 s in any case', async () => {
    const { clock, code } = setup();
    await clock.turn(19_999);
    expect(await code('readyz')).toBe(500);
    await clock.turn(1);
    expect(await code('readyz')).toBe(200);
  });
});
