import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { healthMetrics } from '../../src/telemetry/health-metrics.ts';

describe('checks of health on /metrics', () => {
  it('are what they are when it is scraped; one that breaks is a fault', async () => {
    const registry = new Registry();
    let trouble: string | null = null;
    healthMetrics(registry, [
      { name: 'warm', type: 'required', probe: () => trouble },
      { name: 'rules', type: 'informational', probe: () => Promise.reject(new Error('broken')) },
    ]);
    expect(await registry.metrics()).toContain('tidecaster_health_check{name="warm",type="required"} 1\n');
    trouble = 'cold';
    const text = await registry.metrics();
    expect(text).toContain('tidecaster_health_check{name="warm",type="required"} 0\n');
    expect(text).toContain('tidecaster_health_check{name="rules",type="informational"} 0\n');
  });
});
