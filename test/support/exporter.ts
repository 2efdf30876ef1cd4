import { createServer } from 'node:http';

/** target: host:port, as a scrape configuration names it. scrapes: how often it was asked so far. */
export type Exporter = { target: string; scrapes(): number; close(): Promise<void> };

/** An exporter on loopback. exposition: what it says when it is scraped for the nth time. */
export async function startExporterOf(address: string, exposition: (scrapes: number) => string): Promise<Exporter> {
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes++;
    // Prometheus 3 reads nothing without it.
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(exposition(scrapes));
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address');
  return {
    target: `${address}:${bound.port}`,
    scrapes: () => scrapes,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A file that has Prometheus or VictoriaMetrics scrape one exporter, and nothing else. JSON is YAML. */
export const scrapeConfiguration = (target: string, seconds: number): string =>
  JSON.stringify({
    global: { scrape_interval: `${seconds}s` },
    scrape_configs: [{ job_name: 'fixed', honor_labels: true, static_configs: [{ targets: [target] }] }],
  });
