import { Gauge, type Registry } from 'prom-client';

/** A check of the health endpoints, as far as it is told. probe gives null when all is well. */
export type ToldCheck = { name: string; type: string; probe(): string | null | Promise<string | null> };

/** Tells each check of the health endpoints to /metrics, looked at when it is scraped: what /readyz?verbose says. */
export function healthMetrics(registry: Registry, checks: readonly ToldCheck[]): void {
  const well = new Gauge({
    name: 'tidecaster_health_check',
    help: '1 while a check of /readyz finds nothing, else 0. Only required ones make a replica unready.',
    labelNames: ['name', 'type'],
    registers: [registry],
    async collect() {
      await Promise.all(checks.map(async ({ name, type, probe }) => well.set({ name, type }, await passes(probe))));
    },
  });
}

async function passes(probe: ToldCheck['probe']): Promise<0 | 1> {
  try {
    return (await probe()) === null ? 1 : 0;
  } catch {
    return 0;
  }
}
