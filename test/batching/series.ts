import { type Exporter, startExporterOf } from '../support/exporter.ts';

/** Tenants that are asked for, and one, vault, that nobody asks for. */
const NAMESPACES = ['shop', 'bank', 'vault'];
/** Of the last two, one matches the other where a dot is taken for a pattern. */
const SERVICES = ['web', 'api', 'web.v1', 'webxv1'];
const PODS_OF_SERVICE = 2;

type Labels = Record<string, string>;

const line = (name: string, labels: Labels, value: number): string =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text}"`)
    .join(',')}} ${value}\n`;

/** What an exporter says when it is scraped for the nth time: the same nth time the same. */
export function exposition(scrape: number): string {
  const all: string[] = [];
  const add = (name: string, labels: Labels, value: number): void => void all.push(line(name, labels, value));
  let index = 0;
  for (const namespace of NAMESPACES) {
    add('quota', { namespace }, 100 + namespace.length);
    for (const service of SERVICES) {
      for (let pod = 0; pod < PODS_OF_SERVICE; pod++) {
        index++;
        const labels = { namespace, service, pod: `${service.replace('.', '-')}-${pod}`, node: `n${1 + (index % 2)}` };
        // a label that only some have
        const zone: Labels = index % 3 === 0 ? {} : { zone: index % 3 === 1 ? 'a' : 'b' };
        const wave = ((scrape * (index + 2)) % 7) / 4;
        add('m', { ...labels, ...zone }, index + wave);
        // some have no partner, and one is zero
        if (index % 5 !== 0) add('n', labels, index % 4 === 0 ? 0 : index * 2 - wave);
        if (index % 2 === 0) add('top', labels, index);
        for (const code of ['200', '500'])
          add('c_total', { ...labels, code }, scrape * index * (code === '200' ? 10 : 1));
        for (const [position, le] of ['0.1', '0.5', '1', '+Inf'].entries())
          add('h_bucket', { ...labels, le }, scrape * (position + 1) * index);
        add('h_sum', labels, scrape * index * 1.3);
        add('h_count', labels, scrape * index * 4);
      }
    }
  }
  // whose they are is not said
  add('m', { service: 'web', pod: 'stray', node: 'n1' }, 1000);
  add('n', { service: 'web', pod: 'stray', node: 'n1' }, 2000);
  add('total', {}, 500 + scrape);
  add('node_info', { node: 'n1', rack: 'r1' }, 1);
  add('node_info', { node: 'n2', rack: 'r2' }, 1);
  return all.join('');
}

/** An exporter on loopback whose numbers change with every scrape. */
export const startExporter = (address: string): Promise<Exporter> => startExporterOf(address, exposition);
