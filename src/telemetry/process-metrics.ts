import { Counter, Gauge, type Registry } from 'prom-client';

/** What a process is and takes, under the names that every Prometheus client gives them. */
export type ProcessFacts = {
  version: string;
  /** Epoch seconds. */
  startedAt: number;
  residentBytes(): number;
  /** User and system, since the start. */
  cpuSeconds(): number;
};

/** Tells the process itself to /metrics, looked at when it is scraped. */
export function processMetrics(registry: Registry, facts: ProcessFacts): void {
  const registers = [registry];
  new Gauge({
    name: 'tidecaster_build_info',
    help: 'Always 1; which version runs.',
    labelNames: ['version'],
    registers,
  }).set({ version: facts.version }, 1);
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, epoch seconds.',
    registers,
  }).set(facts.startedAt);
  const resident: Gauge = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory that the process has in RAM.',
    registers,
    collect: () => resident.set(facts.residentBytes()),
  });
  let told = 0;
  const cpu: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU that the process took, user and system.',
    registers,
    collect() {
      const now = facts.cpuSeconds();
      cpu.inc(Math.max(0, now - told));
      told = now;
    },
  });
}
