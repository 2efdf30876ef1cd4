import { readFile } from 'node:fs/promises';
import { type PersonCredentials, personCredentials } from '../adapters/kubernetes/person-credentials.ts';
import { metricsApi } from '../adapters/metrics-api.ts';
import type { AdapterAccess, Tools } from '../cli/command.ts';
import { InvalidError, NotFoundError } from '../domain/errors.ts';
import type { MetricsApi } from '../ports/metrics-api.ts';
import { usualKubeconfig } from './cluster.ts';

/** An adapter's metrics APIs as a person reads them. @throws InvalidError, NotFoundError */
export async function openMetricsApi(access: AdapterAccess, env: Tools['env']): Promise<MetricsApi> {
  const { url, caFile, certFile, keyFile, bearerTokenFile, serverName, verification } = access;
  const named = certFile !== undefined || bearerTokenFile !== undefined;
  const kubeconfig = usualKubeconfig(access.kubeconfig, env);
  const person = (url === null || !named) && kubeconfig !== undefined ? await personCredentials(kubeconfig) : null;
  const certificate =
    certFile !== undefined && keyFile !== undefined
      ? { cert: await text(certFile), key: await text(keyFile) }
      : named
        ? undefined
        : person?.certificate;
  const token =
    bearerTokenFile !== undefined ? (await text(bearerTokenFile)).trim() : named ? undefined : person?.token;
  if (url === null) return metricsApi({ ...apiServer(person), certificate, token, verification: 'verify' });
  if (verification === 'skip' && token !== undefined) {
    throw new InvalidError(
      `the certificate of ${url} is not verified, so that a bearer token could go to anybody: read it with a client certificate, or give --ca-file`,
    );
  }
  const ca = caFile === undefined ? undefined : await text(caFile);
  return metricsApi({ url, ca, certificate, token, serverName, verification });
}

function apiServer(person: PersonCredentials | null): {
  url: string;
  ca: string | undefined;
  serverName: string | undefined;
} {
  if (person === null) throw new InvalidError('no kubeconfig says where the API server is: --kubeconfig FILE');
  return { url: person.server, ca: person.ca, serverName: person.serverName };
}

const text = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new NotFoundError(`${file} cannot be read`, { cause });
  });
