import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { InvalidError } from '../../domain/errors.ts';

/** Who a person is to a cluster, by a kubeconfig: a client certificate, a token, or what its plugin says now. PEM. */
export type PersonCredentials = {
  /** https://host:port of the API server. */
  server: string;
  ca: string | undefined;
  serverName: string | undefined;
  certificate: { cert: string; key: string } | undefined;
  token: string | undefined;
};

/** @throws InvalidError where the file cannot be used */
export async function personCredentials(kubeconfig: string): Promise<PersonCredentials> {
  const config = new KubeConfig();
  const options: RequestOptions = {};
  try {
    config.loadFromFile(kubeconfig);
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new InvalidError(`cannot use the kubeconfig ${kubeconfig}`, { cause });
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined || !server.startsWith('https://'))
    throw new InvalidError(`${kubeconfig}: expected a cluster with an https server, got ${server ?? 'none'}`);
  const { cert, key } = options;
  const authorization = headerOf(options, 'authorization');
  return {
    server,
    ca: options.ca === undefined ? undefined : pem(options.ca),
    serverName: options.servername,
    certificate: cert === undefined || key === undefined ? undefined : { cert: pem(cert), key: pem(key) },
    token: authorization?.replace(/^Bearer /, ''),
  };
}

const pem = (value: unknown): string => (Array.isArray(value) ? value.map(String).join('\n') : String(value));

function headerOf({ headers }: RequestOptions, wanted: string): string | undefined {
  const entries = Object.entries(headers ?? {});
  const [, value] = entries.find(([name]) => name.toLowerCase() === wanted) ?? [];
  return typeof value === 'string' ? value : undefined;
}
