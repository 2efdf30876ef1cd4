import type { Backend } from '../../domain/rules/backend.ts';
import type { MetricsBackends } from '../../ports/metrics-backends.ts';
import { type Prometheus, prometheus } from './prometheus.ts';

/** Rules files that are edited again and again must not gather connections without end. */
const MOST = 100;

/**
 * The backends that rules name, each over connections of its own. One whose entry in the file changes is another backend;
 * what was there before ends its calls and is closed once enough others have come.
 */
export function prometheusBackends({
  timeoutSeconds,
}: {
  timeoutSeconds: number;
}): MetricsBackends & { close(): void } {
  /** By all of the entry, the one that was asked for longest ago first. */
  const open = new Map<string, Prometheus>();
  return {
    source(backend: Backend) {
      const key = JSON.stringify(backend);
      const { url, tenant, headers, ...credentials } = backend;
      const all = tenant === null ? headers : { ...headers, 'X-Scope-OrgID': tenant };
      const source = open.get(key) ?? prometheus({ url, timeoutSeconds, headers: all, credentials });
      open.delete(key);
      open.set(key, source);
      for (const [oldest, unused] of open) {
        if (open.size <= MOST) break;
        open.delete(oldest);
        unused.close();
      }
      return source;
    },
    close() {
      for (const source of open.values()) source.close();
    },
  };
}
