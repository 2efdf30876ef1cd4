import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { processMetrics } from '../../src/telemetry/process-metrics.ts';

describe('the process on /metrics', () => {
  it('is told as every Prometheus client tells it, as it is when it is scraped', async () => {
    const registry = new Registry();
    let seconds = 2;
    processMetrics(registry, {
      version: '1.2.3',
      startedAt: 1000,
      residentBytes: () => 50_000 * seconds,
      cpuSeconds: () => seconds,
    });
    await registry.metrics();
    seconds = 3;
    const text = await registry.metrics();
    for (const line of [
      'tidecaster_build_info{version="1.2.3"} 1',
      'process_start_time_seconds 1000',
      'process_resident_memory_bytes 150000',
      'process_cpu_seconds_total 3',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
  });
});
