import { CoreV1Api } from '@kubernetes/client-node';
import { InvalidError } from '../../domain/errors.ts';
import type { FrontProxySource } from '../../ports/front-proxy.ts';
import { type KubernetesClient } from './client.ts';
import { request } from './errors.ts';

/** Where every API server with an aggregator publishes how it is recognised. */
const CONFIG_MAP = { namespace: 'kube-system', name: 'extension-apiserver-authentication' };

/**
 * Reads what the API server's front proxy shows, anew at each call: CAs are rotated.
 *
 * RBAC: `get` on configmaps, resourceName extension-apiserver-authentication, in kube-system (the cluster's own Role
 * extension-apiserver-authentication-reader allows that, and list and watch).
 */
export function kubernetesFrontProxy(client: KubernetesClient): FrontProxySource {
  const api = new CoreV1Api(client.configuration);
  const text = `ConfigMap ${CONFIG_MAP.namespace}/${CONFIG_MAP.name}`;
  return {
    async read() {
      const { data = {} } = await request(`read ${text}`, api.readNamespacedConfigMap(CONFIG_MAP));
      const clientCaPem = data['requestheader-client-ca-file'];
      if (!clientCaPem) {
        throw new InvalidError(
          `${text} has no requestheader-client-ca-file: the API server runs without an aggregator (--requestheader-client-ca-file)`,
        );
      }
      const list = (key: string): readonly string[] => stringList(data[key], `${text} ${key}`);
      return {
        clientCaPem,
        allowedNames: list('requestheader-allowed-names'),
        usernameHeaders: list('requestheader-username-headers'),
        groupHeaders: list('requestheader-group-headers'),
        extraHeaderPrefixes: list('requestheader-extra-headers-prefix'),
      };
    },
  };
}

/** A JSON list of strings; a missing key is an empty list, as the API server reads it. */
function stringList(text: string | undefined, where: string): readonly string[] {
  if (text === undefined || text === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InvalidError(`${where}: expected a JSON list of strings, got ${text}`, { cause });
  }
  if (!Array.isArray(parsed) || !parsed.every((item) => typeof item === 'string')) {
    throw new InvalidError(`${where}: expected a JSON list of strings, got ${text}`);
  }
  return parsed;
}
