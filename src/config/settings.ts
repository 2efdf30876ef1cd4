import { z } from 'zod';
import { duration } from './duration.ts';
import { neighbourUrl } from './neighbour.ts';

/**
 * What `tidecaster serve` can be told. Each setting is a flag (`--secure-port 6443`), an environment variable
 * (`TIDECASTER_SECURE_PORT`) and a key of the file named by `--settings`; flags win over the environment, the environment
 * over the file, the file over the defaults. Durations are written like 15s, 2m, 1h.
 */
export const settingsSchema = z.strictObject({
  // the metrics API, over TLS
  bindAddress: z
    .string()
    .default('127.0.0.1')
    .describe('address of the metrics API; anything but loopback needs delegated authentication'),
  securePort: port(6443).describe('port of the metrics API; 0 picks a free one'),
  tlsCertFile: z
    .string()
    .optional()
    .describe(
      'serving certificate, PEM; read again when it changes. Without it a self-signed one is made (loopback only)',
    ),
  tlsPrivateKeyFile: z.string().optional().describe('its private key, PEM'),
  authentication: z
    .enum(['delegated', 'none'])
    .optional()
    .describe(
      'who is let in: whom the cluster knows, to what they may read in it, or everyone (loopback only). Default: delegated with a cluster, none without',
    ),
  accessReviews: z
    .enum(['broad', 'exact'])
    .default('broad')
    .describe(
      'how the API server is asked what a user may read. broad: once for a whole API group, for reads that the API server itself has let through; exact: for each namespace and metric',
    ),
  // metrics and the page, plain HTTP
  httpAddress: z.string().default('127.0.0.1').describe('address of /metrics and the page'),
  httpPort: port(8080).describe('port of /metrics and the page; 0 picks a free one'),
  // where numbers come from
  prometheusUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('the Prometheus to ask, such as http://prometheus.monitoring.svc:9090'),
  rules: z
    .string()
    .optional()
    .describe("metric rules, in prometheus-adapter's own schema; read again when the file changes"),
  compatibility: z
    .enum(['none', 'prometheus-adapter'])
    .default('none')
    .describe(
      'whose answers external metrics get where a number is NaN, infinite or negative and the rule says nothing: none leaves the first two out and refuses the last',
    ),
  queryTimeout: duration('5s').describe('deadline of one query'),
  refreshInterval: duration('10s').describe('how often everything that HPAs name or somebody reads is asked again'),
  maxStaleness: duration('30s').describe('older numbers are not served; 0s asks Prometheus at each read'),
  queryConcurrency: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('most queries to one backend at once; Prometheus takes 20 unless told otherwise'),
  relistInterval: duration('1m').describe('how often the series of the rules are listed'),
  // who answers what no rule names
  neighbour: neighbourUrl
    .optional()
    .describe(
      'the server of external metrics that is asked for those that no rule names, with our token: NAMESPACE/SERVICE:PORT, or an https URL',
    ),
  neighbourCaFile: z
    .string()
    .optional()
    .describe("PEM: who may have signed the neighbour's certificate; default: the system's CAs"),
  neighbourTokenFile: z
    .string()
    .default('/var/run/secrets/kubernetes.io/serviceaccount/token')
    .describe('the bearer token for the neighbour; read again when it changes'),
  // the governor
  policies: z.string().optional().describe('folder of AutoscalingPolicy files; read again when they change'),
  kubeconfig: z.string().optional().describe("kubeconfig of the cluster; without it the pod's own service account"),
  heartbeat: duration('15s').describe('how often the floors are decided'),
  letGoAfter: duration('60s').describe('how long a policy must be gone before its HPA is handed back'),
  writesPerSecond: z.coerce.number().positive().max(1000).default(10).describe('most writes to HPAs a second'),
  leaseNamespace: z.string().optional().describe("namespace of the Lease; default: the pod's own"),
  leaseName: z.string().default('tidecaster').describe('name of the Lease: its holder alone writes'),
  identity: z
    .string()
    .min(1)
    .optional()
    .describe(
      'who holds the Lease: unique among all that run, the same after a restart, such as the name of the pod. Default: the host with a random part',
    ),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('JSON lines on stderr'),
});

export type Settings = z.infer<typeof settingsSchema>;

function port(fallback: number): z.ZodDefault<z.ZodCoercedNumber> {
  return z.coerce.number().int().min(0).max(65535).default(fallback);
}
