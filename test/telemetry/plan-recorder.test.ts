import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { Registry } from 'prom-client';
import { plan } from '../../src/domain/plan.ts';
import type { Log } from '../../src/ports/log.ts';
import { planRecorder } from '../../src/telemetry/plan-recorder.ts';
import { aPolicy, anHpa } from '../support/policies.ts';

function recorded(): { recorder: ReturnType<typeof planRecorder>; registry: Registry; lines: string[] } {
  const lines: string[] = [];
  const line = (_fields: object, message: string): void => void lines.push(message);
  const log: Log = { debug: line, info: line, warn: line, error: line };
  const registry = new Registry();
  return { recorder: planRecorder(log, registry), registry, lines };
}

const now = DateTime.fromISO('2026-11-24T12:00:00Z').toUTC();
const problem = { place: { file: 'p.yaml', line: 3, column: 1, path: 'spec' }, message: 'is wrong' };
const planned = (problems = [problem]): ReturnType<typeof plan> =>
  plan(now, {
    policies: { policies: [aPolicy(), aPolicy({ name: 'twin' })], problems, clean: false, revision: 'r' },
    hpas: [anHpa()],
    orphanSince: new Map(),
    limits: { heartbeatSeconds: 15, letGoAfterSeconds: 60 },
  });

describe('what a pass tells', () => {
  it('logs a refused file and a held floor once, not at every heartbeat, and that it reads clean again', () => {
    const { recorder, lines } = recorded();
    recorder.planned(planned());
    recorder.planned(planned());
    expect(lines).toEqual(['policy source: refused, what was in force stays', 'floor held']);
    recorder.planned(planned([]));
    expect(lines.at(-1)).toBe('policy source: reads clean');
  });

  it('counts problems and held floors in gauges', async () => {
    const { recorder, registry } = recorded();
    recorder.planned(planned());
    const text = await registry.metrics();
    expect(text).toContain('tidecaster_policy_problems 1');
    expect(text).toContain('tidecaster_held_floors{reason="TargetClaimedTwice"} 1');
  });

  it('counts writes by their result', async () => {
    const { recorder, registry, lines } = recorded();
    const result = plan(now, {
      policies: { policies: [aPolicy()], problems: [], clean: true, revision: 'r' },
      hpas: [anHpa({ minReplicas: 9 })],
      orphanSince: new Map(),
      limits: { heartbeatSeconds: 15, letGoAfterSeconds: 60 },
    });
    recorder.acted(result.decisions[0]!, null);
    recorder.acted(result.decisions[0]!, new Error('away'));
    expect(lines).toEqual(['floor written', 'floor not written']);
    const text = await registry.metrics();
    expect(text).toContain('tidecaster_floor_writes_total{type="Apply",result="ok"} 1');
    expect(text).toContain('tidecaster_floor_writes_total{type="Apply",result="error"} 1');
  });
});
