import type { Backend } from '../rules/backend.ts';
import type { Noted } from './conversion.ts';
import type { ScaledObject, Trigger, TriggerAuthentication } from './scaled-object.ts';

/** Where files of credentials are expected; the Deployment has to mount them there. */
const MOUNTED = '/var/run/secrets/tidecaster';

/** A backend of our file without its name; why there is none. null: it is the Prometheus of --prometheus-url. */
export type FoundBackend =
  | { type: 'backend'; backend: Omit<Backend, 'name'>; notes: readonly string[] }
  | { type: 'default'; notes: readonly string[] }
  | { type: 'none'; why: string };

/** Who a trigger asks, with its headers and credentials. standard: the address of --prometheus-url, if it is known. */
export function backendOf(
  trigger: Trigger,
  authentication: TriggerAuthentication | null,
  standard: string | null,
): FoundBackend {
  const { serverAddress = '', customHeaders = '', authModes = '', unsafeSsl } = trigger.metadata;
  const url = serverAddress.replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    return { type: 'none', why: `serverAddress is "${serverAddress}"` };
  if (/[?#]/.test(url)) return { type: 'none', why: `serverAddress ${url} has a query, and a backend takes none` };
  const notes: string[] = [];
  const all = headersOf(customHeaders);
  if (all === null) return { type: 'none', why: 'customHeaders is not a list of name=value' };
  const tenant = Object.entries(all).find(([name]) => name.toLowerCase() === 'x-scope-orgid')?.[1] ?? null;
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => name.toLowerCase() !== 'x-scope-orgid'));
  if (Object.keys(headers).some((name) => /auth|token|key|secret|cookie/i.test(name)))
    notes.push('a header of it may hold a secret, which belongs into bearerTokenFile');
  if (unsafeSsl === 'true')
    notes.push('unsafeSsl is not taken over: certificates are verified, so give the CA in caFile, or reads fail');

  const backend: Omit<Backend, 'name'> = {
    url,
    tenant,
    headers,
    caFile: null,
    clientCertificate: null,
    bearerTokenFile: null,
  };
  const given = new Set(authentication?.secrets.map(({ parameter }) => parameter));
  const modes = authModes.split(',').map((mode) => mode.trim());
  const https = url.startsWith('https:');
  const folder = `${MOUNTED}/${authentication ? `${authentication.namespace ?? 'cluster'}-${authentication.name}` : hostOf(url)}`;
  if (given.has('ca') && https) backend.caFile = `${folder}/ca`;
  for (const mode of modes) {
    if (mode === 'bearer') backend.bearerTokenFile = `${folder}/bearerToken`;
    else if (mode === 'tls' && https)
      backend.clientCertificate = { certFile: `${folder}/cert`, keyFile: `${folder}/key` };
    else if (mode !== '')
      notes.push(`authModes ${mode} has no counterpart: a backend knows bearer tokens and client certificates`);
  }
  const identity = authentication?.podIdentity ?? null;
  if (identity !== null || trigger.metadata.awsRegion !== undefined)
    notes.push(`requests are not signed for ${identity ?? 'aws'}: name a proxy that signs them, or reads fail`);
  notes.push(...mountNotes(backend, authentication, trigger));
  if (url === standard?.replace(/\/+$/, '') && isBare(backend)) return { type: 'default', notes };
  return { type: 'backend', backend, notes };
}

const isBare = ({ tenant, headers, caFile, clientCertificate, bearerTokenFile }: Omit<Backend, 'name'>): boolean =>
  tenant === null && Object.keys(headers).length === 0 && !caFile && !clientCertificate && !bearerTokenFile;

/** Which Secrets have to be mounted where. */
function mountNotes(
  { caFile, clientCertificate, bearerTokenFile }: Omit<Backend, 'name'>,
  authentication: TriggerAuthentication | null,
  { authentication: named }: Trigger,
): string[] {
  const files = [
    ['ca', caFile],
    ['cert', clientCertificate?.certFile],
    ['key', clientCertificate?.keyFile],
    ['bearerToken', bearerTokenFile],
  ] as const;
  return files.flatMap(([parameter, file]) => {
    if (!file) return [];
    const source = authentication?.secrets.find((one) => one.parameter === parameter);
    const what = source
      ? `key ${source.key} of Secret ${source.secret}`
      : `${parameter} of ${named ? `${named.kind} ${named.name}` : 'its authentication'}, which is not in the files`;
    return [`mount ${what} as ${file}`];
  });
}

/** `a=b,c=d`; null where it is no such list. */
function headersOf(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').map((one) => one.trim())) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    if (equals <= 0) return null;
    headers[pair.slice(0, equals).trim()] = pair.slice(equals + 1).trim();
  }
  return headers;
}

/** What a TriggerAuthentication is to a trigger; null where the files have none. */
export const authenticationOf = (
  { authentication: named }: Trigger,
  { namespace }: ScaledObject,
  all: readonly TriggerAuthentication[],
): TriggerAuthentication | null =>
  all.find(
    (one) =>
      one.name === named?.name && one.namespace === (named.kind === 'ClusterTriggerAuthentication' ? null : namespace),
  ) ?? null;

/** Backends by what they are, each with a name of its own, made of its host. */
export class BackendNames {
  readonly #known = new Map<string, Noted<Backend>>();

  /** The name under which a backend stands in the file. */
  nameOf(backend: Omit<Backend, 'name'>, notes: readonly string[]): string {
    const key = JSON.stringify(backend);
    const before = this.#known.get(key);
    if (before) return before.value.name;
    const base = hostOf(backend.url);
    const taken = new Set(this.all().map(({ value }) => value.name));
    let name = base;
    for (let next = 2; taken.has(name) || name === 'default'; next++) name = `${base}-${next}`;
    this.#known.set(key, { value: { name, ...backend }, notes });
    return name;
  }

  all(): Noted<Backend>[] {
    return [...this.#known.values()];
  }
}

/** A host as a name: `prometheus.monitoring.svc:9090` is prometheus-monitoring-svc-9090. */
function hostOf(url: string): string {
  const host = URL.canParse(url) ? new URL(url).host : url;
  return (
    host
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'prometheus'
  );
}
